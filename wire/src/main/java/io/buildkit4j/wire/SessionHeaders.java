package io.buildkit4j.wire;

import io.grpc.Metadata;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Names of headers, and how lists of texts travel in them: as they are when all is ASCII, else escaped and marked so. */
final class SessionHeaders {
    static final String ID = "x-docker-expose-session-uuid";
    static final String NAME = "x-docker-expose-session-name";
    static final String SHARED_KEY = "x-docker-expose-session-sharedkey";
    static final String METHOD = "x-docker-expose-session-grpc-method";

    static final String DIRECTORY = "dir-name";
    static final String INCLUDE = "include-patterns";
    static final String EXCLUDE = "exclude-patterns";
    static final String FOLLOW = "followpaths";
    static final String AGENT = "buildkit.ssh.id";
    static final String EXPORTER = "buildkit-attachable-exporter-id";
    static final String STORE = "buildkit-attachable-store-id";
    static final String EXPORTER_METADATA = "exporter-md-";

    private static final String ENCODED = "-encoded";

    private SessionHeaders() {}

    static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    static void put(Metadata headers, String name, List<String> values) {
        boolean plain = values.stream().allMatch(SessionHeaders::printable);
        for (String value : values) {
            headers.put(key(name), plain ? value : URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
        if (!plain) {
            headers.put(key(name + ENCODED), "1");
        }
    }

    private static boolean printable(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c <= '~') && value.equals(value.strip());
    }

    static List<String> get(RequestHeaders headers, String name) {
        List<String> values = headers.all(name);
        boolean encoded = headers.first(name + ENCODED)
                .filter(mark -> mark.equals("1") || mark.equals("true"))
                .isPresent();
        return encoded ? values.stream().map(SessionHeaders::decoded).toList() : values;
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return value;
        }
    }
}
