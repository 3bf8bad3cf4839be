package io.buildkit4j.frontend.emit;

import io.buildkit4j.footing.Tails;
import java.net.URI;
import java.net.URISyntaxException;

/** Files behind addresses. */
final class Remotes {
    private static final String UNNAMED = "__unnamed__";

    private Remotes() {}

    static boolean isHttp(String source) {
        return source.startsWith("http://") || source.startsWith("https://");
    }

    /** The last part of the path. */
    static String fileName(String url) {
        try {
            String path = new URI(url).getPath();
            String clean = path == null ? "" : Tails.cut(path, '/');
            String last = clean.substring(clean.lastIndexOf('/') + 1);
            return last.isEmpty() || last.equals(".") ? UNNAMED : last;
        } catch (URISyntaxException broken) {
            return UNNAMED;
        }
    }
}
