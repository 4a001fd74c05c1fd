package dev.cartd.simulation;

import dev.cartd.Cartd;
import dev.cartd.Simulated;
import dev.cartd.bundle.Bundle;
import dev.cartd.bundle.BundleChannel;
import dev.cartd.cart.Cart;
import dev.cartd.cart.CartException;
import dev.cartd.cart.CartFile;
import dev.cartd.cart.CartRequest;
import dev.cartd.cart.CartStatus;
import dev.cartd.cart.FileStatus;
import dev.cartd.claim.StageSettings;
import dev.cartd.local.LocalScheduler;
import dev.cartd.local.MemoryStore;
import dev.cartd.space.EvictionCandidate;
import dev.cartd.space.SpaceSettings;
import dev.cartd.spi.Scheduler;
import dev.cartd.spi.SpaceStore;
import dev.cartd.volume.DeadWriters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One run of the simulation: a few nodes of the real core on one store, one volume and one archive, with clients, in a
 * world where all of these fail. It checks what must hold at each step, then lets all troubles end, and checks what
 * must hold at the end.
 */
final class World {
    /** What a run was like. */
    record Result(long hash, int ready, int failed, int downloads, int early, Duration time) {}

    /** How long the troubles last, and how long carts may take after them. */
    private static final Duration TROUBLES = Duration.ofMinutes(10);

    private static final List<Drive.Operation> DRIVE_FAILURES = List.of(
            Drive.Operation.WRITE,
            Drive.Operation.SYNC,
            Drive.Operation.CREATE,
            Drive.Operation.RENAME,
            Drive.Operation.LINK,
            Drive.Operation.DELETE);

    /** What can befall the nodes, and what they rely on. */
    private enum Trouble {
        CRASH,
        FREEZE,
        ARCHIVE_AWAY,
        ARCHIVE_SLOW,
        ARCHIVE_CHANGES,
        STORE_AWAY,
        ANSWERS_LOST,
        POWER_CUT,
        DRIVE,
        CLOCK_SET,
        SUSPENSION,
        STOP
    }

    private static final Duration LONGEST_END = Duration.ofHours(2);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    /** Bytes for two large carts, or some small ones. */
    private static final long TIGHT = 400 << 10;

    /** Bytes of the drive. */
    private static final long SMALL = 1 << 20;

    private static final long LARGE = 64 << 20;

    private final Machine machine;
    private final Random random;
    private final Trace trace;
    private final Bug bug;
    private final Machine.Node self = new Machine.Node("world");
    private final Drive drive;
    private final Path root;
    private final boolean folds;
    private final boolean tellsDead;
    private final SpaceSettings space;
    private final MemoryStore store;
    private final NodeStore stores;
    private final Tape tape;
    private final Truth truth;
    private final boolean single;
    private final Optional<Leases> leases;
    private final List<Host> hosts = new ArrayList<>();

    /** Which of the troubles this run has: rare sequences are of few kinds. */
    private final List<Trouble> troubles;

    /** What was posted, so that it can be posted again. */
    private final List<CartRequest> posted = new ArrayList<>();

    private long troublesEnd = TROUBLES.toNanos();
    private int clients;
    private int ready;
    private int failed;
    private int downloads;
    private int early;
    private boolean quiet;

    /** A node, which comes again after it crashed. */
    private final class Host {
        private final String name;
        private Machine.Node node;
        private @Nullable Cartd cartd;
        private @Nullable Scheduler scheduler;

        Host(String name) {
            this.name = name;
            this.node = new Machine.Node(name, true);
        }

        void start() {
            node = new Machine.Node(name, true);
            cartd = null;
            trace.add("start", name);
            machine.start(node, "start", this::open);
        }

        private void open() {
            NodeTime time = new NodeTime(machine, node);
            Scheduler own = leases.isPresent() ? leases.get().of(node, 3) : new LocalScheduler(3, time);
            scheduler = own;
            cartd = Simulated.builder(tape.connection(), root, time, StageSettings.DEFAULT.withBuffer(4096))
                    .store(stores.of(node))
                    .scheduler(own)
                    .space(space)
                    .start();
        }

        boolean isUp() {
            return !node.crashed && cartd != null;
        }

        void crash() {
            trace.add("crash", name);
            node.crashed = true;
            cartd = null;
            drive.died(node);
            if (tellsDead) {
                drive.writers(node).forEach(DeadWriters::died);
            }
        }
    }

