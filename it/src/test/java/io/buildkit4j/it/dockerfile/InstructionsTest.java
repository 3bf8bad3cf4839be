package io.buildkit4j.it.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files judge themselves: a step that finds something else than it should ends the build. */
@Tag("root")
class InstructionsTest {
    private static final String SECRET = "hush-4711-hush";

    @TempDir
    static Path shared;

    private static Daemon daemon;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        daemon = Daemon.start(
                Files.createDirectories(shared.resolve("daemon")),
                "--allow-insecure-entitlement",
                "network.host",
                "--allow-insecure-entitlement",
                "security.insecure");
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    private Context context(String dockerfile) {
        return new Context(folder.resolve("context")).dockerfile(Context.BASE + dockerfile);
    }

    private static Program build(Context context, String... more) {
        List<String> words = new ArrayList<>(List.of("--addr", daemon.unix(), "build", "--progress=plain"));
        words.addAll(List.of(context.flags()));
        words.addAll(List.of(more));
        return Program.buildctl(words.toArray(String[]::new));
    }

    @Test
    void mountsShowWhatTheySay() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), SECRET);
        Context context = context("""
                FROM base
                WORKDIR /w
                RUN --mount=type=bind,source=src,target=/b test "$(cat /b/f)" = one && ! touch /b/x
                RUN --mount=type=bind,source=src,target=b,rw touch /w/b/x && test -f /w/b/f
                RUN --mount=source=src,target=/b test ! -e /b/x
                RUN --mount=from=base,source=bin,target=/bb test -e /bb/busybox
                RUN --mount=type=tmpfs,target=/t,size=1m grep -q ' /t tmpfs .*size=1024k' /proc/mounts && echo x > /t/x
                RUN test ! -e /t/x
                RUN --mount=type=cache,target=/c,id=kept echo kept > /c/k
                RUN --mount=type=cache,target=/d,id=kept test "$(cat /d/k)" = kept
                RUN --mount=type=cache,target=/d,id=kept,ro ! touch /d/no
                RUN --mount=type=cache,target=/c,id=own,mode=0700,uid=5,gid=6 test "$(stat -c '%a %u %g' /c)" = "700 5 6"
                RUN --mount=type=cache,target=/c,id=filled,from=base,source=bin test -e /c/busybox
                RUN --mount=type=secret,id=s test "$(stat -c '%a %u' /run/secrets/s)" = "400 0"
                RUN --mount=type=secret,id=s,mode=0440,uid=7,gid=8,target=/x/y test "$(stat -c '%a %u %g' /x/y)" = "440 7 8"
                RUN --mount=type=secret,id=s,env=S test "${S#hush-}" = 4711-hush && test ! -e /run/secrets/s
                RUN --mount=type=secret,id=absent test ! -e /run/secrets/absent
                """).file("src/f", "one");
        build(context, "--secret", "id=s,src=" + secret).run().succeeded();
    }

    @Test
    void secretsAreNowhere() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "unseen-8242-unseen");
        Context context = context("""
                FROM base
                RUN --mount=type=secret,id=s --mount=type=secret,id=s,env=S cat /run/secrets/s && echo $S > /dev/null
                RUN test ! -e /run/secrets/s
                """);
        Path tree = folder.resolve("tree.tar");
        Path image = folder.resolve("image.tar");
        Outcome built = build(
                        context,
                        "--secret",
                        "id=s,src=" + secret,
                        "--output",
                        "type=tar,dest=" + tree,
                        "--output",
                        "type=oci,compression=uncompressed,dest=" + image)
                .run()
                .succeeded();
        assertThat(built.said()).doesNotContain("unseen-8242");
        Outcome found = Program.of(
                        "grep", "-rl", "unseen-8242", daemon.root().toString(), tree.toString(), image.toString())
                .run();
        assertThat(found.out()).isEmpty();
    }

    @Test
    void archivesAreUnpackedByAddAlone() throws IOException {
        Context context = context("""
                FROM base
                ADD in.tgz /added/
                ADD --unpack=false in.tgz /kept/
                ADD --chown=3 in.tgz /owned/
                COPY in.tgz /copied/
                ADD plain.txt /plain/
                RUN test "$(cat /added/in/t)" = inner && test ! -e /added/in.tgz
                RUN test -f /kept/in.tgz && test -f /copied/in.tgz && test -f /plain/plain.txt
                RUN test "$(stat -c %u /owned/in/t)" = 3
                """).file("in/t", "inner").file("plain.txt", "p");
        Program.of(
                        "tar",
                        "-C",
                        context.folder().toString(),
                        "-czf",
                        context.folder().resolve("in.tgz").toString(),
                        "in")
                .run()
                .succeeded();
        build(context).run().succeeded();
    }

    // departs from MethodLength: mostly one Dockerfile
    @Test
    void heredocsAreFilesScriptsAndInput() {
        Context context = context("""
                FROM base
                ARG V=value
                COPY <<EOF <<"RAW" /h/
                v=$V
                EOF
                v=$V
                RAW
                COPY --chmod=0755 <<-EOF /bin/tool
                \t#!/bin/sh
                \techo tool
                \tEOF
                RUN <<EOF
                test "$(cat /h/EOF)" = v=value
                test "$(cat /h/RAW)" = 'v=$V' && echo "$V" > /shell
                EOF
                RUN <<EOF
                #!/bin/awk -f
                BEGIN { print "awk" > "/awk" }
                EOF
                RUN cat > /first <<ONE && cat > /second <<TWO
                1 $V
                ONE
                2
                TWO
                RUN test "$(cat /shell)" = value && test "$(cat /awk)" = awk && test "$(tool)" = tool
                RUN test "$(cat /first)" = "1 value" && test "$(cat /second)" = 2
                """);
        build(context).run().succeeded();
    }

    @Test
    void ignoredFilesAreNotSeen() {
        String dockerfile = """
                FROM base
                COPY . /all/
                RUN test ! -e /all/a.log && test -f /all/keep.log && test ! -e /all/sub/deep/x.tmp
                RUN test -f /all/sub/y && test ! -e /all/gone && test -f /all/#odd
                """;
        Context context = context(dockerfile)
                .file("a.log", "1")
                .file("keep.log", "1")
                .file("sub/deep/x.tmp", "1")
                .file("sub/y", "1")
                .file("gone/z", "1")
                .file("#odd", "1")
                .file(".dockerignore", "# comment\n*.log\n!keep.log\n\n**/*.tmp\n/gone/\n");
        build(context).run().succeeded();
        context.file("Dockerfile.dockerignore", "sub\n")
                .dockerfile(Context.BASE + "FROM base\nCOPY . /all/\nRUN test -f /all/a.log && test ! -e /all/sub\n");
        build(context).run().succeeded();
    }

    @Test
    void networksAndPrivilegesAreAsAsked() {
        Context context = context("""
                FROM base
                RUN --network=none test "$(ls /sys/class/net)" = lo
                RUN --network=host test "$(ls /sys/class/net | wc -l)" -ge 1
                RUN grep -q '^CapEff:.*a80425fb' /proc/self/status
                RUN --security=insecure ! grep -q '^CapEff:.*a80425fb' /proc/self/status
                """);
        build(context, "--allow", "network.host", "--allow", "security.insecure")
                .run()
                .succeeded();
        assertThat(build(context).run().failed().err()).contains("network.host");
    }
}
