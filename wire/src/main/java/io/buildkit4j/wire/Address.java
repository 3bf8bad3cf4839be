package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where a daemon listens. */
public sealed interface Address {
    /** A unix socket; sockets are at most 107 bytes of path on Linux. */
    record Unix(Path path) implements Address {
        @Override
        public String toString() {
            return "unix://" + path;
        }
    }

    /** A TCP port; port 0 lets the system choose when listening. IPv6 hosts are kept without brackets. */
    record Tcp(String host, int port) implements Address {
        @Override
        public String toString() {
            return "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * Reads {@code unix://PATH} or {@code tcp://HOST:PORT}.
     *
     * @throws WireFault INVALID_ARGUMENT with the forms that are understood
     */
    static Address parse(String text) {
        if (text.startsWith("unix://")) {
            return unix(text, text.substring("unix://".length()));
        }
        if (text.startsWith("tcp://")) {
            return tcp(text, text.substring("tcp://".length()));
        }
        throw malformed(text, "it begins with neither unix:// nor tcp://");
    }

    private static Address unix(String text, String path) {
        if (path.isEmpty()) {
            throw malformed(text, "the path is missing");
        }
        try {
            return new Unix(Path.of(path));
        } catch (InvalidPathException invalid) {
            throw malformed(text, invalid.getReason());
        }
    }

    private static Address tcp(String text, String rest) {
        int colon = rest.lastIndexOf(':');
        if (colon < 0 || rest.endsWith("]")) {
            throw malformed(text, "the port is missing");
        }
        String host = rest.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw malformed(text, "an IPv6 address goes in brackets");
        }
        return new Tcp(host, port(text, rest.substring(colon + 1)));
    }

    private static int port(String text, String digits) {
        boolean number = !digits.isEmpty()
                && digits.length() <= 5
                && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        int port = number ? Integer.parseInt(digits) : -1;
        if (port < 0 || port > 65535) {
            throw malformed(text, "not a port: " + digits);
        }
        return port;
    }

    private static WireFault malformed(String text, String reason) {
        return new WireFault(
                Kind.INVALID_ARGUMENT,
                "not an address: " + text + ": " + reason + "; use unix://PATH or tcp://HOST:PORT");
    }
}
