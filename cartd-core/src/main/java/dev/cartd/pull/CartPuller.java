package dev.cartd.pull;

import dev.cartd.bundle.TarLayout;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Wait;
import dev.cartd.limit.RequestLimit;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import dev.cartd.spi.TwinStore.Twin;
import dev.cartd.volume.Part;
import dev.cartd.volume.Parts;
import dev.cartd.volume.Volume;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Pulls the files of one cart during one step. Each file of a streamed cart is pulled to a temporary name and then
 * moved into the tree; a file of a bundled cart is pulled to its offset in the tar. A large file of which an earlier
 * process left bytes is resumed after these bytes were hashed; until it is complete they count as room that the cart
 * holds.
 *
 * <p>For the step's thread, except for {@link #ask} and {@link #cancel}, which any thread may call.
 */
public final class CartPuller implements RequestRound.Work, AutoCloseable {
    /** How long a pull runs before it yields to lanes that have nothing in flight. */
    private static final Duration TURN = Duration.ofSeconds(1);

    private final StepContext context;
    private final ClaimedCart ledger;
    private final Cart cart;
    private final Parts parts;
    private final RequestLimit.Lane lane;
    private final Optional<Tar> tar;
    private final Twins twins;
    private final IntoPlace intoPlace;
    private final TwinTars twinTars;
    private final Map<Integer, TwinCopy> copies = new ConcurrentHashMap<>();
    private final Map<Integer, FilePull> pulls = new ConcurrentHashMap<>();
    private final Queue<Path> placed = new ConcurrentLinkedQueue<>();
    private final Slowness slowness;
    private volatile boolean cancelled;

    private record Tar(Part part, TarLayout layout) {}

    private CartPuller(
            StepContext context,
            ClaimedCart ledger,
            Parts parts,
            RequestLimit.Lane lane,
            Twins twins,
            Optional<Tar> tar) {
        this.context = context;
        this.twins = twins;
        this.ledger = ledger;
        this.cart = ledger.cart();
        this.parts = parts;
        this.lane = lane;
        this.tar = tar;
        this.slowness = new Slowness(System::nanoTime, ledger.cart().progress());
        this.twinTars = new TwinTars(context.store());
        this.intoPlace = new IntoPlace(context.volume().tree(cart), ledger.files(), parts);
    }

    /** A puller for a streamed cart. */
    public static CartPuller toTree(
            StepContext context, ClaimedCart ledger, Parts parts, RequestLimit.Lane lane, Twins twins) {
        return new CartPuller(context, ledger, parts, lane, twins, Optional.empty());
    }

    /**
     * A puller for a bundled cart. Creates the unfinished tar if there is none.
     *
     * @throws IOException if the unfinished tar cannot be opened
     */
    public static CartPuller toTar(
            StepContext context, ClaimedCart ledger, Parts parts, RequestLimit.Lane lane, Twins twins, TarLayout layout)
            throws IOException {
        Part part = parts.open(Volume.TAR);
        return new CartPuller(context, ledger, parts, lane, twins, Optional.of(new Tar(part, layout)));
    }

    @Override
    public RequestOutcome ask(int index, CartFile file) {
        FilePull pull = pull(index, file);
        if (cancelled) {
            pull.cancel();
        }
        try {
            Optional<Twin> source = twins.source(index);
            if (source.isPresent()) {
                return linkOrCopy(index, file, pull, source.get());
            }
            if (!file.online()) {
                return new RequestOutcome.Found(
                        index, file.lost()); // A twin was expected: the archive was never asked.
            }
            return pull(pull, file)
                    ? new RequestOutcome.Right(index, file.staged())
                    : new RequestOutcome.Yielded(index);
        } catch (ArchiveException e) {
            // A pull that was cancelled fails on purpose and says nothing about the archive.
            return cancelled
                    ? new RequestOutcome.Yielded(index)
                    : changeInArchive(index, file, e)
                            .orElseGet(() -> new RequestOutcome.Failed(index, e, pull.cameFar(), pull.position() == 0));
        } catch (IntoPlace.Impossible e) {
            return new RequestOutcome.Hopeless(index, e.getMessage());
        } catch (IOException e) {
            pulls.remove(index);
            long missing = context.volume().taken(file.size()) - pull.held();
            return context.space().isShortOf(missing)
                    ? new RequestOutcome.Full(index)
                    : new RequestOutcome.Broken(index, e);
        }
    }

