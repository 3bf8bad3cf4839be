package io.buildkit4j.it.spine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A build context that is written by a test: a Dockerfile, a static busybox and whatever else. */
public final class Context {
    /** First lines of a Dockerfile whose last stage so far, {@code base}, has a shell. */
    public static final String BASE = """
            FROM scratch AS base
            COPY busybox /bin/busybox
            RUN ["/bin/busybox", "--install", "-s", "/bin"]
            """;

    private final Path folder;

    public Context(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            Files.copy(
                    Path.of("/bin/busybox"),
                    folder.resolve("busybox"),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public Context file(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public Context dockerfile(String text) {
        return file("Dockerfile", text);
    }

    public Path folder() {
        return folder;
    }

    /** The flags that name it as a build's context. */
    public String[] flags() {
        return new String[] {
            "--frontend", "dockerfile.v0", "--local", "context=" + folder, "--local", "dockerfile=" + folder
        };
    }
}
