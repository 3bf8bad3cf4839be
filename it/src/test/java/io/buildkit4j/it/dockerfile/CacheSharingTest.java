package io.buildkit4j.it.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.spine.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two builds at once, whose steps wait for each other in a cache that both share. */
@Tag("root")
class CacheSharingTest {
    @TempDir
    Path folder;

    private Process build(Daemon daemon, String own, String other) throws IOException {
        Context context = new Context(Files.createDirectories(folder.resolve(own)))
                .dockerfile(Context.BASE + """
                        FROM base
                        RUN --mount=type=cache,target=/r,id=meet,sharing=shared --mount=type=cache,target=/p,id=apart,sharing=private <<EOF
                        set -e
                        touch /r/OWN
                        for i in $(seq 600); do test -e /r/OTHER && break; usleep 100000; done
                        test -e /r/OTHER
                        touch /p/OWN
                        touch /r/OWN-done
                        for i in $(seq 600); do test -e /r/OTHER-done && break; usleep 100000; done
                        test "$(ls /p)" = OWN
                        EOF
                        RUN --mount=type=cache,target=/l,id=alone,sharing=locked <<EOF
                        set -e
                        : OWN
                        mkdir /l/inside
                        usleep 300000
                        rmdir /l/inside
                        EOF
                        """.replace("OWN", own).replace("OTHER", other));
        List<String> words = new ArrayList<>(List.of("--addr", daemon.unix(), "build", "--progress=plain"));
        words.addAll(List.of(context.flags()));
        return Program.buildctl(words.toArray(String[]::new))
                .start(folder.resolve(own + ".out"), folder.resolve(own + ".err"));
    }

    @Test
    void cachesAreSharedPrivateOrLocked() throws IOException, InterruptedException {
        try (Daemon daemon = Daemon.start(Files.createDirectories(folder.resolve("daemon")))) {
            Process one = build(daemon, "one", "two");
            Process two = build(daemon, "two", "one");
            for (Process process : List.of(one, two)) {
                assertThat(process.waitFor(150, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(one.exitValue())
                    .as(Files.readString(folder.resolve("one.err")))
                    .isZero();
            assertThat(two.exitValue())
                    .as(Files.readString(folder.resolve("two.err")))
                    .isZero();
        }
    }
}
