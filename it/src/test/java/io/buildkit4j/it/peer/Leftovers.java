package io.buildkit4j.it.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What must not be left when a build has ended, however it ended. */
public final class Leftovers {
    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

    private final Set<String> temporary;

    private Leftovers(Set<String> temporary) {
        this.temporary = temporary;
    }

    /** Remembers what is there before. */
    public static Leftovers before() {
        return new Leftovers(temporaryFiles());
    }

    private static Set<String> temporaryFiles() {
        try (Stream<Path> files = Files.list(TEMPORARY)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name ->
                            !name.startsWith("it-") && !name.startsWith("hsperfdata") && !name.startsWith("junit"))
                    .filter(name ->
                            name.startsWith("buildkit4j") || name.startsWith("buildctl") || name.startsWith("runc"))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** No mount and no process of a step below this state directory, and no temporary file more than before. */
    public void noneBelow(Path root) {
        noMountsBelow(root);
        noProcessesOf(root);
        assertThat(temporaryFiles()).isEqualTo(temporary);
    }

    static void noMountsBelow(Path root) {
        try {
            List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                    .filter(line -> line.split(" ", -1)[4].startsWith(root.toString()))
                    .toList();
            assertThat(mounts).isEmpty();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Whether a process runs whose words, its own name for itself first, contain this. */
    public static boolean runs(String words) {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("[0-9]+"))
                    .anyMatch(process -> wordsOf(process).contains(words));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String wordsOf(Path process) {
        try {
            return Files.readString(process.resolve("cmdline")).replace('\0', ' ');
        } catch (IOException ended) {
            return "";
        }
    }

    private static void noProcessesOf(Path root) {
        List<String> running = ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains("runc") || line.contains("crun"))
                .filter(line -> line.contains(root.toString()))
                .toList();
        assertThat(running).isEmpty();
    }
}