    private World(long seed, Bug bug, @Nullable PrintStream out, Machine.Carriers carriers) {
        this.bug = bug;
        trace = new Trace(out);
        machine = new Machine(seed, carriers);
        trace.of(machine);
        random = machine.random;
        folds = random.nextInt(4) == 0;
        Comparator<String> names = folds ? String.CASE_INSENSITIVE_ORDER : Comparator.naturalOrder();
        drive = new Drive(machine, trace, bug, random.nextBoolean() ? LARGE : SMALL, names);
        root = new DriveFiles(drive).getPath("/work/volume");
        tellsDead = random.nextInt(3) > 0;
        drive.onLink(this::checkLink);
        SpaceSettings any = random.nextBoolean()
                ? SpaceSettings.DEFAULT
                : SpaceSettings.DEFAULT.withPolicy(
                        () -> Comparator.comparingLong(EvictionCandidate::bytes).reversed());
        space = random.nextInt(3) > 0 ? any.withSize(TIGHT) : any;
        store = new MemoryStore(new NodeTime(machine, self));
        stores = new NodeStore(machine, trace, bug, store, new Checks());
        tape = new Tape(machine, trace, bug, 12, 32 << 10);
        truth = new Truth(tape, store, root, folds);
        List<Trouble> some = Stream.of(Trouble.values())
                .filter(kind -> random.nextInt(3) == 0)
                .toList();
        troubles = some.isEmpty() ? List.of(Trouble.values()) : some;
        int nodes = 1 + random.nextInt(random.nextInt(4) == 0 ? 5 : 3);
        single = nodes == 1 && random.nextBoolean() && bug != Bug.LOST_WAKE && bug != Bug.ORPHANS;
        leases = single ? Optional.empty() : Optional.of(new Leases(machine, stores, store, bug));
        for (int i = 1; i <= nodes; i++) {
            hosts.add(new Host("n" + i));
        }
    }

    /** Runs one seed; fails if what must hold does not. */
    static Result run(long seed, Bug bug, @Nullable PrintStream out, Machine.Carriers carriers) throws Throwable {
        Severe.install();
        World world = new World(seed, bug, out, carriers);
        try {
            Severe.into(world.machine, world.trace);
            world.machine.run(world.self, world::live);
        } finally {
            Severe.into(null, null);
        }
        return new Result(
                world.trace.hash(),
                world.ready,
                world.failed,
                world.downloads,
                world.early,
                Duration.ofNanos(world.machine.now()));
    }