    /**
     * Asks for the status of a file whose bytes were refused or wrong: the file may have changed in the archive since
     * its size and time were recorded.
     */
    private Optional<RequestOutcome> changeInArchive(int index, CartFile file, ArchiveException why) {
        if (!(why instanceof ArchiveException.Refused)) {
            return Optional.empty();
        }
        try {
            Archive.Found found = context.archive().status(file.archiveId());
            if (found.size() == file.size() && found.mtime() == file.mtime()) {
                return found.medium() == Archive.Medium.TAPE && !why.isStrained()
                        ? Optional.of(new RequestOutcome.Found(index, file.wentToTape()))
                        : Optional.empty();
            }
            String change = "it changed in the archive while it was being pulled: it had " + file.size()
                    + " bytes and has " + found.size();
            return Optional.of(new RequestOutcome.Changed(index, file.changed(found.size(), found.mtime(), change)));
        } catch (ArchiveException e) {
            return Optional.empty(); // The failure of the pull is the one to report.
        }
    }

    @Override
    public List<Integer> admit(List<Integer> indexes) throws StepStopped {
        return twins.admit(indexes);
    }

    @Override
    public void beat() throws StepStopped {
        twins.renew();
        boolean slow = slowness.look(ledger.cart().progress());
        showWait(Wait.Kind.HASHING, anyPull(FilePull::isHashing));
        showWait(Wait.Kind.SLOW, slow ? anyPull(FilePull::isReceiving) : Optional.empty());
    }

    private Optional<FilePull> anyPull(Predicate<FilePull> condition) {
        return pulls.values().stream().filter(condition).findAny();
    }

    private void showWait(Wait.Kind kind, Optional<FilePull> pull) {
        pull.ifPresentOrElse(
                found -> ledger.waitFor(kind, found.toString()), () -> ledger.endWaitFor(EnumSet.of(kind)));
    }

    private boolean pull(FilePull pull, CartFile file) throws IOException, IntoPlace.Impossible {
        return tar.isPresent() ? pullIntoTar(pull, file, tar.get()) : pullIntoTree(pull, file);
    }

    /** Links a file to its twin in another cart, or copies the twin and hashes the copy. */
    private RequestOutcome linkOrCopy(int index, CartFile file, FilePull pull, Twin source)
            throws IOException, IntoPlace.Impossible {
        if (twins.link(file, source)) {
            if (!Twins.isDurable(source)) {
                placed.add(context.volume().tree(cart).path(file));
            }
            return new RequestOutcome.Found(index, file.linked());
        }
        TwinCopy copy = copies.computeIfAbsent(index, i -> new TwinCopy(context.volume(), twinTars, source));
        try {
            if (!(tar.isPresent() ? copyIntoTar(copy, file, tar.get()) : copyIntoPart(copy, file))) {
                return new RequestOutcome.Yielded(index);
            }
        } catch (IOException e) {
            copies.remove(index);
            twins.forget(index); // Most likely the other cart was just deleted: pull from the archive instead.
            return new RequestOutcome.Yielded(index);
        }
        pull.inherit(file.size());
        return pull(pull, file) ? new RequestOutcome.Found(index, file.staged()) : new RequestOutcome.Yielded(index);
    }

    private boolean copyIntoTar(TwinCopy copy, CartFile file, Tar to) throws IOException {
        return copy.run(to.part().channel(), to.layout().offset(file), turn());
    }

    private boolean copyIntoPart(TwinCopy copy, CartFile file) throws IOException {
        Part part = parts.open(file.id());
        try {
            return copy.run(part.channel(), 0, turn());
        } finally {
            parts.keep(file.id(), part);
        }
    }

    private FilePull pull(int index, CartFile file) {
        return pulls.computeIfAbsent(
                index,
                i -> new FilePull(context.archive(), file, context.settings().buffer()));
    }

