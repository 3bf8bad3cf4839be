package io.buildkit4j.store.snapshot;

import io.buildkit4j.footing.NameBytes;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.FileTree;
import io.buildkit4j.linux.HostFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Changes directories at random, the same with the same seed, and describes them. */
final class Model {
    private final Random random;

    Model(long seed) {
        random = new Random(seed);
    }

    /** Some changes, each to any file or directory that is there. */
    void change(Path root, int count) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            List<Path> directories = new ArrayList<>(List.of(root));
            List<Path> others = new ArrayList<>();
            FileTree.walk(root.toString(), (path, status) -> {
                (status.isDirectory() ? directories : others).add(root.resolve(path));
                return true;
            });
            change(root, directories, others);
        }
    }

    private Path any(List<Path> of) {
        return of.get(random.nextInt(of.size()));
    }

    private void change(Path root, List<Path> directories, List<Path> others) throws IOException {
        Path name = any(directories).resolve("n" + random.nextInt(6));
        int kind = random.nextInt(12);
        Path old = others.isEmpty() ? name : any(others);
        Path directory = any(directories);
        switch (kind) {
            case 0, 1, 2 -> write(name);
            case 3 -> {
                clear(name);
                HostFiles.makeDirectory(name.toString(), 0700 + random.nextInt(64));
            }
            case 4 -> clear(old);
            case 5 -> {
                if (!directory.equals(root)) {
                    clear(directory);
                }
            }
            case 6 -> move(old, name);
            case 7 -> {
                if (!directory.equals(root) && !name.startsWith(directory)) {
                    move(directory, name);
                }
            }
            case 8 -> {
                clear(name);
                HostFiles.makeLink(name.toString(), "target" + random.nextInt(3));
            }
            case 9 -> touch(random.nextBoolean() || others.isEmpty() ? directory : old);
            case 10 -> rewrite(old);
            default -> {
                clear(name);
                HostFiles.makeNode(name.toString(), FileStatus.FIFO | 0600, 0);
            }
        }
    }

    private static void clear(Path path) {
        FileTree.remove(path.toString());
    }

    private void write(Path file) throws IOException {
        clear(file);
        Files.writeString(file, "text " + random.nextInt(1000));
    }

    private static void move(Path from, Path to) throws IOException {
        if (from.equals(to) || !exists(from)) {
            return;
        }
        clear(to);
        if (exists(from)) {
            // on overlayfs directories of lower layers are moved by copying, as mv does
            Program.run("mv", "-T", from.toString(), to.toString());
        }
    }

    private static boolean exists(Path path) {
        return HostFiles.find(path.toString()).isPresent();
    }

    private void touch(Path path) {
        FileStatus status = HostFiles.find(path.toString()).orElse(null);
        if (status == null || status.isLink()) {
            return;
        }
        switch (random.nextInt(4)) {
            case 0 -> HostFiles.setMode(path.toString(), 0400 + random.nextInt(256));
            case 1 -> HostFiles.setOwner(path.toString(), random.nextInt(3), random.nextInt(3));
            case 2 -> HostFiles.setModified(path.toString(), random.nextInt(1000) * 1_000_000_000L);
            default -> {
                if (status.isFile() || status.isDirectory()) {
                    HostFiles.setAttribute(
                            path.toString(),
                            "user.a" + random.nextInt(2),
                            Integer.toString(random.nextInt(9)).getBytes(StandardCharsets.US_ASCII));
                }
            }
        }
    }

    /** The same length, and the time that it had before. */
    private void rewrite(Path path) throws IOException {
        FileStatus status = HostFiles.find(path.toString()).orElse(null);
        if (status != null && status.isFile()) {
            byte[] bytes = Files.readAllBytes(path);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) ('a' + random.nextInt(26));
            }
            Files.write(path, bytes, StandardOpenOption.WRITE);
            HostFiles.setModified(path.toString(), status.modified());
        }
    }

    /** Everything that is to be the same, by path. Times of directories are not, nor who owns links. */
    static Map<String, String> described(Path root) throws InterruptedException {
        Map<String, String> all = new TreeMap<>();
        FileTree.walk(root.toString(), (path, status) -> {
            all.put(path, described(root.resolve(path), status));
            return true;
        });
        return all;
    }

    private static String described(Path path, FileStatus status) {
        String host = path.toString();
        StringBuilder text = new StringBuilder();
        text.append(Integer.toOctalString(status.mode())).append(' ').append(status.uid());
        text.append(':').append(status.gid()).append(' ').append(status.device());
        if (status.isLink()) {
            return text.append(" -> ").append(HostFiles.readLink(host)).toString();
        }
        new TreeMap<>(HostFiles.attributes(host)).forEach((name, value) -> {
            if (name.startsWith("user.")) {
                text.append(' ').append(name).append('=').append(NameBytes.decode(value));
            }
        });
        if (status.isFile()) {
            try {
                text.append(" = ").append(Files.readString(path));
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        }
        return text.toString();
    }

    /** A copy of a directory as a whole. */
    static void copy(Path from, Path to) {
        Program.run("cp", "-a", from.toString(), to.toString());
    }

    /** Runs to its end. */
    static final class Program {
        private Program() {}

        static void run(String... command) {
            try {
                Process process = new ProcessBuilder(command).inheritIO().start();
                if (process.waitFor() != 0) {
                    throw new IllegalStateException(String.join(" ", command) + " failed");
                }
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
