package io.buildkit4j.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.it.peer.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The example frontend of this project as an image: its class, the client library, a small Java runtime and what that needs. */
final class RecipeImage {
    private static final String MODULES = "java.base,java.logging,java.naming,jdk.unsupported";
    private static final Path LIBRARIES =
            Path.of("/lib", System.getProperty("os.arch").equals("aarch64") ? "aarch64-linux-gnu" : "x86_64-linux-gnu");

    private RecipeImage() {}

    /** Builds it with this daemon and pushes it. */
    static void push(Daemon daemon, Path folder, String name) throws IOException {
        putProgram(folder);
        Path loader = putLibraries(Files.createDirectories(folder.resolve("lib")));
        writeDockerfile(folder, loader);
        Program.buildctl("--addr", daemon.unix(), "build", "--frontend", "dockerfile.v0")
                .with("--local", "context=" + folder, "--local", "dockerfile=" + folder)
                .with("--output", "type=image,push=true,compression=zstd,compression-level=1,name=" + name)
                .run()
                .succeeded();
    }

    private static void putProgram(Path folder) throws IOException {
        Path jdk = Path.of(System.getProperty("java.home"));
        Program.of(jdk.resolve("bin/jlink").toString())
                .with("--add-modules", MODULES, "--strip-debug", "--no-man-pages", "--no-header-files")
                .with("--output", folder.resolve("jre").toString())
                .run()
                .succeeded();
        Path app = Files.createDirectories(folder.resolve("app"));
        compile(app);
        try (Stream<Path> jars = Files.list(Program.top().resolve("buildctl/target/dist"))) {
            for (Path jar : jars.filter(RecipeImage::needed).toList()) {
                Files.copy(jar, app.resolve(jar.getFileName()));
            }
        }
    }

    /** Answers the loader, which programs expect in a place of its own. */
    private static Path putLibraries(Path libraries) throws IOException {
        Path loader;
        try (Stream<Path> all = Files.list(LIBRARIES)) {
            loader = all.filter(file -> file.getFileName().toString().startsWith("ld-linux"))
                    .findFirst()
                    .orElseThrow();
        }
        for (String library : List.of("libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "librt.so.1")) {
            Files.copy(LIBRARIES.resolve(library), libraries.resolve(library));
        }
        Files.copy(loader, libraries.resolve(loader.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        return loader.getFileName();
    }

    private static void writeDockerfile(Path folder, Path loader) throws IOException {
        Path place = Path.of(LIBRARIES.endsWith("aarch64-linux-gnu") ? "/lib" : "/lib64", loader.toString());
        Files.writeString(folder.resolve("Dockerfile"), """
                FROM scratch
                COPY lib %s
                COPY lib/%s %s
                COPY jre /jre
                COPY app /app
                LABEL moby.buildkit.frontend.network.none=true
                LABEL moby.buildkit.frontend.caps=moby.buildkit.frontend.inputs,moby.buildkit.frontend.contexts
                ENTRYPOINT ["/jre/bin/java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "/app:/app/*", "Recipe"]
                """.formatted(LIBRARIES, loader, place));
    }

    private static void compile(Path into) {
        Path source = Program.top().resolve("examples/frontend/Recipe.java");
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        into.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString());
        assertThat(failed).as("javac %s", source).isZero();
    }

    /** Not what only the daemon and the command line have. */
    private static boolean needed(Path jar) {
        String name = jar.getFileName().toString();
        return name.endsWith(".jar")
                && Stream.of(
                                "buildd",
                                "buildctl",
                                "store",
                                "solver",
                                "worker",
                                "exporter",
                                "frontend",
                                "sqlite",
                                "toml")
                        .noneMatch(name::startsWith);
    }
}
