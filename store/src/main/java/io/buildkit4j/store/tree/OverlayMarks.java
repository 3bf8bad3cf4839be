package io.buildkit4j.store.tree;

import java.util.HashMap;
import java.util.Map;

/** Where overlayfs keeps its marks on directories: {@code user.} when it was mounted by other than root ({@code userxattr}). */
public enum OverlayMarks {
    /** For a daemon that is root. */
    TRUSTED("trusted.overlay."),
    /** For mounts inside a user namespace. */
    USER("user.overlay.");

    private final String prefix;

    OverlayMarks(String prefix) {
        this.prefix = prefix;
    }

    String opaque() {
        return prefix + "opaque";
    }

    boolean own(String attribute) {
        return attribute.startsWith(prefix);
    }

    /** The attributes that a tree shows: without overlayfs's own. */
    Map<String, byte[]> shown(Map<String, byte[]> attributes) {
        if (attributes.keySet().stream().noneMatch(this::own)) {
            return attributes;
        }
        Map<String, byte[]> shown = new HashMap<>(attributes);
        shown.keySet().removeIf(this::own);
        return shown;
    }
}
