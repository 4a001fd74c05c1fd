package dev.cartd.pull;

import dev.cartd.cart.CartFile;
import dev.cartd.cart.FileStatus;
import dev.cartd.cart.Wait;
import dev.cartd.claim.CartWriter;
import dev.cartd.claim.ClaimedCart;
import dev.cartd.claim.Lanes;
import dev.cartd.claim.OpenFile;
import dev.cartd.claim.ResumePoint;
import dev.cartd.claim.StepContext;
import dev.cartd.claim.StepStopped;
import dev.cartd.spi.Archive;
import dev.cartd.spi.ArchiveException;
import dev.cartd.spi.SpaceStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Pulls the files of one cart during one step, to where a {@link CartWriter} writes them. If an earlier process
 * left bytes of a large file, they are hashed, and the pull resumes after them; until the file is complete they count as
 * room that the cart holds.
 *
 * <p>For the step's thread, except for {@link #ask} and {@link #cancel}, which any thread may call.
 */
public final class CartPuller implements Requester, AutoCloseable {
    /** How long a pull runs before it yields to lanes that have nothing in flight. */
    private static final Duration TURN = Duration.ofSeconds(1);

    private final StepContext context;
    private final ClaimedCart claimed;
    private final Lanes lanes;
    private final CartWriter writer;
    private final Twins twins;
    private final Map<Integer, FilePull> pulls = new ConcurrentHashMap<>();
    private final Slowness slowness;
    private volatile boolean cancelled;

    /** @param writer writes the files of the cart; the puller closes it */
    public CartPuller(StepContext context, ClaimedCart claimed, CartWriter writer, Lanes lanes, Twins twins) {
        this.context = context;
        this.claimed = claimed;
        this.writer = writer;
        this.lanes = lanes;
        this.twins = twins;
        this.slowness = new Slowness(context.clock()::nanos, claimed.cart().progress());
    }

    /** Pulls the one file of the list. */
    @Override
    public List<RequestOutcome> ask(List<Integer> indexes, List<CartFile> files) {
        return List.of(ask(indexes.get(0), files.get(0)));
    }

    private RequestOutcome ask(int index, CartFile file) {
        FilePull pull = pullOf(index, file);
        if (cancelled) {
            pull.cancel();
        }
        try {
            boolean copied = twins.hasSource(index);
            if (!copied && !file.online()) {
                return new RequestOutcome.Decided(file.lost()); // A twin was expected: the archive was never asked.
            }
            if (!pull(pull, file)) {
                return new RequestOutcome.Yielded();
            }
            CartFile staged = file.staged().withCrc(pull.crc());
            return copied ? new RequestOutcome.Decided(staged) : new RequestOutcome.Right(staged);
        } catch (ArchiveException e) {
            // A pull that was cancelled fails on purpose and says nothing about the archive.
            if (cancelled) {
                return new RequestOutcome.Yielded();
            }
            if (twins.drop(index)) {
                pulls.remove(index); // Most likely the other cart was just deleted: pull from the archive instead.
                return new RequestOutcome.Yielded();
            }
            return changeInArchive(file, e)
                    .orElseGet(() -> new RequestOutcome.Failed(e, pull.cameFar(), pull.position() == 0));
        } catch (CartWriter.Impossible e) {
            return new RequestOutcome.Hopeless(e.getMessage());
        } catch (IOException e) {
            pulls.remove(index);
            long missing = SpaceStore.taken(file.size()) - pull.bytesOnVolume();
            return context.space().isShortOf(missing) ? new RequestOutcome.Full() : new RequestOutcome.Broken(e);
        }
    }

    /**
     * Asks for the status of a file whose bytes were refused or wrong: the file may have changed in the archive since
     * its size and time were recorded.
     */
    private Optional<RequestOutcome> changeInArchive(CartFile file, ArchiveException why) {
        if (!(why instanceof ArchiveException.Refused)) {
            return Optional.empty();
        }
        try {
            Archive.Found found = archive(file).status(file.archiveId());
            if (found.size() == file.size() && found.mtime() == file.mtime()) {
                return found.medium() == Archive.Medium.TAPE && !why.isStrained()
                        ? Optional.of(new RequestOutcome.Decided(file.wentToTape()))
                        : Optional.empty();
            }
            String change = "it changed in the archive while it was being pulled: it had " + file.size()
                    + " bytes and has " + found.size();
            return Optional.of(new RequestOutcome.Changed(file.changed(found.size(), found.mtime(), change)));
        } catch (ArchiveException e) {
            return Optional.empty(); // The failure of the pull is the one to report.
        }
    }

