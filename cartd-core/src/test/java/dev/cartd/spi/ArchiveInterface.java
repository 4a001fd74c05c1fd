package dev.cartd.spi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * An archive interface for tests: real HTTP on a free port of the loopback, with the words, headers and bad habits of
 * the posix one, and faults on demand. It counts what it is asked.
 *
 * <p>By default everything is on disk, requests are served in parallel and right, and connections are kept. All methods
 * may be called at any time, by any thread.
 */
public final class ArchiveInterface implements AutoCloseable {
    /** The Last-Modified of files that were put without one: unix time with a fraction. */
    public static final String MTIME = "1473806059.29";

    private final Map<String, HeldFile> files = new ConcurrentHashMap<>();
    private volatile Optional<HeldFile> rest = Optional.empty();
    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool(ArchiveInterface::daemon);
    private final Pulls pulls = new Pulls();
    private final InstantSource clock;
    private final Faults faults;
    private final int port;
    private volatile ServerSocket listening;
    private volatile Future<?> accepting;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private final SharedHandle handle = new SharedHandle();
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean sharesHandle;
    private volatile boolean refuseWhenConcurrent;
    private volatile boolean corruptWhenConcurrent;
    private volatile boolean keepConnections = true;
    private volatile Duration delay = Duration.ZERO;
    private volatile long bytesPerSecond = Long.MAX_VALUE;

    /** One that runs from now on, with random faults (if any) by the seed 1, and on the system's clock. */
    public ArchiveInterface() {
        this(1, InstantSource.system());
    }

    /**
     * One that runs from now on, with random faults (if any) by this seed, and recalls that take time by this clock.
     */
    public ArchiveInterface(long seed, InstantSource clock) {
        this.faults = new Faults(seed);
        this.clock = clock;
        this.listening = listen(0);
        this.port = listening.getLocalPort();
        accepting = accept(listening);
    }

    /** Its base URL, with a slash at the end. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    /** Its base URL for a client of this name, by which {@link #pulls} knows it. */
    public URI url(String client) {
        return URI.create("http://" + client + "@127.0.0.1:" + port + "/");
    }

    /** Holds these bytes under this id, on disk. What was there is replaced. */
    public void put(String id, byte[] bytes) {
        put(id, bytes, MTIME);
    }

    /** Holds these bytes under this id, on disk, with this Last-Modified, sensible or not. */
    public void put(String id, byte[] bytes, String mtime) {
        files.put(id, HeldFile.onDisk(HeldFile.bytes(bytes), mtime));
    }

    /** Holds the content of this file, which may be large, under this id, on disk. */
    public void put(String id, Path file) {
        files.put(id, HeldFile.onDisk(HeldFile.file(file), MTIME));
    }

    /** Puts the file on tape, from where it comes to disk so long after it was first asked to stage it. */
    public void tape(String id, Duration recall) {
        files.computeIfPresent(id, (key, file) -> file.onTape(recall));
    }

    /** Has this word for the file's storage medium: {@code error}, or one that nobody knows. */
    public void medium(String id, String word) {
        files.computeIfPresent(id, (key, file) -> file.on(word));
    }

    /** Answers each request for the file with a 500 for this reason, such as {@code [Errno 13] Permission denied}. */
    public void refuse(String id, String reason) {
        files.computeIfPresent(id, (key, file) -> file.refused(reason));
    }

    /** Has an empty file on tape, from where it comes in a day, under each id that it does not hold. */
    public void holdAll() {
        rest = Optional.of(HeldFile.onDisk(HeldFile.bytes(new byte[0]), MTIME).onTape(Duration.ofDays(1)));
    }

    /** Forgets the file: it is missing from now on. */
    public void remove(String id) {
        files.remove(id);
    }

    /** What goes wrong. */
    public Faults faults() {
        return faults;
    }

    /** What became of each pull. */
    public Pulls pulls() {
        return pulls;
    }

    /** Corrupts content while another request is under way, as the archive does under its own web server. */
    public void corruptWhenConcurrent(boolean yes) {
        corruptWhenConcurrent = yes;
    }

