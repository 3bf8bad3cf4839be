package io.buildkit4j.client.files;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The lowest nine bits of a mode, and Java's sets of the same. */
final class Permissions {
    private static final String ALL = "rwxrwxrwx";

    private Permissions() {}

    static Set<PosixFilePermission> of(int mode) {
        StringBuilder text = new StringBuilder(ALL);
        for (int i = 0; i < ALL.length(); i++) {
            if ((mode & (0400 >> i)) == 0) {
                text.setCharAt(i, '-');
            }
        }
        return PosixFilePermissions.fromString(text.toString());
    }

    static int bits(Set<PosixFilePermission> permissions) {
        String text = PosixFilePermissions.toString(permissions);
        int bits = 0;
        for (int i = 0; i < text.length(); i++) {
            bits |= text.charAt(i) == '-' ? 0 : 0400 >> i;
        }
        return bits;
    }
}