    /**
     * Opens what an earlier step left of large files, so that {@link #unfinished} counts these bytes before any file is
     * pulled.
     */
    public void takeUp() throws IOException {
        int[] left = ledger.where(file ->
                        file.status() == FileStatus.STAGING && ResumeMark.isKeptFor(file) && parts.has(file.id()))
                .toArray();
        for (int i : left) {
            CartFile file = ledger.file(i);
            Part part = parts.open(file.id());
            try {
                inherit(pull(i, file), file, part);
            } finally {
                parts.keep(file.id(), part);
            }
        }
    }

    /** The bytes on the volume of files that are not staged yet. */
    public long unfinished() {
        pulls.keySet().removeIf(i -> ledger.file(i).status() == FileStatus.STAGED);
        return pulls.values().stream().mapToLong(FilePull::held).sum();
    }

    @Override
    public boolean writes() {
        return true;
    }

    @Override
    public void broken(IOException why) throws StepStopped {
        if (context.volume().mark().look().isPresent()) {
            throw StepStopped.quietly();
        }
        context.volumeFails(why);
    }

    @Override
    public void cancel() {
        cancelled = true;
        pulls.values().forEach(FilePull::cancel);
    }

    /**
     * Makes durable all files that were pulled, and these others.
     *
     * @throws IOException if one of them cannot be synced
     */
    public void sync(List<Path> others) throws IOException {
        if (tar.isPresent()) {
            tar.get().part().channel().force(true);
        }
        context.volume().sync(placed);
        context.volume().sync(others);
        if (tar.isPresent() || !placed.isEmpty()) {
            context.volumeWorks();
        }
    }

    @Override
    public void close() throws IOException {
        twins.close();
        if (tar.isPresent()) {
            tar.get().part().close();
        }
    }

    /** A new turn: the supplier returns whether to yield. */
    private BooleanSupplier turn() {
        long until = System.nanoTime() + TURN.toNanos();
        return () -> cancelled || (System.nanoTime() - until > 0 && lane.othersStarve());
    }

    private boolean pullIntoTree(FilePull pull, CartFile file) throws IOException, IntoPlace.Impossible {
        Part part = parts.open(file.id());
        boolean whole = false;
        try {
            FileChannel to = part.channel();
            inherit(pull, file, part);
            // No mark for a complete file: it would have to be truncated away again, and most files arrive at once.
            ResumeMark mark = mark(file, part);
            if (pull.run(to, 0, turn(), position -> {
                if (position < file.size()) {
                    mark.at(position);
                }
            })) {
                to.truncate(file.size());
                intoPlace.place(file, part.path());
                placed.add(context.volume().tree(cart).path(file));
                whole = true;
            }
        } finally {
            if (whole) {
                part.close();
            } else {
                keep(pull, file, part);
            }
        }
        return whole;
    }

    private boolean pullIntoTar(FilePull pull, CartFile file, Tar to) throws IOException {
        FileChannel channel = to.part().channel();
        long offset = to.layout().offset(file);
        if (!ResumeMark.isKeptFor(file)) {
            return pull.run(channel, offset, turn(), position -> {});
        }
        // Kept until the cart is finished: a later step learns from it that an unrecorded file is complete.
        Part part = parts.open(file.id());
        try {
            inherit(pull, file, part);
            return pull.run(channel, offset, turn(), mark(file, part));
        } finally {
            keep(pull, file, part);
        }
    }

    /**
     * The mark of a file. For a tar the part holds nothing but the mark; in a tree the mark follows the file's last
     * byte and is truncated away once the file is complete.
     */
    private ResumeMark mark(CartFile file, Part part) {
        return new ResumeMark(part.channel(), tar.isPresent() ? 0 : file.size());
    }

    private void inherit(FilePull pull, CartFile file, Part part) throws IOException {
        if (!part.inherited() || (tar.isPresent() && !tar.get().part().inherited())) {
            return;
        }
        boolean marked = tar.isPresent() || part.channel().size() != file.size();
        pull.inherit(marked ? mark(file, part).position() : part.channel().size());
    }

    /**
     * Closes an unfinished file for a later attempt. After a hash mismatch the mark is reset to 0, since the next step
     * would otherwise resume after the wrong bytes.
     */
    private void keep(FilePull pull, CartFile file, Part part) throws IOException {
        try {
            if (pull.position() == 0) {
                mark(file, part).at(0);
            }
        } finally {
            parts.keep(file.id(), part);
        }
    }
}
