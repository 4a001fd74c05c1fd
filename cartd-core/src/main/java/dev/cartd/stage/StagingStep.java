package dev.cartd.stage;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.BundlePath;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Wait;
import dev.cartd.limit.RequestLimit;
import dev.cartd.pull.CartPuller;
import dev.cartd.pull.ClaimedCart;
import dev.cartd.pull.Rehash;
import dev.cartd.pull.RequestOutcome;
import dev.cartd.pull.RequestRound;
import dev.cartd.pull.Reservation;
import dev.cartd.pull.ResumeMark;
import dev.cartd.pull.StepContext;
import dev.cartd.pull.StepStopped;
import dev.cartd.pull.TarRescue;
import dev.cartd.pull.Twins;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import dev.cartd.system.MachineBoot;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * One step of a cart whose files are being staged: ask for all, look at all, reserve room for all, then pull what the
 * archive has on disk. Each part goes as far as it can now.
 */
final class StagingStep {
    /** A recall that takes so long is asked for once more, in case the archive forgot it. */
    private static final Duration ASK_AGAIN = Duration.ofHours(1);

    /** Steps of a cart that waits for tape are at most this far apart, so that one of them meets the full hour. */
    private static final Duration LOOK = Duration.ofMinutes(1);

    /** So many of a tar's files can hardly be whole before the store is told of them. */
    private static final int UNRECORDED = 64;

    private final StepContext context;
    private final ClaimedCart ledger;
    private final RequestLimit.Lane lane;
    private final Twins twins;
    private final Instant begun;

    StagingStep(StepContext context, ClaimedCart ledger, RequestLimit.Lane lane) {
        this.context = context;
        this.ledger = ledger;
        this.lane = lane;
        this.twins = new Twins(context, ledger);
        this.begun = context.clock().instant();
    }

    /**
     * Goes as far as it can.
     *
     * @return after how long to go on; empty if every file is staged
     * @throws StepStopped if the cart failed or is not ours any more
     * @throws IOException if the volume failed
     */
    Optional<Duration> run() throws StepStopped, IOException {
        Optional<Duration> pause = goOn();
        if (pause.isPresent()) {
            judge();
            ledger.save(); // What it waits for now.
        }
        return pause;
    }

    /** Whatever it waits for, it does not for ever. */
    private void judge() throws StepStopped {
        Duration most = context.settings().tapePatience();
        // Room is judged where it is asked for, and what another cart should have pulled is then pulled by this one.
        Optional<Wait> over = ledger.waitsFor()
                .filter(wait -> wait.isOver() && ledger.stalled().compareTo(most) >= 0)
                .filter(wait -> wait.kind() != Wait.Kind.ROOM && wait.kind() != Wait.Kind.OTHER_CART);
        if (over.isPresent()) {
            throw StepStopped.failed("The cart came no further for " + HumanText.duration(most) + ". "
                    + over.get().sentence(context.clock().instant()));
        }
    }

    private Optional<Duration> goOn() throws StepStopped, IOException {
        refuse();
        requirePlace();
        beginAnew();
        twins.expect();
        RequestRound asked = round("stage");
        if (!asked.run(indexes(this::isToBeAsked), this::askFor)) {
            return Optional.of(pause(asked));
        }
        RequestRound looked = round("stage");
        if (!looked.run(indexes(StagingStep::isToBeLookedAt), this::lookAt)) {
            return Optional.of(pause(looked));
        }
        if (!ledger.all(CartFile::known)) {
            return Optional.of(forTape());
        }
        twins.link();
        if (ledger.where(file -> file.status() == FileStatus.WAITING).findAny().isPresent()) {
            ledger.save();
            return Optional.of(Duration.ZERO); // Who had them has them no more.
        }
        Optional<Duration> line = new Reservation(context, ledger).make();
        return line.isPresent() ? line : pull();
    }

