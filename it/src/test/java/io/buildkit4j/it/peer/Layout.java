package io.buildkit4j.it.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An image layout in a directory, made by umoci: no daemon has seen it. */
public final class Layout {
    private static final Pattern DIGEST = Pattern.compile("\"digest\": ?\"(sha256:[0-9a-f]{64})\"");

    private final Path folder;

    private Layout(Path folder) {
        this.folder = folder;
    }

    /** An image called {@code latest} that has a shell, {@code /kept} with that text, and {@code KEPT=yes}. */
    public static Layout make(Path folder, String text) {
        String image = folder + ":latest";
        Path kept = folder.resolveSibling(folder.getFileName() + ".txt");
        try {
            Files.writeString(kept, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        umoci("init", "--layout", folder.toString());
        umoci("new", "--image", image);
        umoci("insert", "--image", image, "/bin/busybox", "/bin/sh");
        umoci("insert", "--image", image, kept.toString(), "/kept");
        umoci("config", "--image", image, "--config.env", "KEPT=yes");
        return new Layout(folder);
    }

    private static void umoci(String... words) {
        Program.of("umoci").with(words).run().succeeded();
    }

    public Path folder() {
        return folder;
    }

    /** Of the image. */
    public String digest() {
        try {
            Matcher found = DIGEST.matcher(Files.readString(folder.resolve("index.json")));
            if (!found.find()) {
                throw new AssertionError("no digest in " + folder);
            }
            return found.group(1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
