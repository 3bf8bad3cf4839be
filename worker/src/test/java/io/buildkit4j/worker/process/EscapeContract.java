package io.buildkit4j.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.worker.Isolation;
import io.buildkit4j.worker.ProcessExecutor;
import io.buildkit4j.worker.ProcessExit;
import io.buildkit4j.worker.ProcessMount;
import io.buildkit4j.worker.ProcessRequest;
import io.buildkit4j.worker.WorkerFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a step may try to get out of its container, each described in docs/isolation.md. Whatever runs processes extends
 * this and must fail to let one of them out. All attempts are made in one container, by a program in Perl, which can make
 * any system call.
 */
@Tag("root")
@Timeout(60)
@EnabledIf(value = "possible", disabledReason = "needs perl, and knows the system calls of amd64")
public abstract class EscapeContract {
    @TempDir
    Path directory;

    private final List<ProcessExecutor> executors = new ArrayList<>();

    static boolean possible() {
        return Files.isExecutable(Path.of("/usr/bin/perl"))
                && System.getProperty("os.arch").equals("amd64");
    }

    /** What runs the process, with its state below a directory that exists. */
    protected abstract ProcessExecutor open(Path state) throws InterruptedException;

    private ProcessExecutor opened(Path state) throws InterruptedException {
        ProcessExecutor executor = open(state);
        executors.add(executor);
        return executor;
    }

    @AfterEach
    void close() {
        executors.forEach(ProcessExecutor::close);
    }

    private Path root() throws IOException, InterruptedException {
        Path root = directory.resolve("root");
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("tmp"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        Files.createSymbolicLink(root.resolve("bin/sh"), Path.of("busybox"));
        copy(Path.of("/usr/bin/perl"), root);
        Process ldd = new ProcessBuilder("ldd", "/usr/bin/perl").start();
        String libraries = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        ldd.waitFor();
        for (String word : libraries.split("\\s+", -1)) {
            if (word.startsWith("/")) {
                copy(Path.of(word), root);
            }
        }
        return root;
    }

    private static void copy(Path file, Path root) throws IOException {
        Path target = root.resolve(file.toString().substring(1));
        Files.createDirectories(target.getParent());
        Files.copy(file.toRealPath(), target);
    }

    private static String program() throws IOException {
        try (InputStream in = EscapeContract.class.getResourceAsStream("escape.pl")) {
            return new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String run(ProcessExecutor executor, ProcessRequest request) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ProcessExit exit = executor.run(request, (stream, bytes, offset, length) -> {
            synchronized (out) {
                out.write(bytes, offset, length);
            }
        });
        return out.toString(StandardCharsets.UTF_8) + "exit " + exit.code();
    }

    private static ProcessRequest.Command command(String... line) {
        return new ProcessRequest.Command(
                List.of(line), List.of("PATH=/bin:/usr/bin"), "/", ProcessRequest.Identity.ROOT, List.of());
    }

    @TestFactory
    List<DynamicTest> nobodyGetsOut() throws IOException, InterruptedException {
        Path marker = Files.writeString(directory.resolve("marker"), "untouched");
        Path root = root();
        Path shared = Files.createDirectory(directory.resolve("shared"));
        ProcessRequest request = new ProcessRequest(
                root,
                false,
                command(
                        "/usr/bin/perl",
                        "-e",
                        program(),
                        marker.toString(),
                        Long.toString(ProcessHandle.current().pid())),
                List.of(new ProcessMount.Bind("/shared", shared, false)),
                Isolation.DEFAULT);
        Path state = Files.createDirectory(directory.resolve("state"));
        String said = run(opened(state), request);
        Map<String, String> verdicts = new LinkedHashMap<>();
        said.lines()
                .map(line -> line.split("\t", 2))
                .filter(parts -> parts.length == 2)
                .forEach(parts -> verdicts.put(parts[0], parts[1]));
        List<DynamicTest> tests = new ArrayList<>();
        tests.add(DynamicTest.dynamicTest("all attempts were made", () -> {
            assertThat(verdicts).as(said).hasSizeGreaterThanOrEqualTo(45);
            assertThat(said).endsWith("exit 0");
        }));
        verdicts.forEach((name, verdict) -> tests.add(
                DynamicTest.dynamicTest(name, () -> assertThat(verdict).startsWith("held"))));
        tests.add(DynamicTest.dynamicTest(
                "the host's file is as it was", () -> assertThat(marker).hasContent("untouched")));
        return tests;
    }

    @Test
    void aMountOverTheKernelsOwnFilesIsRefused() throws IOException, InterruptedException {
        Path root = root();
        ProcessExecutor executor = opened(Files.createDirectory(directory.resolve("state")));
        Path shared = Files.createDirectory(directory.resolve("shared"));
        for (String over : List.of("/proc", "/proc/self", "/proc/sys")) {
            ProcessRequest request = new ProcessRequest(
                    root,
                    false,
                    command("/bin/busybox", "true"),
                    List.of(new ProcessMount.Bind(over, shared, false)),
                    Isolation.DEFAULT);
            assertThatThrownBy(() -> run(executor, request))
                    .as(over)
                    .isInstanceOf(WorkerFault.class)
                    .hasMessageContaining("/proc");
        }
    }

    @Test
    void aMountThroughALinkStaysInside() throws IOException, InterruptedException {
        Path root = root();
        Path host = Files.createDirectory(directory.resolve("host"));
        Path shared = Files.createDirectory(directory.resolve("shared"));
        Files.writeString(shared.resolve("file"), "shared");
        Files.createSymbolicLink(root.resolve("absolute"), host);
        Files.createSymbolicLink(
                root.resolve("relative"),
                Path.of("../../../../../../../../../..").resolve(host.toString().substring(1)));
        ProcessExecutor executor = opened(Files.createDirectory(directory.resolve("state")));
        for (String link : List.of("/absolute", "/relative")) {
            ProcessRequest request = new ProcessRequest(
                    root,
                    false,
                    command("/bin/busybox", "cat", link + "/in/file"),
                    List.of(new ProcessMount.Bind(link + "/in", shared, false)),
                    Isolation.DEFAULT);
            assertThat(run(executor, request)).isEqualTo("sharedexit 0");
        }
        try (Stream<Path> made = Files.list(host)) {
            assertThat(made).isEmpty();
        }
    }

    @Test
    void namesMayHoldAnything() throws IOException, InterruptedException {
        Path root = root();
        Path shared = Files.createDirectory(directory.resolve("sha\nred"));
        Files.writeString(shared.resolve("file"), "here");
        ProcessExecutor executor = opened(Files.createDirectory(directory.resolve("state")));
        ProcessRequest request = new ProcessRequest(
                root,
                false,
                command("/bin/busybox", "cat", "/a\n\"b/file"),
                List.of(new ProcessMount.Bind("/a\n\"b", shared, true)),
                Isolation.DEFAULT);
        assertThat(run(executor, request)).isEqualTo("hereexit 0");
        assertThatThrownBy(() -> new Isolation.HostEntry("a b\n6.6.6.6 c", "1.1.1.1"))
                .isInstanceOf(WorkerFault.class)
                .hasMessageContaining("not an entry of a hosts file");
    }
}