    private Optional<Duration> pull() throws StepStopped, IOException {
        boolean nothing = ledger.where(StagingStep::isToBePulled).findAny().isEmpty();
        if (nothing && ledger.cart().boot().isEmpty() && !ledger.all(f -> f.status() == FileStatus.STAGED)) {
            return Optional.of(forTape());
        }
        try (Parts parts = context.volume().parts(ledger.cart())) {
            requireClaim(parts);
            return pull(parts);
        }
    }

    /** Whoever comes later than its claim has to stop before it touches what others made. */
    private void requireClaim(Parts parts) throws StepStopped {
        try {
            ledger.save();
        } catch (StepStopped e) {
            parts.abandon();
            throw e;
        }
    }

    private Optional<Duration> pull(Parts parts) throws StepStopped, IOException {
        boolean unsynced = !ledger.cart().boot().isEmpty();
        if (ledger.cart().bundle() && ledger.cart().boot().equals(Cart.UNPROVEN)) {
            context.volume().takeTarBack(ledger.cart(), parts);
        }
        checkStaged(parts);
        if (staged().findAny().isEmpty()) {
            ledger.layOut(); // What cannot become a tar fails before anything is pulled.
        }
        RequestRound pulled = round("pull");
        boolean complete;
        try (CartPuller puller = puller(parts)) {
            puller.takeUp();
            ledger.counting(puller::unfinished);
            // Told before the first pull: from here on only this boot of the machine vouches for what is recorded, and
            // there may be more than is recorded.
            ledger.boot(MachineBoot.ID);
            ledger.save();
            complete = pulled.run(indexes(StagingStep::isToBePulled), puller);
            puller.sync(unsynced ? stagedPaths() : List.of());
        }
        takeChanges(pulled.changed(), parts);
        ledger.boot("");
        ledger.save();
        if (ledger.all(f -> f.status() == FileStatus.STAGED)) {
            return Optional.empty();
        }
        return Optional.of(complete ? forTape() : pause(pulled));
    }

    /**
     * What changed in the archive begins anew, and so does what has another place in the tar for that. The store is
     * told of all of it at once: a size alone would have files read from where they are not.
     */
    private void takeChanges(Map<Integer, CartFile> changed, Parts parts) throws StepStopped, IOException {
        if (changed.isEmpty()) {
            return;
        }
        long[] before = offsets();
        changed.forEach(ledger::set);
        long[] after = offsets();
        for (int i = 0; i < ledger.size(); i++) {
            CartFile file = ledger.file(i);
            if (changed.containsKey(i) || before[i] != after[i]) {
                parts.drop(file.id()); // Whatever it says about how far the pull was.
                if (file.status() == FileStatus.STAGED) {
                    ledger.set(i, file.lost());
                }
            }
        }
    }

    /** Where the files begin in the tar, by their places in the ledger; all at 0 in a tree. */
    private long[] offsets() throws StepStopped {
        long[] offsets = new long[ledger.size()];
        if (ledger.cart().bundle()) {
            TarLayout layout = ledger.layOut();
            Arrays.setAll(offsets, i -> layout.offset(ledger.file(i)));
        }
        return offsets;
    }

    private static boolean isToBePulled(CartFile file) {
        return file.status() == FileStatus.STAGING && (file.online() || file.isExpected());
    }

    /** What an earlier step recorded that was broken off before it could sync. */
    private List<Path> stagedPaths() {
        return (ledger.cart().bundle() ? IntStream.empty() : staged())
                .mapToObj(i -> context.volume().place(ledger.cart(), ledger.file(i)))
                .toList();
    }

    private CartPuller puller(Parts parts) throws StepStopped, IOException {
        return ledger.cart().bundle()
                ? CartPuller.toTar(context, ledger, parts, lane, twins, ledger.layOut())
                : CartPuller.toTree(context, ledger, parts, lane, twins);
    }

