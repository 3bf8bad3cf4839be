package io.buildkit4j.it.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import io.buildkit4j.image.Digest;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What COPY and ADD make of files, looked at by the steps after them: a step that finds something else ends the build. */
@Tag("root")
class TransfersTest {
    private static final String ACCOUNTS = """
            FROM base
            COPY <<EOF /etc/passwd
            root:x:0:0::/:/bin/sh
            web:x:33:44::/:/bin/sh
            EOF
            COPY <<EOF /etc/group
            root:x:0:
            staff:x:50:
            EOF
            COPY --chmod=755 <<"EOF" /bin/is
            #!/bin/sh
            found=$(stat -c '%u:%g %a' "$1")
            [ "$found" = "$2" ] || { echo "$1 is $found, not $2" >&2; exit 1; }
            EOF
            """;

    @TempDir
    static Path shared;

    private static Daemon daemon;
    private static HttpServer server;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        daemon = Daemon.start(Files.createDirectories(shared.resolve("daemon")));
        Path site = Files.createDirectories(shared.resolve("site"));
        Files.writeString(site.resolve("tool"), "#!/bin/sh\necho fetched\n");
        Files.createDirectories(shared.resolve("in"));
        Files.writeString(shared.resolve("in/t"), "inner");
        Program.of(
                        "tar",
                        "-C",
                        shared.toString(),
                        "-czf",
                        site.resolve("in.tgz").toString(),
                        "in")
                .run()
                .succeeded();
        server = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), site, SimpleFileServer.OutputLevel.NONE);
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
        daemon.close();
    }

    /** {@code d/f} of mode 640, {@code d/run} of mode 755, {@code d/sub/a.txt}, {@code d/sub/b.log} and a link to the first. */
    private Context context(String dockerfile) throws IOException {
        Context context = new Context(folder.resolve("context"))
                .dockerfile(Context.BASE + ACCOUNTS + dockerfile)
                .file("d/f", "f")
                .file("d/run", "run")
                .file("d/sub/a.txt", "a")
                .file("d/sub/b.log", "b");
        mode(context, "d/f", "rw-r-----");
        mode(context, "d/run", "rwxr-xr-x");
        Path link = context.folder().resolve("d/link");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("f"));
        return context;
    }

    private static void mode(Context context, String file, String mode) throws IOException {
        Files.setPosixFilePermissions(context.folder().resolve(file), PosixFilePermissions.fromString(mode));
    }

    private static Outcome build(Context context, String... more) {
        List<String> words = new ArrayList<>(List.of("--addr", daemon.unix(), "build", "--progress=plain"));
        words.addAll(List.of(context.flags()));
        words.addAll(List.of(more));
        return Program.buildctl(words.toArray(String[]::new)).run();
    }

    @Test
    void ownersAreNamesAndNumbers() throws IOException {
        build(context("""
                        COPY d /plain/
                        COPY --chown=web d /named/
                        COPY --chown=web:staff d /both/
                        COPY --chown=7 d /number/
                        COPY --chown=7:staff d/f /new/parents/f
                        USER web
                        COPY d/f /byuser
                        USER root
                        RUN is /plain/f "0:0 640" && is /named/f "33:44 640" && is /named/sub/a.txt "33:44 644"
                        RUN is /both/f "33:50 640" && is /number/sub "7:7 755" && is /number/link "7:7 777"
                        RUN is /new "7:50 755" && is /new/parents "7:50 755" && is /new/parents/f "7:50 640"
                        RUN is /byuser "0:0 640"
                        """)).succeeded();
    }

    @Test
    void anOwnerThatTheImageDoesNotKnowIsNamed() throws IOException {
        assertThat(build(context("COPY --chown=nobody-here d/f /f\n")).failed().err())
                .contains("nobody-here")
                .contains("COPY --chown=nobody-here");
    }

    @Test
    void modesAreOctalAndSymbolic() throws IOException {
        build(context("""
                        COPY --chmod=0741 d/f /octal
                        COPY --chmod=4755 d/run /setuid
                        COPY --chmod=600 d /all/
                        COPY --chmod=u=rwX,go=rX d /readable/
                        COPY --chmod=go-rwx d /own/
                        COPY --chmod=a+w,u+s d/run /more
                        ADD --chmod=go= d/run /added
                        RUN is /octal "0:0 741" && is /setuid "0:0 4755" && is /all/f "0:0 600" && is /all/sub "0:0 600"
                        RUN is /readable/f "0:0 644" && is /readable/run "0:0 755" && is /readable/sub "0:0 755"
                        RUN is /own/f "0:0 600" && is /own/run "0:0 700" && is /own/sub "0:0 700"
                        RUN is /more "0:0 4777" && is /added "0:0 700" && is /readable/link "0:0 777"
                        """)).succeeded();
    }

    @Test
    void parentsStayFromThePivotOn() throws IOException {
        build(context("""
                        COPY --parents d/sub/a.txt /whole/
                        COPY --parents d/./sub/a.txt /pivot/
                        COPY --parents ./d/*/*.txt /matched/
                        COPY --parents **/a.txt /anywhere/
                        RUN test -f /whole/d/sub/a.txt && test ! -e /whole/d/sub/b.log && test ! -e /whole/d/f
                        RUN test -f /pivot/sub/a.txt && test ! -e /pivot/d
                        RUN test -f /matched/d/sub/a.txt && test ! -e /matched/d/sub/b.log
                        RUN test -f /anywhere/d/sub/a.txt && test "$(find /anywhere -type f | wc -l)" = 1
                        """)).succeeded();
    }

    @Test
    void whatIsExcludedIsNotCopied() throws IOException {
        build(context("""
                        COPY --exclude=*.log --exclude=run d /some/
                        COPY --exclude=**/*.log d /all/
                        ADD --exclude=sub d /added/
                        RUN test -f /some/f && test ! -e /some/run
                        RUN test -f /all/sub/a.txt && test ! -e /all/sub/b.log && test -f /all/run
                        RUN test -f /added/f && test ! -e /added/sub
                        """)).succeeded();
    }

    @Test
    void aLinkedCopyDoesNotFollowWhatIsBelow() throws IOException {
        build(context("""
                        RUN mkdir /real && ln -s /real /below && ln -s /real /replaced
                        COPY d/f /below/f
                        COPY --link --chown=7:8 d/f /replaced/f
                        COPY --link <<EOF /replaced/text
                        linked
                        EOF
                        RUN test -f /real/f && test -L /below
                        RUN test ! -L /replaced && is /replaced/f "7:8 640" && test "$(cat /replaced/text)" = linked
                        """)).succeeded();
    }

    @Test
    void fetchedFilesAreCheckedAndUnpackedWhenAsked() throws IOException {
        String site = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        String digest =
                Digest.of(Files.readAllBytes(shared.resolve("site/tool"))).toString();
        build(context("""
                        ADD --checksum=DIGEST SITEtool /tool
                        ADD --checksum=DIGEST --chmod=0755 --chown=7:8 SITEtool /bin/tool
                        ADD SITEin.tgz /kept/
                        ADD --unpack=true SITEin.tgz /unpacked/
                        RUN is /tool "0:0 600" && is /bin/tool "7:8 755" && test "$(tool)" = fetched
                        RUN test -f /kept/in.tgz && test "$(cat /unpacked/in/t)" = inner && test ! -e /unpacked/in.tgz
                        """.replace("DIGEST", digest).replace("SITE", site))).succeeded();
        String wrong = Digest.ofText("something else").toString();
        assertThat(build(context("ADD --checksum=" + wrong + " " + site + "tool /tool\n"))
                        .failed()
                        .err())
                .contains(wrong)
                .contains(digest);
    }
}
