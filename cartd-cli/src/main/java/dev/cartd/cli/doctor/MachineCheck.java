package dev.cartd.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.cartd.cart.HumanText;
import dev.cartd.cart.Memory;
import dev.cartd.cli.config.Configuration;
import dev.cartd.server.ServerConfig;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Looks at Java and the limits of the machine. */
final class MachineCheck implements Check {
    /**
     * The files that a server has open beside those of clients: jars, the database, its log, requests to the archive.
     */
    private static final int OTHER_FILES = 500;

    private final Configuration configuration;

    MachineCheck(Configuration configuration) {
        this.configuration = configuration;
    }

    @Override
    public List<Finding> run() {
        List<Finding> found = new ArrayList<>();
        found.add(memory());
        found.add(names());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            found.add(files(unix.getMaxFileDescriptorCount()));
        }
        return found;
    }

    private Finding memory() {
        long heap = Runtime.getRuntime().maxMemory();
        int files = Memory.ofHeap().files();
        String java = "Java " + Runtime.version() + ", a heap of " + HumanText.size(heap);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
                && heap + heap / 2 > machine.getTotalMemorySize()) {
            return Finding.warn(
                    "memory",
                    java + ", but the machine has only " + HumanText.size(machine.getTotalMemorySize())
                            + ", and the process takes half as much again: set CARTD_HEAP lower");
        }
        return files < configuration.carts().maxFiles()
                ? Finding.warn(
                        "memory",
                        java + ", which is enough for carts of " + files + " files, but [cartd] max_files is "
                                + configuration.carts().maxFiles() + ": set CARTD_HEAP higher, or max_files lower")
                : Finding.ok("memory", java);
    }

    private static Finding names() {
        String encoding = System.getProperty("sun.jnu.encoding", "?");
        return Charset.isSupported(encoding) && Charset.forName(encoding).equals(StandardCharsets.UTF_8)
                ? Finding.ok("names", "file names are UTF-8")
                : Finding.bad(
                        "names",
                        "file names are " + encoding + ", so carts with names beyond ASCII cannot be made or read: set"
                                + " LC_ALL=C.UTF-8");
    }

    private Finding files(long most) {
        int downloads = configuration.carts().maxDownloads();
        // A download reads a file beside its connection.
        long needed = (long) ServerConfig.DEFAULT.withMaxDownloads(downloads).connections() + downloads + OTHER_FILES;
        String text = "this process may open " + most + " files";
        return most < needed
                ? Finding.warn(
                        "files",
                        text + ", but " + downloads + " downloads ([cartd] max_downloads)" + " may need " + needed
                                + ": raise ulimit -n, or LimitNOFILE of the unit")
                : Finding.ok("files", text);
    }
}