    /**
     * Answers from now on as Pacifica's does under its own web server: ten threads, and one open file for all of them.
     * A request that comes while another is under way cuts that off, has both answered from one file, or fails with a
     * 500.
     */
    public void shareHandle() {
        sharesHandle = true;
    }

    /** Answers 500 from now on while another request is under way. */
    public void refuseWhenConcurrent() {
        refuseWhenConcurrent = true;
    }

    /** Whether a connection is kept for further requests; if not, it is closed without a word, as uWSGI does it. */
    public void keepConnections(boolean yes) {
        keepConnections = yes;
    }

    /** Takes so long from now on before it answers, and sends each content no faster than this. */
    public void slow(Duration beforeEach, long bytesPerSecond) {
        this.delay = beforeEach;
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Answers nothing from now on until {@link #resume}: requests are taken, counted, and wait. */
    public void pause() {
        gate = new CountDownLatch(1);
    }

    /** Answers again, what waits included. */
    public void resume() {
        gate.countDown();
    }

    /** Goes away: cuts all connections and refuses new ones, until {@link #comeBack}. */
    public void goAway() {
        cut(listening);
        // The port is free only once nobody waits at it any more.
        await(accepting);
        clients.forEach(ArchiveInterface::cut);
    }

    /** Is there again, on the same port. */
    public void comeBack() {
        listening = listen(port);
        accepting = accept(listening);
    }

    /** How many requests of this method it was sent. */
    public long requests(String method) {
        return counter(method).get();
    }

    /** How many requests of this method it was sent for this id. */
    public long requests(String method, String id) {
        return counter(method + " " + id).get();
    }

    /** How many requests are under way. One that hangs or stalls on purpose is no longer counted. */
    public int atOnce() {
        return atOnce.get();
    }

    /** The most requests that ever were under way at once, all methods together. */
    public int mostAtOnce() {
        return mostAtOnce.get();
    }

    /** Ends it: cuts all connections, whatever they wait for. */
    @Override
    public void close() {
        goAway();
        gate.countDown();
        threads.shutdownNow();
    }

    Optional<HeldFile> file(String id) {
        return Optional.ofNullable(files.get(id)).or(() -> rest);
    }

    void asked(String id) {
        files.computeIfPresent(id, (key, file) -> file.asked(now()));
    }

    Instant now() {
        return clock.instant();
    }

    boolean keepsConnections() {
        return keepConnections;
    }

    Optional<SharedHandle> sharedHandle() {
        return sharesHandle ? Optional.of(handle) : Optional.empty();
    }

    boolean corruptsNow() {
        return corruptWhenConcurrent && atOnce.get() > 1;
    }

    /** Counts a request that has come, waits while the archive is paused, and says what goes wrong with it. */
    Fault begin(String method, String id) throws InterruptedException {
        mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
        counter(method).incrementAndGet();
        long nth = counter(method + " " + id).incrementAndGet();
        gate.await();
        LockSupport.parkNanos(delay.toNanos());
        return refuseWhenConcurrent && atOnce.get() > 1 ? Fault.ERROR : faults.of(method, id, nth);
    }

    /** How many bytes of content it has sent, right and wrong. */
    public long sent() {
        return sent.get();
    }

    /** Takes the time that so many bytes take. */
    void pace(long bytes) {
        sent.addAndGet(bytes);
        LockSupport.parkNanos((long) (1e9 * bytes / bytesPerSecond));
    }

    void end() {
        atOnce.decrementAndGet();
    }

    void left(Socket client) {
        clients.remove(client);
    }

    private AtomicLong counter(String what) {
        return counts.computeIfAbsent(what, key -> new AtomicLong());
    }

    private static ServerSocket listen(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Future<?> accept(ServerSocket server) {
        return threads.submit(() -> {
            try {
                while (true) {
                    welcome(server, server.accept());
                }
            } catch (IOException e) {
                // It went away.
            }
        });
    }

    private void welcome(ServerSocket server, Socket client) {
        clients.add(client);
        if (server.isClosed()) {
            cut(client);
        }
        threads.execute(() -> ArchiveConnection.serve(this, client));
    }

    private static void await(Future<?> end) {
        try {
            end.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void cut(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "archive-interface");
        thread.setDaemon(true);
        return thread;
    }
}
