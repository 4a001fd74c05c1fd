package dev.cartd.stage;

import dev.cartd.cart.BundlePath;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.Durability;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Wait;
import dev.cartd.claim.CartForm;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.claim.Lanes;
import dev.cartd.claim.Reservation;
import dev.cartd.claim.StepContext;
import dev.cartd.claim.StepStopped;
import dev.cartd.claim.UsedArchive;
import dev.cartd.pull.CartPuller;
import dev.cartd.pull.RequestRound;
import dev.cartd.pull.Requester;
import dev.cartd.pull.Twins;
import dev.cartd.volume.FileNames;
import dev.cartd.volume.Parts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One step of a cart whose files are being staged. Its phases: ask for the status of every file and send a stage
 * request for every one that is not on disk, reserve room for the whole cart, pull the files that the archive has on
 * disk. A step ends at the first phase that cannot be finished now, and the next step begins at the first phase. For
 * one thread.
 */
final class StagingStep {
    /** The most files of a cart that are synced and recorded together with its end. */
    private static final int SMALL_FILES = 64;

    /** The most bytes of such a cart: they are soon synced, and soon hashed again if the process dies meanwhile. */
    private static final long SMALL_BYTES = 64 << 20;

    private final StepContext context;
    private final CartForm form;
    private final ClaimedCart claimed;
    private final Lanes lanes;
    private final Twins twins;
    private final Durability durabilityBefore;
    private List<Path> unsynced = List.of();

    StagingStep(StepContext context, CartForm form, Lanes lanes) {
        this.context = context;
        this.form = form;
        this.claimed = form.claimed();
        this.lanes = lanes;
        this.twins = new Twins(context, claimed);
        this.durabilityBefore = claimed.durability();
    }

    /**
     * Runs the step.
     *
     * @return the pause before the next step; empty if every file is staged. Then what a {@linkplain #isSmall small}
     *     cart pulled last is neither synced nor recorded yet
     * @throws StepStopped if the cart failed, is no longer this step's or has no room, or the worker is closing
     * @throws IOException if the volume failed
     */
    Optional<Duration> run() throws StepStopped, IOException {
        Optional<Duration> pause = runPhases();
        if (pause.isPresent()) {
            failIfTooLong();
            claimed.save(); // Records what the cart waits for now.
        }
        return pause;
    }

    /**
     * Whether the cart is so small that all of it is synced at once, and recorded together with its end. Not while it
     * has a receipt: an archive is told that files were pulled once they are certain to be on the volume.
     */
    boolean isSmall() {
        return claimed.where(CartFile::hasReceipt).findAny().isEmpty()
                && claimed.size() <= SMALL_FILES
                && claimed.cart().progress().bytes().orElse(Long.MAX_VALUE) <= SMALL_BYTES;
    }

    /** The files of a small cart that this step did not sync. */
    List<Path> unsynced() {
        return unsynced;
    }

    /** Fails a cart that has waited without progress for as long as allowed. */
    private void failIfTooLong() throws StepStopped {
        Duration most = claimed.settings().tapePatience();
        // Reservation fails a cart that waited too long for room; Twins stops waiting for the pulls of other carts.
        Optional<Wait> over = claimed.waitsFor()
                .filter(wait -> wait.isOver() && claimed.stalled().compareTo(most) >= 0)
                .filter(wait -> wait.kind() != Wait.Kind.ROOM && wait.kind() != Wait.Kind.OTHER_CART);
        if (over.isPresent()) {
            throw StepStopped.failed("The cart came no further for " + HumanText.duration(most) + ". "
                    + over.get().sentence(context.clock().instant()));
        }
    }

