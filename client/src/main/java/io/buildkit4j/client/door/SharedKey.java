package io.buildkit4j.client.door;

import io.buildkit4j.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What this user of this machine calls a set of directories: by it a daemon remembers which files came last time, and asks for
 * what has changed. It says nothing that can be read back, and others' equal paths have other keys.
 */
final class SharedKey {
    private SharedKey() {}

    static String of(Map<String, Path> locals) {
        if (locals.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        text.append(machine())
                .append('\n')
                .append(System.getProperty("user.name", ""))
                .append('\n');
        new TreeMap<>(locals)
                .forEach((name, path) ->
                        text.append(name).append('=').append(real(path)).append('\n'));
        return Digest.ofText(text.toString()).hex();
    }

    /** The machine's id where it has one; containers mostly have none, but a name. */
    private static String machine() {
        for (String file : new String[] {"/etc/machine-id", "/etc/hostname"}) {
            try {
                String id = Files.readString(Path.of(file)).strip();
                if (!id.isEmpty()) {
                    return id;
                }
            } catch (IOException absent) {
                // the next one, then
            }
        }
        return System.getenv().getOrDefault("COMPUTERNAME", "");
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException gone) {
            return path.toAbsolutePath();
        }
    }
}