    private void live() {
        hosts.forEach(Host::start);
        if (single) {
            machine.start(self, "sweep", this::sweep);
        }
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            clients++;
            machine.start(new Machine.Node("c" + i), "client", this::client);
        }
        while (machine.now() < troublesEnd) {
            machine.sleep(Duration.ofMillis(500 + random.nextInt(40_000)));
            trouble();
        }
        heal();
        awaitEnd();
        checkEnd();
    }

    private void trouble() {
        Host host = hosts.get(random.nextInt(hosts.size()));
        switch (troubles.get(random.nextInt(troubles.size()))) {
            case CRASH -> {
                if (!host.node.crashed) {
                    host.crash();
                    long pause = Duration.ofMillis(500 + random.nextInt(60_000)).toNanos();
                    machine.at(machine.now() + pause, () -> restart(host));
                }
            }
            case FREEZE -> nowOrInAWrite(host.node, () -> freeze(host.node));
            case ARCHIVE_AWAY ->
                tape.away(Duration.ofMillis(random.nextInt(random.nextInt(4) == 0 ? 10_000_000 : 120_000)));
            case ARCHIVE_SLOW -> tape.slow(Duration.ofMillis(random.nextInt(120_000)));
            case ARCHIVE_CHANGES -> tape.change();
            case STORE_AWAY -> stores.away(Duration.ofMillis(random.nextInt(40_000)));
            case ANSWERS_LOST -> stores.loseAnswers(1 + random.nextInt(2));
            case POWER_CUT -> nowOrInAWrite(host.node, this::cutPower);
            case DRIVE -> troubleDrive();
            case CLOCK_SET -> setClock();
            case SUSPENSION -> suspend();
            case STOP -> stop(host);
        }
    }

    /** Half of the troubles come in the middle of something: most of the time a node only waits. */
    private void nowOrInAWrite(Machine.Node node, Runnable trouble) {
        if (random.nextBoolean()) {
            trouble.run();
        } else {
            drive.atNextWrite(node, trouble);
        }
    }

    private void freeze(Machine.Node node) {
        Duration time = Duration.ofMillis(100 + random.nextInt(60_000));
        trace.add("freeze", node.name + " for " + time);
        node.frozen = true;
        if (bug == Bug.SAME_FILE) {
            drive.writers(node).forEach(DeadWriters::died);
        }
        machine.at(machine.now() + time.toNanos(), () -> node.frozen = false);
    }

    /** Sets the clock by seconds or hours, forward or back. */
    private void setClock() {
        Duration by = Duration.ofSeconds(random.nextInt(random.nextBoolean() ? 20 : 10_000));
        Duration signed = random.nextBoolean() ? by : by.negated();
        trace.add("clock", "is set by " + signed);
        machine.setClock(signed);
    }

    /** For hours at most. No other trouble begins meanwhile, and they go on longer. */
    private void suspend() {
        Duration time = Duration.ofSeconds(random.nextInt(random.nextInt(3) == 0 ? 10_000 : 100));
        trace.add("suspend", "for " + time);
        machine.suspend();
        machine.sleep(time);
        machine.resume();
        troublesEnd += time.toNanos();
    }

    private void troubleDrive() {
        Duration time = Duration.ofMillis(100 + random.nextInt(90_000));
        switch (random.nextInt(5)) {
            case 0 -> drive.readOnly(time);
            case 1 -> drive.slow(time);
            case 2 -> drive.away(time);
            case 3 -> drive.fill(random.nextInt(128 << 10), time);
            default -> drive.fail(DRIVE_FAILURES.get(random.nextInt(DRIVE_FAILURES.size())), 1 + random.nextInt(3));
        }
    }

    /** All nodes are on one machine, which loses its power, and starts them again. */
    private void cutPower() {
        for (Host host : hosts) {
            if (!host.node.crashed) {
                host.crash();
                long pause = Duration.ofMillis(500 + random.nextInt(30_000)).toNanos();
                machine.at(machine.now() + pause, () -> restart(host));
            }
        }
        drive.cutPower();
        stores.boot();
        try {
            drive.quietly(() -> {
                for (Cart cart : store.live().toList()) {
                    truth.checkCart(cart);
                }
                return true;
            });
        } catch (IOException e) {
            throw new AssertionError("after a power cut", e);
        }
    }

    private void restart(Host host) {
        if (host.node.crashed) {
            host.start();
        }
    }

    /** Ends a node as an operator does, and starts it again. */
    private void stop(Host host) {
        Cartd cartd = host.cartd;
        Machine.Node node = host.node;
        if (cartd != null && !node.crashed) {
            trace.add("stop", host.name);
            host.cartd = null;
            machine.start(node, "stop", () -> {
                cartd.close();
                machine.at(machine.now() + 1, () -> {
                    if (host.node == node) {
                        host.crash();
                        host.start();
                    }
                });
            });
        }
    }

    private void heal() {
        trace.add("heal", "");
        tape.heal();
        stores.heal();
        drive.heal();
        machine.resume();
        for (Host host : hosts) {
            host.node.frozen = false;
            restart(host);
        }
    }

    /** Wakes all carts now and then, as a scheduler does that lasts: this one does not. */
    private void sweep() {
        while (true) {
            machine.sleep(Duration.ofSeconds(30));
            Scheduler own = hosts.get(0).scheduler;
            if (own != null && hosts.get(0).isUp()) {
                store.live().filter(cart -> cart.status().inWork()).forEach(cart -> own.wake(cart.id()));
                store.deleted(Integer.MAX_VALUE).forEach(cart -> own.wake(cart.id()));
            }
        }
    }

    // The clients.

    private void client() {
        int carts = 1 + random.nextInt(6);
        for (int i = 0; i < carts; i++) {
            CartRequest request = random.nextInt(3) == 0 && !posted.isEmpty()
                    ? posted.get(random.nextInt(posted.size()))
                    : tape.request("u" + random.nextInt(4), random.nextBoolean(), 1 + random.nextInt(8));
            posted.add(request);
            String uid = request.uid();
            Optional<Cart> answer = Optional.empty();
            while (answer.isEmpty() && !quiet) {
                answer = ask("post " + uid, cartd -> cartd.submit(request));
                rest(5000);
            }
            int polls = random.nextInt(60);
            for (int poll = 0; poll < polls; poll++) {
                rest(20_000);
                Optional<Cart> seen =
                        ask("poll " + uid, cartd -> cartd.status(uid)).flatMap(cart -> cart);
                if (seen.filter(cart -> cart.status().inWork()).isEmpty()) {
                    break;
                }
                // Only without a defect: so the seeds that find one stay the same.
                if (bug == Bug.NONE && random.nextInt(2) == 0) {
                    ask("file of " + uid, cartd -> readEarly(cartd, uid));
                }
            }
            if (random.nextInt(3) > 0) {
                ask("get " + uid, cartd -> download(cartd, uid));
            }
            switch (random.nextInt(8)) {
                case 0, 1 -> ask("delete " + uid, cartd -> cartd.delete(uid));
                case 2 ->
                    askFor(uid, "keep", (cartd, cart) -> cartd.keep(cart, Duration.ofSeconds(random.nextInt(600))));
                case 3 -> askFor(uid, "purge", Cartd::purge);
                case 4 -> askFor(uid, "repair", Cartd::restage);
                default -> {}
            }
            rest(60_000);
        }
        clients--;
    }

    /** Sends a request for the newest cart of a uid, as an operator does. */
    private void askFor(String uid, String what, BiPredicate<Cartd, Cart> request) {
        ask(what + " " + uid, cartd -> cartd.status(uid).map(cart -> request.test(cartd, cart)));
    }

    private void rest(int millis) {
        machine.sleep(Duration.ofMillis(random.nextInt(millis)));
    }

    private interface Request<T> {
        T send(Cartd cartd) throws IOException;
    }

    /** Sends a request to one of the nodes; empty if there was no answer, or a failure. */
    private <T> Optional<T> ask(String what, Request<T> request) {
        Host host = hosts.get(random.nextInt(hosts.size()));
        Cartd cartd = host.cartd;
        if (cartd == null || host.node.crashed || machine.isSuspended()) {
            return Optional.empty();
        }
        Machine.Waiters answered = machine.new Waiters();
        List<T> answer = new ArrayList<>();
        machine.start(host.node, "http", () -> {
            try {
                T found = request.send(cartd);
                trace.add("answer", what);
                answer.add(found);
            } catch (CartException | IOException e) {
                trace.add("answer", what + ": " + e.getMessage());
            }
            answered.wakeAll();
        });
        try {
            answered.await(ANSWER_WITHIN.toNanos());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return answer.stream().findFirst();
    }

    /** Reads a staged file of a cart that may be in work. */
    private boolean readEarly(Cartd cartd, String uid) throws IOException {
        Cart cart = cartd.status(uid).orElseThrow(CartException.NotFound::new);
        List<CartFile> staged = cartd.details().files(cart, 0, Optional.of(FileStatus.STAGED), 8);
        if (staged.isEmpty()) {
            return false;
        }
        CartFile file = staged.get(random.nextInt(staged.size()));
        ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
        try (BundleChannel channel = cartd.open(cart, file).open(0, file.size())) {
            while (bytes.hasRemaining()) {
                bytes.limit(Math.min(bytes.capacity(), bytes.position() + (4 << 10)));
                channel.read(bytes);
                bytes.limit(bytes.capacity());
                rest(10_000);
            }
        }
        Truth.check(
                tape.isRight(file, bytes.array()),
                "cart " + cart.id() + ": wrong bytes of " + file.path() + " were read early");
        early++;
        return true;
    }

    private boolean download(Cartd cartd, String uid) throws IOException {
        Bundle bundle = cartd.open(uid, "");
        Cart cart = store.live(uid).get(0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (BundleChannel channel = bundle.open(0, bundle.length())) {
            ByteBuffer buffer = ByteBuffer.allocate(16 << 10);
            while (channel.read(buffer) >= 0) {
                bytes.write(buffer.array(), 0, buffer.position());
                buffer.clear();
                if (random.nextInt(4) == 0) {
                    rest(30_000);
                }
            }
        }
        Truth.check(bytes.size() == bundle.length(), "cart " + cart.id() + ": a download has another length");
        truth.requireTrue(cart, Truth.tar(bytes.toByteArray()), "downloaded");
        downloads++;
        return true;
    }

    // What must hold.

    private final class Checks implements NodeStore.Consistency {
        @Override
        public void isReady(Cart cart) {
            ready++;
            try {
                truth.requireTrue(cart, drive.quietly(() -> truth.content(cart)), "ready");
            } catch (IOException e) {
                machine.fail(new AssertionError("cart " + cart.id() + " is ready, but not there", e));
            } catch (AssertionError e) {
                machine.fail(e);
            }
        }

        @Override
        public void hasFailed(Cart cart, String reason) {
            failed++;
            boolean lacksRoom = reason.startsWith("No Space Available") && stores.hasKept();
            if (tape.hasAll(store.files(cart.id())) && !lacksRoom && !isFolded(cart, reason)) {
                machine.fail(
                        new AssertionError("cart " + cart.id() + " failed, and all its files are good: " + reason));
            }
        }

        /** Whether the drive takes the names of two of its files for one, and the reason names both. */
        private boolean isFolded(Cart cart, String reason) {
            List<String> named = store.files(cart.id()).stream()
                    .map(CartFile::path)
                    .filter(reason::contains)
                    .toList();
            return folds && !cart.bundle() && named.size() == 2 && named.get(0).equalsIgnoreCase(named.get(1));
        }

        /** Only where a size is set: otherwise the room is that of the disk, and the books have more than is taken. */
        @Override
        public void roomIsGiven() {
            long promised = store.space().holders().stream()
                    .mapToLong(holder -> Math.max(holder.bytes(), holder.reserved()))
                    .sum();
            long most = space.size().orElse(Long.MAX_VALUE);
            if (promised + truth.unowned() > most) {
                machine.fail(new AssertionError((promised + truth.unowned()) + " of " + most + " bytes are promised: "
                        + store.space().holders() + store.space().shared()));
            }
        }

        @Override
        public void remove(long cart) {
            try {
                drive.quietly(() -> {
                    removeTree(root.resolve(Long.toString(cart)));
                    return true;
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void isWrong(String what) {
            machine.fail(new AssertionError(what));
        }
    }

    private void awaitEnd() {
        long until = machine.now() + LONGEST_END.toNanos();
        while (clients > 0 || unfinished().isPresent()) {
            if (machine.now() > until) {
                throw new AssertionError(
                        "after all troubles ended: " + unfinished().orElse("clients wait"));
            }
            machine.sleep(Duration.ofSeconds(20));
        }
        machine.sleep(Duration.ofSeconds(130)); // Pins and links.
    }

    private Optional<String> unfinished() {
        return Stream.concat(
                        store.live().filter(cart -> cart.status().inWork()).map(cart -> "in work is " + cart),
                        store.deleted(Integer.MAX_VALUE).stream().map(cart -> "not removed is " + cart))
                .findFirst();
    }

    private void checkEnd() {
        try {
            drive.quietly(() -> {
                for (Cart cart : store.live().toList()) {
                    truth.checkCart(cart);
                    Path part = root.resolve(cart.id() + "/.part");
                    Truth.check(
                            cart.status() != CartStatus.READY || !Files.exists(part),
                            "parts of ready cart " + cart.id() + " are left");
                }
                truth.checkVolume();
                return true;
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Truth.check(
                store.space().pins().isEmpty(),
                "pins are left: " + store.space().pins());
        for (SpaceStore.Holder holder : store.space().holders()) {
            Truth.check(holder.reserved() == 0, "room is reserved for a cart that is not in work: " + holder);
        }
    }

    private static void removeTree(Path top) throws IOException {
        try (Stream<Path> paths = Files.walk(top)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /**
     * A link is made before its cart becomes ready, but when all of the cart is there. A late step may make one to a
     * cart that a later step has taken back, and corrects that.
     */
    private void checkLink(String target) {
        long number = Long.parseLong(target.split("/", -1)[1]);
        try {
            for (Cart cart : store.live().filter(live -> live.id() == number).toList()) {
                if (cart.ready().isEmpty() && !stores.isLate(cart)) {
                    truth.requireTrue(cart, drive.quietly(() -> truth.content(cart)), "linked");
                }
            }
        } catch (IOException e) {
            machine.fail(new AssertionError("cart " + number + " has a link, but is not there", e));
        } catch (AssertionError e) {
            machine.fail(e);
        }
    }
}