    /** What can never be proven, or placed, fails before the archive is bothered. */
    private void refuse() throws StepStopped {
        if (ledger.size() == 0) {
            throw StepStopped.failed("The cart has no files");
        }
        if (!Volume.canHold(ledger.cart())) {
            throw StepStopped.failed("The cart's uid cannot be the name of a directory");
        }
        for (int i = 0; i < ledger.size(); i++) {
            CartFile file = ledger.file(i);
            Optional<String> problem = problem(file);
            if (file.status() == FileStatus.ERROR) {
                throw StepStopped.failed("Failed to stage file " + file.path() + ": " + file.reason());
            }
            if (problem.isPresent()) {
                CartFile hopeless = file.status() == FileStatus.STAGED ? file.lost() : file;
                ledger.set(i, hopeless.failed(problem.get()));
                throw StepStopped.failed("Failed to pull file " + file.path() + ": " + problem.get());
            }
        }
    }

    private static Optional<String> problem(CartFile file) {
        if (!Volume.canName(file.path())) {
            return Volume.nameProblem();
        }
        Optional<BundlePath> path = file.bundlePath();
        if (path.isEmpty()) {
            return Optional.of("its path leads out of the cart, or nowhere");
        }
        return Volume.canHold(path.get())
                ? file.checksum().problem()
                : Optional.of("this system cannot have a file of that name");
    }

    private void requirePlace() throws StepStopped, IOException {
        Optional<Path> foreign = context.volume().foreign(ledger.cart());
        if (foreign.isPresent()) {
            throw StepStopped.barred(foreign.get() + " is in the way, and cartd did not make it: move it away");
        }
    }

    /**
     * Of what Pacifica Cartd staged, size and time were not written down: they are asked for, and what lies in the tree
     * is hashed there. What it staged beside a tar is not used.
     */
    private void beginAnew() throws IOException {
        int[] unknown = ledger.where(file -> file.status() == FileStatus.STAGED && !file.known())
                .toArray();
        for (int i : unknown) {
            ledger.set(i, ledger.file(i).lost());
        }
        if (unknown.length > 0) {
            ledger.boot(Cart.UNPROVEN);
        }
        if (ledger.cart().bundle() && ledger.cart().boot().equals(Cart.UNPROVEN)) {
            context.volume().removeTree(ledger.cart());
        }
    }

    private boolean isToBeAsked(CartFile file) {
        return file.status() == FileStatus.WAITING || (isToBeLookedAt(file) && isFullHour(file));
    }

    private boolean isFullHour(CartFile file) {
        long waited = begun.toEpochMilli() - file.asked();
        return file.asked() != CartFile.UNKNOWN
                && waited > ASK_AGAIN.toMillis()
                && waited % ASK_AGAIN.toMillis() < LOOK.toMillis();
    }

    private static boolean isToBeLookedAt(CartFile file) {
        return file.status() == FileStatus.STAGING && !(file.known() && file.online());
    }

    private RequestOutcome askFor(int index, CartFile file) {
        try {
            context.archive().stage(file.archiveId());
            boolean first = file.status() == FileStatus.WAITING;
            return new RequestOutcome.Right(
                    index, first ? file.asked(context.clock().millis()) : file);
        } catch (ArchiveException e) {
            return new RequestOutcome.Failed(index, e, false);
        }
    }

    private RequestOutcome lookAt(int index, CartFile file) {
        try {
            Archive.Found found = context.archive().status(file.archiveId());
            boolean lost = found.medium() == Archive.Medium.ERROR;
            return lost
                    ? new RequestOutcome.Failed(
                            index, new ArchiveException.Refused("the archive cannot read it any more"), false)
                    : new RequestOutcome.Right(index, seen(file, found));
        } catch (ArchiveException e) {
            return new RequestOutcome.Failed(index, e, false);
        }
    }

    private static CartFile seen(CartFile file, Archive.Found found) {
        return file.seen(found.size(), found.mtime(), found.medium() == Archive.Medium.DISK);
    }

