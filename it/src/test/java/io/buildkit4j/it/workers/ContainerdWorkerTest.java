package io.buildkit4j.it.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Leftovers;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.spine.Context;
import io.buildkit4j.worker.containerd.PrivateContainerd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list on a real containerd, and what only that has: images for its other users, and an end and a beginning of its own. */
class ContainerdWorkerTest extends WorkerBehaviours {
    @TempDir
    static Path shared;

    private static PrivateContainerd containerd;
    private static Daemon daemon;

    @BeforeAll
    static void start() {
        containerd = PrivateContainerd.start();
        daemon = Daemon.start(
                shared,
                "--oci-worker=false",
                "--containerd-worker=true",
                "--containerd-worker-addr",
                containerd.socket().toString());
    }

    @AfterAll
    static void stop() {
        daemon.close();
        containerd.close();
    }

    @Override
    Daemon daemon() {
        return daemon;
    }

    @Override
    void nothingOfItsOwnIsLeft() {
        containerd.nothingIsLeft();
    }

    private static List<String> images() {
        return containerd.ctr("images", "list", "-q");
    }

    @Test
    void anExportedImageIsContainerdsAndRuns() {
        String dockerfile = "RUN echo first > /f\nRUN echo second >> /f\nCMD [\"/bin/cat\", \"/f\"]\n";
        Outcome outcome = build(dockerfile, "--output", "type=image,name=example.org/made:1");
        outcome.succeeded();
        assertThat(images()).containsExactly("example.org/made:1");
        assertThat(containerd.ctr("images", "check").toString()).contains("complete", "true");
        List<String> snapshots = containerd.ctr("snapshots", "list");
        // whatever its garbage collection looks at now, all of the image is pointed to
        containerd.ctr("images", "tag", "example.org/made:1", "example.org/other:1");
        containerd.ctr("images", "remove", "--sync", "example.org/other:1");
        assertThat(containerd.ctr("snapshots", "list")).isEqualTo(snapshots);
        assertThat(containerd.ctr("run", "--rm", "example.org/made:1", "one")).containsExactly("first", "second");
        build(dockerfile.replace("first", "third"), "--output", "type=image,name=example.org/made:1")
                .succeeded();
        assertThat(containerd.ctr("run", "--rm", "example.org/made:1", "two")).containsExactly("third", "second");
        containerd.ctr("images", "remove", "--sync", "example.org/made:1");
        assertThat(containerd.ctr("content", "list", "-q")).isEmpty();
        assertThat(containerd.ctr("snapshots", "list")).hasSize(1);
    }

    @Test
    void anImageThatIsOnlyStoredIsUnpackedByWhoeverRunsIt() {
        build("CMD [\"/bin/echo\", \"here\"]\n", "--output", "type=image,name=example.org/stored:1,unpack=false")
                .succeeded();
        assertThat(containerd.ctr("snapshots", "list")).hasSize(1);
        assertThat(containerd.ctr("run", "--rm", "example.org/stored:1", "one")).containsExactly("here");
        containerd.ctr("images", "remove", "--sync", "example.org/stored:1");
        build("CMD [\"/bin/echo\", \"here\"]\n", "--output", "type=image,name=example.org/stored:1,store=false")
                .succeeded();
        assertThat(images()).isEmpty();
    }

    @Test
    void aStepGoesOnThroughARestartOfContainerd() throws InterruptedException {
        Process client = started("RUN touch /up; sleep 3; echo went-on\n");
        await().atMost(Duration.ofSeconds(60)).until(() -> Leftovers.runs("sleep 3"));
        containerd.kill();
        containerd.up();
        assertThat(client.waitFor()).as(said()).isZero();
        assertThat(said()).contains("went-on");
    }

    @Test
    void aStepWhoseContainerdStaysAwayFailsAndItsProcessIsKilled() throws InterruptedException {
        Process client = started("RUN sleep 98705\n");
        await().atMost(Duration.ofSeconds(60)).until(() -> Leftovers.runs("sleep 98705"));
        containerd.kill();
        try {
            assertThat(client.waitFor()).isEqualTo(1);
            assertThat(said()).contains("the process was lost while it ran: cannot reach containerd at unix://");
            await().atMost(Duration.ofSeconds(10)).until(() -> !Leftovers.runs("sleep 98705"));
            assertThat(build("RUN echo not this time\n").failed().err()).contains("cannot reach containerd at unix://");
        } finally {
            containerd.up();
        }
        build("RUN echo again\n").succeeded();
    }

