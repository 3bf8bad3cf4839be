package io.buildkit4j.frontend.emit;

import io.buildkit4j.frontend.syntax.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Ports and their ranges as EXPOSE takes them, {@code 80-82/udp}; addresses and ports of the host before them say nothing. */
final class Ports {
    private static final Set<String> PROTOCOLS = Set.of("", "tcp", "udp", "sctp");
    private static final int LAST = 65535;

    private Ports() {}

    static List<String> read(Statement statement, String text) {
        List<String> ports = new ArrayList<>();
        for (String word : text.isBlank() ? new String[0] : text.strip().split("\\s+", -1)) {
            add(statement, word, ports);
        }
        return ports;
    }

    private static void add(Statement statement, String word, List<String> ports) {
        String inside = word.substring(word.lastIndexOf(':') + 1);
        int slash = inside.indexOf('/');
        String range = slash < 0 ? inside : inside.substring(0, slash);
        String protocol = slash < 0 ? "" : inside.substring(slash + 1).toLowerCase(Locale.ROOT);
        if (range.isEmpty()) {
            throw statement.blame("invalid port: \"" + word + "\": no port specified");
        }
        if (!PROTOCOLS.contains(protocol)) {
            throw statement.blame(
                    "invalid port: \"" + word + "\": invalid proto: " + protocol + "; use tcp, udp or sctp");
        }
        int dash = range.indexOf('-');
        int first = number(dash < 0 ? range : range.substring(0, dash));
        int last = dash < 0 ? first : number(range.substring(dash + 1));
        if (first < 0 || last < first) {
            throw statement.blame(
                    "invalid containerPort: " + range + ": want a port from 0 to 65535, or two, as 80-82");
        }
        host(statement, word, last - first);
        for (int port = first; port <= last; port++) {
            ports.add(port + "/" + (protocol.isEmpty() ? "tcp" : protocol));
        }
    }

    private static void host(Statement statement, String word, int span) {
        int colon = word.lastIndexOf(':');
        if (colon < 0) {
            return;
        }
        String before = word.substring(0, colon);
        String port = before.substring(before.lastIndexOf(':') + 1);
        int dash = port.indexOf('-');
        int first = number(dash < 0 ? port : port.substring(0, dash));
        int last = dash < 0 ? first : number(port.substring(dash + 1));
        if (!port.isEmpty() && (first < 0 || last < first)) {
            throw statement.blame("invalid hostPort: " + port);
        }
        if (!port.isEmpty() && span > 0 && last - first != span) {
            throw statement.blame("invalid ranges specified for container and host Ports: " + word);
        }
    }

    private static int number(String text) {
        boolean digits = text.matches("\\d{1,9}");
        return digits && Integer.parseInt(text) <= LAST ? Integer.parseInt(text) : -1;
    }
}
