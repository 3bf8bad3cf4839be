package io.buildkit4j.bench.dockerfile;

/** A file of 50 stages and 500 instructions of all kinds, each stage built on or copying from those before it. */
final class LargeFile {
    static final int STAGES = 50;
    static final int INSTRUCTIONS = 500;

    private static final String STAGE = """

            # stage {n}: what a service of a larger repository looks like
            FROM {base} AS stage{n}
            ARG VERSION=1.{n}
            ENV SERVICE=service-{n} VERSION=${VERSION} HOME_OF_{n}="/srv/$SERVICE"
            LABEL org.example.stage="{n}" org.example.version=$VERSION
            WORKDIR /src/service-{n}
            COPY --chown=10:20 services/service-{n}/go.mod services/service-{n}/go.sum ./
            RUN --mount=type=cache,target=/root/.cache,id=build-{n} --mount=type=secret,id=token \\
                set -e; \\
                # comments stand in the midst of it
                make deps SERVICE=$SERVICE && \\
                make -C "/src/$SERVICE" VERSION="${VERSION:-none}"
            COPY --from={from} /etc/config-{n} /etc/config/
            {last}
            CMD ["/srv/run", "--service", "{n}"]
            """;

    private static final String SCRIPT = """
            RUN <<END
            set -eu
            install -D out/service /srv/$SERVICE
            END""";

    private LargeFile() {}

    static String text() {
        StringBuilder text = new StringBuilder("# syntax of the built-in frontend\nARG BASE=debian\n");
        for (int stage = 0; stage < STAGES; stage++) {
            String base = stage % 8 == 0 ? "${BASE}:" + stage : "stage" + (stage - 1);
            String from = stage < 2 ? "registry.example/config:1" : "stage" + (stage - 2);
            String last = stage % 2 == 0 ? SCRIPT : "USER 1000:${GROUP:-1000}";
            text.append(STAGE.replace("{n}", String.valueOf(stage))
                    .replace("{base}", base)
                    .replace("{from}", from)
                    .replace("{last}", last));
        }
        return text.toString();
    }
}