    @Test
    void whatAKilledDaemonLeftIsTakenApartWhenItIsBack(@TempDir Path other) throws InterruptedException {
        String[] flags = {
            "--oci-worker=false",
            "--containerd-worker=true",
            "--containerd-worker-addr",
            containerd.socket().toString()
        };
        Daemon killed = Daemon.start(other, flags);
        Process client = started(killed, "RUN sleep 98706\n");
        await().atMost(Duration.ofSeconds(60)).until(() -> Leftovers.runs("sleep 98706"));
        killed.kill();
        client.waitFor();
        assertThat(containerd.ctr("tasks", "list", "-q")).hasSize(1);
        Daemon.start(other, flags).close();
        containerd.nothingIsLeft();
        assertThat(Leftovers.runs("sleep 98706")).isFalse();
    }

    @Test
    void aDaemonWhoseContainerdIsNotThereSaysSo() {
        Program buildd = Program.of(Program.top().resolve("bin/buildd").toString())
                .with("--root", folder.resolve("root").toString(), "--addr", "unix://" + folder.resolve("d.sock"));
        String absent = folder.resolve("absent.sock").toString();
        assertThat(buildd.with("--containerd-worker=true", "--containerd-worker-addr", absent)
                        .run()
                        .failed()
                        .err())
                .contains("cannot reach containerd at unix://" + absent, "is it running");
    }

    @Test
    void oneDaemonMayHaveSeveral(@TempDir Path other) {
        try (Daemon both = Daemon.start(
                other,
                "--containerd-worker=auto",
                "--containerd-worker-addr",
                containerd.socket().toString(),
                "--containerd-worker-labels=rack=7",
                "--containerd-worker-namespace=other")) {
            Outcome workers = Program.buildctl("--addr", both.unix(), "debug", "workers", "-v")
                    .run()
                    .succeeded();
            assertThat(workers.out())
                    .contains("executor:\toci", "executor:\tcontainerd", "rack:\t7", "namespace:\tother");
            String step = "RUN cat /proc/1/cgroup; echo " + both.pid() + "\n";
            assertThat(on(both, step, "labels.rack==7", "one").succeeded().err())
                    .contains("exporting");
            assertThat(containerd.ctr("-n", "other", "images", "list", "-q")).containsExactly("example.org/one:1");
            // what one made the other has
            assertThat(on(both, step, "labels.rack!=7", "two").succeeded().err())
                    .contains("CACHED");
            assertThat(containerd.ctr("-n", "other", "images", "list", "-q")).containsExactly("example.org/one:1");
            assertThat(on(both, step, "labels.rack==8", "three").failed().err())
                    .contains("no worker matches labels.rack==8; there are id==");
            containerd.ctr("-n", "other", "images", "remove", "--sync", "example.org/one:1");
        }
    }

    private Outcome on(Daemon both, String step, String worker, String name) {
        Context context = new Context(folder.resolve("context")).dockerfile(Context.BASE + step);
        List<String> words = new ArrayList<>(List.of("--addr", both.unix(), "build", "--progress=plain"));
        words.addAll(List.of(context.flags()));
        words.addAll(List.of("--opt", "worker=" + worker, "--output", "type=image,name=example.org/" + name + ":1"));
        return Program.buildctl(words.toArray(String[]::new)).run();
    }

    private Process started(String step) {
        return started(daemon, step);
    }

    private Process started(Daemon at, String step) {
        Context context = new Context(folder.resolve("context")).dockerfile(Context.BASE + step);
        return Program.buildctl("--addr", at.unix(), "build", "--progress=plain")
                .with(context.flags())
                .start(folder.resolve("client.out"), folder.resolve("client.err"));
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("client.err"));
        } catch (java.io.IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