    private Optional<Duration> runPhases() throws StepStopped, IOException {
        requireValidFiles();
        requirePlace();
        forgetUnknownSizes();
        twins.expect();
        Optional<Duration> asked = ask(StagingStep::needsStatus);
        if (asked.isPresent()) {
            return asked;
        }
        Optional<Duration> sized = ask(file -> !file.known());
        if (sized.isPresent()) {
            return sized;
        }
        if (!claimed.all(CartFile::known)) {
            return Optional.of(pauseForTape());
        }
        twins.link();
        if (claimed.where(file -> file.status() == FileStatus.WAITING).findAny().isPresent()) {
            claimed.save();
            return Optional.of(Duration.ZERO); // Their twins are gone: the archive has to be asked.
        }
        boolean isForTape = durabilityBefore == Durability.SYNCED
                && claimed.where(CartFile::isToBePulled).findAny().isEmpty()
                && !claimed.isStaged();
        // Recorded before the first pull: from then until all is synced, recorded files are certain to be on the volume
        // only during this boot, and there may be complete files that are not recorded. If the files of earlier steps
        // have to be checked first, the cart keeps its durability until then.
        boolean isCertain = durabilityBefore == Durability.SYNCED && !isForTape;
        Optional<Duration> wait =
                new Reservation(context, form).make(isCertain ? Durability.sinceThisBoot() : durabilityBefore);
        if (wait.isPresent()) {
            return wait;
        }
        return isForTape ? Optional.of(pauseForTape()) : pull();
    }

    private Optional<Duration> pull() throws StepStopped, IOException {
        try (Parts parts = context.volume().parts(claimed.cart())) {
            requireClaim(parts);
            return pull(parts);
        }
    }

    /**
     * Checks the claim once this step has the directory of parts: a late step must stop before it touches the files of
     * a later one.
     */
    private void requireClaim(Parts parts) throws StepStopped {
        try {
            claimed.save();
        } catch (StepStopped e) {
            parts.abandon();
            throw e;
        }
    }

    private Optional<Duration> pull(Parts parts) throws StepStopped, IOException {
        form.check(parts, durabilityBefore);
        if (claimed.where(file -> file.status() == FileStatus.STAGED).findAny().isEmpty()) {
            form.requireLayout(); // Fails a cart that cannot become a tar before its first pull.
        }
        Map<Integer, CartFile> changed = new HashMap<>();
        Optional<Duration> pause;
        Optional<IOException> failure;
        try (CartPuller puller = new CartPuller(context, claimed, form.writer(parts), lanes, twins)) {
            puller.openLeftovers();
            claimed.countUnfinished(puller::unfinished);
            if (!claimed.durability().equals(Durability.sinceThisBoot())) {
                claimed.setDurability(Durability.sinceThisBoot());
                claimed.save();
            }
            pause = rounds("pull", CartFile::isToBePulled, archive -> puller, changed);
            // An earlier step that was interrupted may have recorded files before it synced them.
            List<Path> others = durabilityBefore == Durability.SYNCED ? List.of() : form.stagedPaths();
            if (isSmall() && claimed.isStaged()) {
                unsynced = Stream.concat(puller.unsynced().stream(), others.stream())
                        .distinct()
                        .toList();
                return Optional.empty();
            }
            claimed.save(); // Before it is synced, which may take long.
            failure = sync(puller, others);
        }
        if (failure.isPresent()) {
            form.loseUnsynced(parts);
            throw failure.get();
        }
        takeChanges(changed, parts);
        claimed.setDurability(Durability.SYNCED);
        claimed.save();
        release();
        if (claimed.isStaged()) {
            return Optional.empty();
        }
        return Optional.of(pause.isPresent() ? pause.get() : pauseForTape());
    }