    /**
     * What was staged before, and is not on the volume any more, is pulled again; so is what was recorded before its
     * machine restarted, and turns out not to have reached the medium. What is whole, and is not recorded because the
     * step before was broken off, is not.
     */
    private void checkStaged(Parts parts) throws StepStopped, IOException {
        Cart cart = ledger.cart();
        if (cart.bundle() && parts.isHeld(Volume.TAR)) {
            parts.keep(Volume.TAR, parts.open(Volume.TAR, new TarRescue(context, ledger, ledger.layOut())));
        }
        boolean noTar = cart.bundle() && !parts.has(Volume.TAR);
        boolean sameBoot = cart.boot().isEmpty() || cart.boot().equals(MachineBoot.ID);
        if (noTar || sameBoot) {
            checkThere(noTar);
        }
        if (!noTar && !cart.boot().isEmpty()) {
            Rehash recheck = new Rehash(context, ledger, parts, ledger.layOut());
            recheck.run(sameBoot ? new int[0] : staged().toArray());
            recheck.run(unrecorded().toArray());
            ledger.endWaitFor(EnumSet.of(Wait.Kind.HASHING));
        }
        context.volume().requireThere(); // Else what was not found may be there all the same.
        ledger.save();
    }

    private void checkThere(boolean noTar) throws IOException {
        Cart cart = ledger.cart();
        for (int i : staged().toArray()) {
            if (noTar) {
                ledger.set(i, ledger.file(i).lost());
            } else if (!cart.bundle() && !context.volume().has(cart, ledger.file(i))) {
                ledger.set(i, ledger.file(i).lost());
            }
        }
    }

    /**
     * What may be whole without a record: in a tree it has its name, which it was given when its hash was right; in a
     * tar it is among the first whose turn it was, but for the large ones, whose marks tell.
     */
    private IntStream unrecorded() {
        // Whether the archive has it on disk now does not matter to what is in a tree.
        return ledger.cart().bundle()
                ? ledger.where(file -> isToBePulled(file) && !ResumeMark.isKeptFor(file))
                        .limit(UNRECORDED)
                : ledger.where(file -> file.status() == FileStatus.STAGING);
    }

    private IntStream staged() {
        return ledger.where(file -> file.status() == FileStatus.STAGED);
    }

    private RequestRound round(String verb) {
        return new RequestRound(ledger, lane, context.settings(), context.clock(), context.closing(), verb);
    }

    private PrimitiveIterator.OfInt indexes(Predicate<CartFile> which) {
        int[] found = ledger.where(which).toArray();
        return IntStream.of(found).iterator();
    }

    /** When to go on after a round that did not come to its end. */
    private Duration pause(RequestRound round) {
        if (ledger.waitsFor().filter(StagingStep::isAway).isPresent()) {
            return context.pauseAfter(waited());
        }
        if (round.elsewhere() && !round.unsent()) {
            ledger.waitFor(Wait.Kind.OTHER_CART, twins.others());
            return context.pauseAfter(ledger.stalled());
        }
        if (round.unsent() && !round.answered()) {
            ledger.waitFor(Wait.Kind.PERMITS, "it is sent " + context.limit().current() + " at once");
        }
        return round.unsent() ? Duration.ZERO : round.due().orElse(Duration.ZERO);
    }

    /** When to look again at what is still on tape. */
    private Duration forTape() throws StepStopped {
        CartFile waiting = ledger.file(
                ledger.where(StagingStep::isToBeLookedAt).findFirst().orElse(0));
        ledger.waitFor(Wait.Kind.TAPE, "file " + waiting.path());
        if (ledger.waitsFor().filter(Wait::isOver).isPresent()) {
            throw StepStopped.failed("Failed to stage file " + waiting.path() + ": still on tape after "
                    + HumanText.duration(context.settings().tapePatience()));
        }
        return context.pauseAfter(ledger.stalled());
    }

    private static boolean isAway(Wait wait) {
        return wait.kind() == Wait.Kind.ARCHIVE || wait.kind() == Wait.Kind.VOLUME;
    }

    private Duration waited() {
        return ledger.waitsFor().map(Wait::waited).orElse(Duration.ZERO);
    }
}
