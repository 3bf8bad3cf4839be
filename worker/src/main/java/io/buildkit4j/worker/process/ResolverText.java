package io.buildkit4j.worker.process;

import io.buildkit4j.worker.WorkerSettings.Names;
import java.util.ArrayList;
import java.util.List;

/** The lines of resolv.conf(5). */
final class ResolverText {
    /** Where there is no other server that can be reached, as other builders do. */
    private static final List<String> PUBLIC = List.of("8.8.8.8", "8.8.4.4");

    private ResolverText() {}

    /**
     * What is given, and for what is not, the host's.
     *
     * @param inside the host's loopback device is not reached
     */
    static String of(Names names, String host, boolean inside) {
        List<String> servers = new ArrayList<>(names.servers());
        if (servers.isEmpty()) {
            servers.addAll(values(host, "nameserver "));
            servers.removeIf(server -> inside && (server.startsWith("127.") || server.equals("::1")));
            servers.addAll(servers.isEmpty() && inside ? PUBLIC : List.of());
        }
        StringBuilder text = new StringBuilder();
        servers.forEach(server -> text.append("nameserver ").append(server).append('\n'));
        line(text, "search ", names.domains().isEmpty() ? values(host, "search ") : names.domains());
        line(text, "options ", names.options().isEmpty() ? values(host, "options ") : names.options());
        return text.toString();
    }

    private static List<String> values(String text, String keyword) {
        return text.lines()
                .filter(line -> line.startsWith(keyword))
                .map(line -> line.substring(keyword.length()).strip())
                .toList();
    }

    private static void line(StringBuilder text, String keyword, List<String> values) {
        if (!values.isEmpty()) {
            text.append(keyword).append(String.join(" ", values)).append('\n');
        }
    }
}
