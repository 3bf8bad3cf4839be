package io.buildkit4j.frontend.context;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tells archives by their first bytes: tar, and what gzip, bzip2 and xz write. */
final class ArchiveHead {
    private static final List<byte[]> MARKS =
            List.of(new byte[] {0x42, 0x5A, 0x68}, new byte[] {0x1F, (byte) 0x8B, 0x08}, new byte[] {
                (byte) 0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00
            });
    private static final int BLOCK = 512;
    private static final int SUM = 148;
    private static final int SUM_LENGTH = 8;

    private ArchiveHead() {}

    static boolean matches(byte[] head) {
        return MARKS.stream().anyMatch(mark -> begins(head, mark)) || isTar(head);
    }

    private static boolean begins(byte[] head, byte[] mark) {
        boolean same = head.length >= mark.length;
        for (int i = 0; same && i < mark.length; i++) {
            same = head[i] == mark[i];
        }
        return same;
    }

    /** The header of the first member has the sum of its bytes, its own taken for blanks. */
    private static boolean isTar(byte[] head) {
        if (head.length < BLOCK) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= SUM && i < SUM + SUM_LENGTH ? ' ' : head[i] & 0xFF;
        }
        String written = new String(head, SUM, SUM_LENGTH, StandardCharsets.ISO_8859_1)
                .replace('\0', ' ')
                .strip();
        return written.matches("[0-7]{1,7}") && Integer.parseInt(written, 8) == sum;
    }
}
