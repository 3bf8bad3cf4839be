package io.buildkit4j.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.worker.DeviceEdits;
import io.buildkit4j.worker.Isolation;
import io.buildkit4j.worker.ProcessExecutor;
import io.buildkit4j.worker.ProcessExit;
import io.buildkit4j.worker.ProcessMount;
import io.buildkit4j.worker.ProcessRequest;
import io.buildkit4j.worker.ProcessUsage;
import io.buildkit4j.worker.WorkerFault;
import io.buildkit4j.worker.WorkerSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every executor of processes does alike. */
@Tag("root")
@Timeout(60)
public abstract class ProcessExecutorContract {
    @TempDir
    protected Path directory;

    private Path root;
    private ProcessExecutor executor;

    /** Opens one whose directory is the one given. */
    protected abstract ProcessExecutor open(Path own) throws InterruptedException;

    /** What the names of its containers begin with. */
    protected abstract String prefix();

    /** Nothing of any container is left that only this kind of executor has. */
    protected abstract void nothingOfItsOwnIsLeft() throws IOException;

    @BeforeEach
    void makeRoot() throws IOException, InterruptedException {
        root = directory.resolve("root");
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("tmp"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (String name : List.of("sh", "cat", "id", "sleep", "seq", "mount", "grep", "hostname", "env", "kill")) {
            Files.createSymbolicLink(root.resolve("bin").resolve(name), Path.of("busybox"));
        }
        executor = open(directory.resolve("own"));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        nothingOfItsOwnIsLeft();
        assertThat(names(directory.resolve("own/bundles"))).isEmpty();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(directory.toString());
        assertThat(controlGroups()).isEmpty();
        assertThat(commandLines()).noneMatch(line -> line.contains(directory.toString()));
    }

    protected static List<String> names(Path path) throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private List<Path> controlGroups() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> controllers = Files.list(Path.of("/sys/fs/cgroup"))) {
            for (Path controller : controllers.filter(Files::isDirectory).toList()) {
                try (Stream<Path> groups = Files.list(controller)) {
                    groups.filter(group -> group.getFileName().toString().startsWith(prefix()))
                            .forEach(found::add);
                }
            }
        }
        return found;
    }

    private static List<String> commandLines() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains("runc") && !line.startsWith("containerd "))
                .toList();
    }

    /** What all processes call themselves, with their arguments. */
    private static List<String> words() {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("[0-9]+"))
                    .map(ProcessExecutorContract::words)
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String words(Path process) {
        try {
            return Files.readString(process.resolve("cmdline")).replace('\0', ' ');
        } catch (IOException ended) {
            return "";
        }
    }

    protected record Outcome(ProcessExit exit, String out, String error) {}

    protected static ProcessRequest.Command shell(String script) {
        return new ProcessRequest.Command(
                List.of("/bin/sh", "-c", script),
                List.of("PATH=/bin", "COLOUR=blue"),
                "/",
                ProcessRequest.Identity.ROOT,
                List.of());
    }

    protected ProcessRequest request(String script, ProcessMount... mounts) {
        return new ProcessRequest(root, false, shell(script), List.of(mounts), Isolation.DEFAULT);
    }

    protected Outcome run(ProcessRequest request) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        ProcessExit exit = executor.run(
                request, (stream, bytes, offset, length) -> (stream == 1 ? out : error).write(bytes, offset, length));
        return new Outcome(exit, out.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8));
    }

    @Test
    void runsWithItsEnvironmentAndKeepsTheStreamsApart() throws IOException, InterruptedException {
        Outcome outcome = run(request("echo $COLOUR; echo oops >&2; hostname; cat /etc/hosts > /tmp/seen; exit 0"));
        assertThat(outcome.exit().code()).isZero();
        assertThat(outcome.out()).isEqualTo("blue\nbuildkitsandbox\n");
        assertThat(outcome.error()).isEqualTo("oops\n");
        assertThat(Files.readString(root.resolve("tmp/seen"))).contains("localhost buildkitsandbox");
    }

    @Test
    void tellsExitCodesFromSignals() throws InterruptedException {
        assertThat(run(request("exit 3")).exit().describe()).isEqualTo("exit code: 3");
        assertThat(run(request("sh -c 'kill -TERM $$'; exit $?")).exit().describe())
                .startsWith("exit code: 143 (signal TERM");
        assertThat(run(request("sh -c 'kill -KILL $$'; exit $?")).exit().describe())
                .isEqualTo("exit code: 137 (signal KILL)");
    }

    @Test
    void tellsThatMemoryRanOut() throws InterruptedException {
        Isolation small = new Isolation(
                Isolation.Network.NONE,
                false,
                "small",
                List.of(),
                "",
                Optional.of(new Isolation.Resources(16 << 20, 16 << 20, 0, 0, 0, "", "")));
        String eater = "x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done";
        Outcome outcome = run(new ProcessRequest(root, false, shell(eater), List.of(), small));
        assertThat(outcome.exit().code()).isEqualTo(137);
        assertThat(outcome.exit().outOfMemory()).isTrue();
    }

    @Test
    void aForkBombMeetsItsLimit() throws InterruptedException {
        Isolation few = new Isolation(
                Isolation.Network.NONE,
                false,
                "h",
                List.of(),
                "",
                Optional.empty(),
                new Isolation.Bounds(40, WorkerSettings.Names.HOST));
        String bomb = "for i in $(seq 200); do sleep 60 & done; echo never";
        Outcome outcome = run(new ProcessRequest(root, false, shell(bomb), List.of(), few));
        assertThat(outcome.error()).contains("can't fork");
        assertThat(outcome.out()).doesNotContain("never");
    }

    @Test
    void daemonsThatAStepLeavesBehindAreGone() throws InterruptedException {
        run(request("busybox setsid sleep 67 & (busybox nohup sleep 68 &) ; busybox usleep 50000"));
        assertThat(words()).noneMatch(line -> line.matches(".*sleep 6[78] *"));
    }

    @Test
    void aProgramThatIsNotThereIsAFault() {
        ProcessRequest.Command command = new ProcessRequest.Command(
                List.of("nowhere"), List.of("PATH=/bin"), "/", ProcessRequest.Identity.ROOT, List.of());
        assertThatThrownBy(() -> run(new ProcessRequest(root, false, command, List.of(), Isolation.DEFAULT)))
                .isInstanceOf(WorkerFault.class)
                .hasMessageContaining("nowhere")
                .hasMessageContaining("not found");
    }

    @Test
    void mountsAreReadOnlyOrWritableOrMemory() throws IOException, InterruptedException {
        Path host = Files.createDirectory(directory.resolve("host"));
        Files.writeString(host.resolve("file"), "here");
        Outcome outcome = run(request(
                "cat /ro/file; echo x > /ro/new || echo refused; echo y > /rw/new; mount | grep ' /mem '",
                new ProcessMount.Bind("/ro", host, true),
                new ProcessMount.Bind("/rw", host, false),
                new ProcessMount.Temporary("/mem", 1 << 20)));
        assertThat(outcome.out()).startsWith("hererefused\n").contains("size=1024k");
        assertThat(host.resolve("new")).hasContent("y\n");
    }

    @Test
    void theRootMayBeReadOnly() throws InterruptedException {
        run(request("exit 0"));
        Outcome outcome = run(new ProcessRequest(
                root, true, shell("echo x > /tmp/new || echo refused"), List.of(), Isolation.DEFAULT));
        assertThat(outcome.out()).isEqualTo("refused\n");
    }

    @Test
    void runsAsAnotherUserWithLimits() throws InterruptedException {
        ProcessRequest.Command command = new ProcessRequest.Command(
                List.of("/bin/sh", "-c", "id; ulimit -n; cat /proc/self/status | grep -E '^(CapEff|Seccomp):'"),
                List.of("PATH=/bin"),
                "/tmp",
                new ProcessRequest.Identity(1000, 100, List.of(100, 27)),
                List.of(new ProcessRequest.ResourceLimit("nofile", 77, 99)));
        Outcome outcome = run(new ProcessRequest(root, false, command, List.of(), Isolation.DEFAULT));
        assertThat(outcome.out())
                .startsWith("uid=1000 gid=100 groups=27,100\n77\n")
                .contains("CapEff:\t0000000000000000", "Seccomp:\t2");
    }

    @Test
    void refusesWhatAdministersTheHost() throws InterruptedException {
        Outcome outcome =
                run(request("busybox mkdir /m; mount -t tmpfs x /m || echo refused; hostname other || echo no"));
        assertThat(outcome.out()).isEqualTo("refused\nno\n");
    }

    @Test
    void noNetworkMeansOnlyALoopback() throws InterruptedException {
        Isolation none = new Isolation(Isolation.Network.NONE, false, "h", List.of(), "", Optional.empty());
        Outcome outcome = run(new ProcessRequest(root, false, shell("cat /proc/net/dev | grep -c :"), List.of(), none));
        assertThat(outcome.out()).isEqualTo("1\n");
    }

    @Test
    void anInterruptKillsTheWholeTree() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        AtomicReference<InterruptedException> thrown = new AtomicReference<>();
        Thread step = Thread.ofVirtual().start(() -> {
            try {
                executor.run(
                        request("sleep 61 & sleep 62 & echo up; trap '' TERM INT; sleep 63"),
                        (s, b, o, n) -> running.countDown());
            } catch (InterruptedException end) {
                thrown.set(end);
            }
        });
        running.await();
        // what a shell has started calls itself as the shell does for a moment
        long patience = System.nanoTime() + 20_000_000_000L;
        while (words().stream().noneMatch(line -> line.matches("sleep 6[12] ")) && System.nanoTime() < patience) {
            Thread.sleep(10);
        }
        assertThat(words()).anyMatch(line -> line.matches("sleep 6[12] "));
        long begun = System.nanoTime();
        step.interrupt();
        step.join();
        assertThat(System.nanoTime() - begun).isLessThan(20_000_000_000L);
        assertThat(thrown.get()).isNotNull();
        assertThat(words()).noneMatch(line -> line.matches("sleep 6[123] "));
    }

    @Test
    void anInterruptAtAnyMomentLeavesNothing() throws IOException, InterruptedException {
        for (int delay = 0; delay < 40; delay += 4) {
            Thread step = Thread.ofVirtual().start(() -> {
                try {
                    executor.run(request("sleep 64"), (s, b, o, n) -> {});
                } catch (InterruptedException expected) {
                    Thread.currentThread().interrupt();
                }
            });
            Thread.sleep(delay);
            step.interrupt();
            step.join();
            nothingIsLeft();
        }
    }

    @Test
    void fiftyMegabytesArriveWholeAndInOrder() throws InterruptedException {
        int last = 6_500_000;
        AtomicLong expected = new AtomicLong(1);
        AtomicLong bytes = new AtomicLong();
        StringBuilder rest = new StringBuilder();
        executor.run(request("seq 1 " + last), (stream, chunk, offset, length) -> {
            bytes.addAndGet(length);
            rest.append(new String(chunk, offset, length, StandardCharsets.US_ASCII));
            int begin = 0;
            for (int end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n", begin)) {
                if (Long.parseLong(rest, begin, end, 10) == expected.get()) {
                    expected.incrementAndGet();
                }
                begin = end + 1;
            }
            rest.delete(0, begin);
        });
        assertThat(expected).hasValue(last + 1);
        assertThat(bytes.get()).isGreaterThan(50_000_000);
    }

    @Test
    void countsWhatAProcessUses() throws InterruptedException {
        String work = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done";
        ProcessUsage usage = run(request(work)).exit().usage().orElseThrow();
        assertThat(usage.processor()).isGreaterThan(Duration.ofMillis(5));
        assertThat(usage.memory()).isPositive();
        ProcessUsage next = run(request("exit 0")).exit().usage().orElseThrow();
        assertThat(next.processor()).isLessThan(usage.processor());
        assertThat(next.describe()).matches("used \\d+\\.\\d\\d s of processor, .* of memory; read .*, wrote .*");
    }

    @Test
    void devicesChangeWhatTheirFilesSay() throws IOException, InterruptedException {
        Path hooked = directory.resolve("hooked");
        DeviceEdits.Node none = new DeviceEdits.Node(
                "/dev/nothing", "c", 1, 3, OptionalInt.of(0600), "rw", Optional.of(new DeviceEdits.Owner(7, 8)));
        DeviceEdits.Node loops =
                new DeviceEdits.Node("/dev/loops", "c", 10, 237, OptionalInt.empty(), "r", Optional.empty());
        DeviceEdits.Hook hook = new DeviceEdits.Hook(
                "createRuntime",
                "/bin/sh",
                List.of("sh", "-c", "cat > " + hooked),
                List.of("PATH=/bin:/usr/bin"),
                OptionalInt.of(10));
        DeviceEdits devices = new DeviceEdits(
                List.of("COLOUR=red", "NEW=1"), List.of(none, loops), List.of(), List.of(hook), List.of(4711));
        String script =
                "echo $COLOUR $NEW; id -G; busybox stat -c '%a %u %g %t %T' /dev/nothing; echo x > /dev/nothing;"
                        + " (exec 3</dev/loops) && echo open; (exec 3>/dev/loops) || echo no";
        Outcome outcome = run(new ProcessRequest(root, false, shell(script), List.of(), Isolation.DEFAULT, devices));
        assertThat(outcome.out()).isEqualTo("red 1\n0 4711\n600 7 8 1 3\nopen\nno\n");
        assertThat(outcome.error()).contains("Operation not permitted");
        assertThat(Files.readString(hooked)).contains("\"pid\"", "\"id\"");
    }

    @Test
    void manyRunAtOnce() throws InterruptedException {
        List<String> outputs = TaskScope.map(
                "parallel",
                IntStream.range(0, 12).boxed().toList(),
                12,
                n -> run(request("echo " + n)).out());
        assertThat(outputs)
                .containsExactlyElementsOf(
                        IntStream.range(0, 12).mapToObj(n -> n + "\n").toList());
    }

    @Test
    void theFixedCostIsSmall() throws InterruptedException {
        run(request("exit 0"));
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            long begun = System.nanoTime();
            run(request("exit 0"));
            times.add((System.nanoTime() - begun) / 1_000);
        }
        times.sort(null);
        System.out.println("one step: median " + times.get(7) + " us, least " + times.get(0) + " us");
        assertThat(times.get(0)).isLessThan(500_000);
    }
}
