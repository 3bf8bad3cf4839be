package io.buildkit4j.worker.process;

import io.buildkit4j.worker.ProcessUsage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Control groups above those of containers. A runtime removes a container's group, with all that it has counted, before
 * anybody can look; what is above it goes on counting. They stay from one container to the next, since making one in each
 * hierarchy takes longer than reading what is counted. Safe for any thread.
 */
public final class UsageGroups implements AutoCloseable {
    private static final Path MOUNT = Path.of("/sys/fs/cgroup");

    private final String top;
    private final Path mark;
    private final String before;
    private final boolean unified = Files.exists(MOUNT.resolve("cgroup.controllers"));
    /** Guards the numbers. */
    private final ReentrantLock lock = new ReentrantLock();

    private final BitSet used = new BitSet();
    private final Set<String> parents = ConcurrentHashMap.newKeySet();

    private UsageGroups(String top, Path mark, String before) {
        this.top = top;
        this.mark = mark;
        this.before = before;
    }

    /** Those of whoever owns the directory, where a file says which they are in case it is killed. */
    public static UsageGroups in(Path directory) throws IOException {
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        Path mark = directory.resolve("groups");
        return new UsageGroups("buildkit4j." + HexFormat.of().formatHex(random), mark, remembered(mark));
    }

    /** The name of the one that all of them are below; nobody else uses it. */
    public String top() {
        return top;
    }

    /** Where an earlier owner, who was killed, may have left the control group of this container. */
    public List<String> left(String container) {
        return find(before, container);
    }

    /** Removes those of the earlier owner; none of its containers must be there any more. */
    public void begin() throws IOException {
        remove(before);
        Files.writeString(mark, top);
    }

    /** A group for one container at a time, below the parent with this path; empty for the top. */
    public Group take(String parent) {
        int number;
        lock.lock();
        try {
            number = used.nextClearBit(0);
            used.set(number);
        } finally {
            lock.unlock();
        }
        String above = parent.replaceAll("^/+|/+$", "");
        parents.add(above);
        Group group = new Group(above, number);
        group.begin();
        return group;
    }

    /** One that is in use. */
    public final class Group implements AutoCloseable {
        private final String parent;
        private final int number;
        private ProcessUsage atFirst = new ProcessUsage(Duration.ZERO, 0, 0, 0);

        private Group(String parent, int number) {
            this.parent = parent;
            this.number = number;
        }

        /** As a runtime is told, with slashes. */
        public String path() {
            return (parent.isEmpty() ? "" : "/" + parent) + "/" + top + "/" + number;
        }

        private void begin() {
            // kernels that cannot be told to forget keep the highest of all that ran here
            write("memory", "memory.max_usage_in_bytes", "0");
            write("memory", "memory.peak", "0");
            atFirst = now();
        }

        /** What was used since it was taken. */
        public ProcessUsage usage() {
            ProcessUsage now = now();
            return new ProcessUsage(
                    now.processor().minus(atFirst.processor()),
                    now.memory(),
                    now.read() - atFirst.read(),
                    now.written() - atFirst.written());
        }

        private ProcessUsage now() {
            return unified
                    ? new ProcessUsage(
                            Duration.ofNanos(1000 * field(read("", "cpu.stat"), "usage_usec ")),
                            number(read("", "memory.peak")),
                            sum(read("", "io.stat"), "rbytes="),
                            sum(read("", "io.stat"), "wbytes="))
                    : new ProcessUsage(
                            Duration.ofNanos(number(read("cpuacct", "cpuacct.usage"))),
                            number(read("memory", "memory.max_usage_in_bytes")),
                            sum(read("blkio", "blkio.throttle.io_service_bytes_recursive"), "Read "),
                            sum(read("blkio", "blkio.throttle.io_service_bytes_recursive"), "Write "));
        }

        private Path file(String controller, String name) {
            return MOUNT.resolve(unified ? "" : controller)
                    .resolve(path().substring(1))
                    .resolve(name);
        }

        private String read(String controller, String name) {
            try {
                return Files.readString(file(controller, name));
            } catch (IOException notThere) {
                return ""; // before the first container, or without the controller
            }
        }

        private void write(String controller, String name, String text) {
            try {
                Path file = file(controller, name);
                if (Files.exists(file)) {
                    Files.writeString(file, text);
                }
            } catch (IOException refused) {
                // then what it says is too much, never too little
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                used.clear(number);
            } finally {
                lock.unlock();
            }
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    private static long field(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> number(line.substring(name.length())))
                .sum();
    }

    /** Over all devices. */
    private static long sum(String text, String name) {
        long sum = 0;
        for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
            int end = at + name.length();
            while (end < text.length() && Character.isDigit(text.charAt(end))) {
                end++;
            }
            sum += number(text.substring(at + name.length(), end));
        }
        return sum;
    }

    /** The top group that a file names; empty where there is no such file, or it is damaged. */
    static String remembered(Path file) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        String name = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        return name.matches("buildkit4j[.][0-9a-f]{1,32}") ? name : "";
    }

    /** Removes those below a group of this path. */
    private static void remove(String top) {
        if (top.isEmpty()) {
            return;
        }
        List<Path> tops = new ArrayList<>(List.of(MOUNT.resolve(top)));
        try (Stream<Path> hierarchies = Files.list(MOUNT)) {
            hierarchies.map(hierarchy -> hierarchy.resolve(top)).forEach(tops::add);
            for (Path each : tops) {
                if (Files.isDirectory(each)) {
                    try (Stream<Path> groups = Files.list(each).filter(Files::isDirectory)) {
                        groups.forEach(UsageGroups::delete);
                    }
                    delete(each);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Where below such a group the containers with this name are; there is one at most. */
    private static List<String> find(String top, String container) {
        Path above = MOUNT.resolve(Files.exists(MOUNT.resolve("freezer")) ? "freezer" : "")
                .resolve(top);
        List<String> found = new ArrayList<>(List.of("/" + container));
        if (!top.isEmpty() && Files.isDirectory(above)) {
            try (Stream<Path> numbers = Files.list(above)) {
                numbers.filter(number -> Files.isDirectory(number.resolve(container)))
                        .forEach(number -> found.add("/" + top + "/" + number.getFileName() + "/" + container));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        return found;
    }

    private static void delete(Path group) {
        try {
            Files.deleteIfExists(group);
        } catch (IOException busy) {
            // something runs in it that somebody else put there
        }
    }

    @Override
    public void close() {
        parents.forEach(parent -> remove(parent.isEmpty() ? top : parent + "/" + top));
    }
}