    @Override
    public List<Integer> admit(List<Integer> indexes) throws StepStopped {
        return twins.admit(indexes);
    }

    @Override
    public void beforeSave() throws StepStopped {
        twins.renew();
        boolean slow = slowness.isSlow(claimed.cart().progress());
        showWait(Wait.Kind.HASHING, anyPull(FilePull::isHashing));
        showWait(Wait.Kind.SLOW, slow ? anyPull(FilePull::isReceiving) : Optional.empty());
    }

    private Optional<FilePull> anyPull(Predicate<FilePull> condition) {
        return pulls.values().stream().filter(condition).findAny();
    }

    private void showWait(Wait.Kind kind, Optional<FilePull> pull) {
        pull.ifPresentOrElse(
                found -> claimed.waitFor(kind, found.toString()), () -> claimed.endWaitFor(EnumSet.of(kind)));
    }

    private boolean pull(FilePull pull, CartFile file) throws IOException, CartWriter.Impossible {
        OpenFile to = writer.open(file);
        try {
            to.left().ifPresent(pull::resumeAfter);
            boolean whole = pull.run(to.channel(), to.offset(), turn(file), to::written);
            if (whole) {
                to.commit();
            }
            return whole;
        } finally {
            to.close(pull.position() == 0);
        }
    }

    private FilePull pullOf(int index, CartFile file) {
        return pulls.computeIfAbsent(
                index,
                i -> new FilePull(
                        from -> open(i, file, from), file, context.settings().buffer(), context.clock()));
    }

    private Archive archive(CartFile file) {
        return context.archives().of(file).archive();
    }

    /** Opens the bytes of a file's twin, or of the file in the archive. */
    private InputStream open(int index, CartFile file, long from) {
        return twins.open(index, from).orElseGet(() -> archive(file).pull(file.archiveId(), from, file.size()));
    }

    /**
     * Opens what an earlier step left of large files, so that {@link #unfinished} counts these bytes before any file is
     * pulled.
     */
    public void openLeftovers() throws IOException {
        int[] left = claimed.where(file ->
                        file.status() == FileStatus.STAGING && ResumePoint.isKeptFor(file) && writer.isBegun(file))
                .toArray();
        for (int i : left) {
            CartFile file = claimed.file(i);
            OpenFile begun = writer.open(file);
            try {
                begun.left().ifPresent(pullOf(i, file)::resumeAfter);
            } finally {
                begun.close(false);
            }
        }
    }

    /** The bytes on the volume of files that are not staged yet. */
    public long unfinished() {
        pulls.keySet().removeIf(i -> claimed.file(i).status() == FileStatus.STAGED);
        return pulls.values().stream().mapToLong(FilePull::bytesOnVolume).sum();
    }

    @Override
    public boolean writes() {
        return true;
    }

    @Override
    public void broken(IOException why) throws StepStopped {
        if (context.volume().mark().problem().isPresent()) {
            throw StepStopped.quietly();
        }
        context.volumeFails(why);
    }

    @Override
    public void cancel() {
        cancelled = true;
        pulls.values().forEach(FilePull::cancel);
    }

    /** The files of their own that {@link #sync} makes durable. */
    public List<Path> unsynced() {
        return Stream.concat(writer.unsynced().stream(), twins.unsynced().stream())
                .toList();
    }

    /**
     * Makes durable all files that were pulled, and these others.
     *
     * @throws IOException if one of them cannot be synced
     */
    public void sync(List<Path> others) throws IOException {
        twins.sync();
        if (writer.sync(others)) {
            context.volumeWorks();
        }
    }

    @Override
    public void close() throws IOException {
        twins.close();
        writer.close();
    }

    /** A new turn: the supplier returns whether to yield. */
    private BooleanSupplier turn(CartFile file) {
        long until = context.clock().nanos() + TURN.toNanos();
        return () -> cancelled || (context.clock().nanos() - until > 0 && lanes.shouldYield(file));
    }
}
