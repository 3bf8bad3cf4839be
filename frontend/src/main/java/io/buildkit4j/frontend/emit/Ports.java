package io.buildkit4j.frontend.emit;

import io.buildkit4j.frontend.syntax.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ports and their ranges, {@code 80-82/udp}. */
final class Ports {
    private static final Pattern PORTS = Pattern.compile("(?:.*:)?(\\d{1,5})(?:-(\\d{1,5}))?(?:/([a-zA-Z]+))?");

    private Ports() {}

    static List<String> read(Statement statement, String text) {
        List<String> ports = new ArrayList<>();
        for (String word : text.strip().split("\\s+", -1)) {
            Matcher matched = PORTS.matcher(word);
            if (!matched.matches()) {
                throw statement.fault("invalid containerPort: " + word);
            }
            int first = Integer.parseInt(matched.group(1));
            int last = matched.group(2) == null ? first : Integer.parseInt(matched.group(2));
            String protocol =
                    matched.group(3) == null ? "tcp" : matched.group(3).toLowerCase(Locale.ROOT);
            if (last < first || last > 65535) {
                throw statement.fault("invalid containerPort: " + word);
            }
            for (int port = first; port <= last; port++) {
                ports.add(port + "/" + protocol);
            }
        }
        return ports;
    }
}
