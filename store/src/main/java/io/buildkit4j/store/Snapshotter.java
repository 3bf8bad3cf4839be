package io.buildkit4j.store;

import io.buildkit4j.footing.Kind;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How snapshots are shown to processes. Which one a state directory was written with makes no difference to it. */
public enum Snapshotter {
    /** The kernel's overlay where it can be mounted over the state directory, else copies. */
    AUTO,
    /** Stacked by the kernel: nothing is copied. */
    OVERLAYFS,
    /** Copied for as long as something writes, as reflinks where the file system can; of hard links to be read. */
    NATIVE;

    /** The name that configurations have for it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * By the name that configurations have for it.
     *
     * @throws StoreFault INVALID_ARGUMENT for any other
     */
    public static Snapshotter of(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new StoreFault(
                        Kind.INVALID_ARGUMENT,
                        "there is no snapshotter " + word + "; there are "
                                + Arrays.stream(values()).map(Snapshotter::word).collect(Collectors.joining(", "))));
    }
}
