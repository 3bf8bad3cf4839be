package io.buildkit4j.image;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import org.jspecify.annotations.Nullable;

/** What goes wrong with images, registries and layouts. */
public class ImageFault extends Fault {
    private static final long serialVersionUID = 1L;

    /** A fault without a cause. */
    public ImageFault(Kind kind, String message) {
        this(kind, message, null);
    }

    /** A fault with what caused it. */
    public ImageFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}