    /** Syncs what was pulled and linked, and these others; returns the failure, if it fails. */
    private static Optional<IOException> sync(CartPuller puller, List<Path> others) {
        try {
            puller.sync(others);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    /**
     * Tells archives that recalled files are on the volume. A file keeps its receipt if its archive cannot be told: it
     * is told in a later step, or when the cart goes. The archive still needs a file that the cart has a second time
     * and that is not staged there.
     */
    private void release() throws StepStopped {
        int[] recalled = claimed.where(file -> file.hasReceipt() && file.status() == FileStatus.STAGED)
                .toArray();
        if (recalled.length == 0) {
            return;
        }
        Set<String> needed = claimed.where(file -> file.status() != FileStatus.STAGED)
                .mapToObj(i -> claimed.file(i).archiveId())
                .collect(Collectors.toSet());
        Predicate<CartFile> heard = new RecallRequests(context, lanes)
                .release(IntStream.of(recalled)
                        .mapToObj(claimed::file)
                        .filter(file -> !needed.contains(file.archiveId()))
                        .toList());
        for (int i : recalled) {
            if (heard.test(claimed.file(i))) {
                claimed.set(i, claimed.file(i).released());
            }
        }
        claimed.save();
    }

    /**
     * Sets the files that changed in the archive, which are pulled from the first byte, and so are files whose offsets
     * in the tar change with them. All are recorded at once: with a new size alone, other files would be read from
     * wrong offsets.
     */
    private void takeChanges(Map<Integer, CartFile> changed, Parts parts) throws StepStopped, IOException {
        if (changed.isEmpty()) {
            return;
        }
        long[] before = offsets();
        changed.forEach(claimed::set);
        long[] after = offsets();
        for (int i = 0; i < claimed.size(); i++) {
            CartFile file = claimed.file(i);
            if (changed.containsKey(i) || before[i] != after[i]) {
                parts.drop(file.id()); // Its bytes and its resume point belong to the old content or offset.
                if (file.status() == FileStatus.STAGED) {
                    claimed.set(i, file.lost());
                }
            }
        }
    }

    /** The {@linkplain CartForm#offset offsets} of the files, by index. */
    private long[] offsets() throws StepStopped {
        long[] offsets = new long[claimed.size()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = form.offset(claimed.file(i));
        }
        return offsets;
    }

    /** Fails a cart with files that can never be verified or placed, before any request is sent. */
    private void requireValidFiles() throws StepStopped {
        if (claimed.size() == 0) {
            throw StepStopped.failed("The cart has no files");
        }
        if (!FileNames.canHold(claimed.cart())) {
            throw StepStopped.failed("The cart's uid cannot be the name of a directory");
        }
        for (int i = 0; i < claimed.size(); i++) {
            CartFile file = claimed.file(i);
            Optional<String> problem = problem(file);
            if (file.status() == FileStatus.ERROR) {
                throw StepStopped.failed("Failed to stage file " + file.path() + ": " + file.reason());
            }
            if (problem.isPresent()) {
                CartFile hopeless = file.status() == FileStatus.STAGED ? file.lost() : file;
                claimed.set(i, hopeless.failed(problem.get()));
                throw StepStopped.failed("Failed to pull file " + file.path() + ": " + problem.get());
            }
        }
    }

    private static Optional<String> problem(CartFile file) {
        if (!FileNames.canName(file.path())) {
            return FileNames.problem();
        }
        Optional<BundlePath> path = file.bundlePath();
        if (path.isEmpty()) {
            return Optional.of("its path leads out of the cart, or nowhere");
        }
        return FileNames.canHold(path.get())
                ? file.checksum().problem()
                : Optional.of("this system cannot have a file of that name");
    }

    private void requirePlace() throws StepStopped, IOException {
        Optional<Path> foreign = context.volume().foreign(claimed.cart());
        if (foreign.isPresent()) {
            throw StepStopped.barred(foreign.get() + " is in the way, and cartd did not make it: move it away");
        }
    }

    /**
     * Makes staged files of unknown size waiting again: Pacifica Cartd recorded neither size nor time. The archive is
     * asked for both, and the files in the tree are hashed. Also removes the tree that Pacifica Cartd left beside a
     * tar.
     */
    private void forgetUnknownSizes() throws IOException {
        int[] unknown = claimed.where(file -> file.status() == FileStatus.STAGED && !file.known())
                .toArray();
        for (int i : unknown) {
            claimed.set(i, claimed.file(i).lost());
        }
        if (unknown.length > 0) {
            claimed.setDurability(Durability.UNPROVEN);
        }
        form.removeLeftovers();
    }

    private static boolean needsStatus(CartFile file) {
        return file.status() == FileStatus.WAITING
                || (file.status() == FileStatus.STAGING && !(file.known() && file.online()));
    }

    private Optional<Duration> ask(Predicate<CartFile> which) throws StepStopped {
        return rounds(
                "stage", which, archive -> new StatusRequest(archive.archive(), context.clock()), new HashMap<>());
    }

    /**
     * Runs a round for each archive of the cart. One that is away does not keep the files of others waiting: it comes
     * last, and only once nothing more can be sent to these.
     *
     * @param changed gets the files that changed in an archive; the first of them ends the rounds
     * @return the pause before the next step; empty if all files have a final outcome
     */
    private Optional<Duration> rounds(
            String verb,
            Predicate<CartFile> which,
            Function<UsedArchive, Requester> work,
            Map<Integer, CartFile> changed)
            throws StepStopped {
        Optional<Duration> shortest = Optional.empty();
        for (UsedArchive archive : lanes.archives()) {
            RequestRound round = new RequestRound(context, claimed, archive, lanes.of(archive), verb);
            PrimitiveIterator.OfInt own =
                    indexes(file -> which.test(file) && context.archives().of(file) == archive);
            boolean isSkipped = lanes.isLeftToOthers(archive)
                    || (lanes.isAway(archive)
                            && shortest.filter(Duration::isZero).isPresent());
            boolean complete = isSkipped ? round.skip(own) : round.run(own, work.apply(archive));
            changed.putAll(round.changed());
            if (!complete) {
                Duration pause = pause(round, archive);
                shortest = Optional.of(
                        shortest.filter(other -> other.compareTo(pause) < 0).orElse(pause));
            }
            if (!changed.isEmpty()) {
                return shortest;
            }
        }
        return shortest;
    }

    private PrimitiveIterator.OfInt indexes(Predicate<CartFile> which) {
        int[] found = claimed.where(which).toArray();
        return IntStream.of(found).iterator();
    }

    /** The pause after a round that did not finish. */
    private Duration pause(RequestRound round, UsedArchive archive) {
        Optional<Wait> away = claimed.waitsFor().filter(StagingStep::isAway);
        if (away.filter(round::concerns).isPresent()) {
            return context.pauseAfter(claimed.waited());
        }
        if (round.othersPullTheRest() && !round.unsent()) {
            waitUnlessAway(away, Wait.Kind.OTHER_CART, twins.pullingCart());
            return context.pauseAfter(claimed.stalled());
        }
        if (round.unsent() && !round.answered()) {
            waitUnlessAway(
                    away,
                    Wait.Kind.PERMITS,
                    archive.says("it is sent " + archive.limit().current() + " at once"));
        }
        return round.unsent() ? Duration.ZERO : round.due().orElse(Duration.ZERO);
    }

    /** Notes a wait, unless the cart waits for another archive that is away: that one is in the end what fails it. */
    private void waitUnlessAway(Optional<Wait> away, Wait.Kind kind, String detail) {
        if (away.isEmpty()) {
            claimed.waitFor(kind, detail);
        }
    }

    /** The pause of a cart that waits for files on tape; fails one that has waited too long. */
    private Duration pauseForTape() throws StepStopped {
        CartFile waiting =
                claimed.file(claimed.where(StagingStep::needsStatus).findFirst().orElse(0));
        claimed.waitFor(Wait.Kind.TAPE, "file " + waiting.path());
        if (claimed.waitsFor().filter(Wait::isOver).isPresent()) {
            throw StepStopped.failed("Failed to stage file " + waiting.path() + ": still on tape after "
                    + HumanText.duration(claimed.settings().tapePatience()));
        }
        return context.pauseAfter(claimed.stalled());
    }

    private static boolean isAway(Wait wait) {
        return wait.kind() == Wait.Kind.ARCHIVE || wait.kind() == Wait.Kind.VOLUME;
    }
}
