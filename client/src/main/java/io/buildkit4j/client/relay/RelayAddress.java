package io.buildkit4j.client.relay;

import io.buildkit4j.client.ClientFault;
import io.buildkit4j.footing.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An address that a program leads to, and the program's command line. The forms are BuildKit's:
 *
 * <pre>
 * docker-container://NAME[?context=CONTEXT]
 * podman-container://NAME
 * nerdctl-container://NAME[?namespace=NAMESPACE]
 * kube-pod://POD[?context=CONTEXT&amp;namespace=NAMESPACE&amp;container=CONTAINER]
 * ssh://[USER@]HOST[:PORT][/SOCKET]
 * </pre>
 */
record RelayAddress(String text, List<String> command) {
    private static final List<String> DIAL = List.of("buildctl", "dial-stdio");

    private static final Map<String, Set<String>> SCHEMES = Map.of(
            "docker-container", Set.of("context"),
            "podman-container", Set.of(),
            "nerdctl-container", Set.of("namespace"),
            "kube-pod", Set.of("context", "namespace", "container"),
            "ssh", Set.of());

    /** Whether the address is of this kind, well-formed or not. */
    static boolean is(String text) {
        int end = text.indexOf("://");
        return end > 0 && SCHEMES.containsKey(text.substring(0, end));
    }

    /**
     * Reads an address of this kind.
     *
     * @throws ClientFault INVALID_ARGUMENT with what is wrong
     */
    static RelayAddress parse(String text) {
        URI address;
        try {
            address = new URI(text);
        } catch (URISyntaxException broken) {
            throw malformed(text, broken.getReason());
        }
        String scheme = address.getScheme();
        String name = address.getAuthority() == null ? "" : address.getAuthority();
        Map<String, String> more = query(text, address, SCHEMES.getOrDefault(scheme, Set.of()));
        List<String> words = new ArrayList<>(more.values());
        words.add(name);
        words.stream()
                .filter(word -> word.isEmpty() || word.startsWith("-"))
                .findFirst()
                .ifPresent(word -> {
                    throw malformed(text, word.isEmpty() ? "a name is missing" : "a name begins with -: " + word);
                });
        return new RelayAddress(
                text,
                switch (scheme) {
                    case "docker-container" ->
                        joined(option("docker", more, "context"), List.of("exec", "-i", name), DIAL);
                    case "podman-container" -> joined(List.of("podman", "exec", "-i", name), DIAL);
                    case "nerdctl-container" ->
                        joined(option("nerdctl", more, "namespace"), List.of("exec", "-i", name), DIAL);
                    case "kube-pod" ->
                        joined(
                                option("kubectl", more, "context", "namespace"),
                                option("exec", more, "container"),
                                List.of("-i", name, "--"),
                                DIAL);
                    default -> ssh(text, address);
                });
    }

    private static List<String> ssh(String text, URI address) {
        if (address.getHost() == null) {
            throw malformed(text, "not a host: " + address.getAuthority());
        }
        if (address.getUserInfo() != null
                && (address.getUserInfo().contains(":") || address.getUserInfo().startsWith("-"))) {
            throw malformed(text, "a user's name is neither followed by a password nor begins with -");
        }
        List<String> words = new ArrayList<>(List.of("ssh"));
        if (address.getPort() >= 0) {
            words.addAll(List.of("-p", Integer.toString(address.getPort())));
        }
        if (address.getUserInfo() != null) {
            words.addAll(List.of("-l", address.getUserInfo()));
        }
        words.addAll(List.of("--", address.getHost(), "buildctl"));
        if (address.getPath() != null && address.getPath().length() > 1) {
            // a shell reads what ssh is given
            words.addAll(List.of("--addr", "'unix://" + address.getPath().replace("'", "'\\''") + "'"));
        }
        words.add("dial-stdio");
        return words;
    }

    private static Map<String, String> query(String text, URI address, Set<String> known) {
        Map<String, String> values = new LinkedHashMap<>();
        String query = address.getRawQuery() == null ? "" : address.getRawQuery();
        for (String pair : query.split("&", -1)) {
            String key = pair.contains("=") ? pair.substring(0, pair.indexOf('=')) : pair;
            if (!key.isEmpty() && !known.contains(key)) {
                throw malformed(text, key + " is not known there");
            }
            if (!key.isEmpty()) {
                values.put(key, URLDecoder.decode(pair.substring(pair.indexOf('=') + 1), StandardCharsets.UTF_8));
            }
        }
        return values;
    }

    private static List<String> option(String word, Map<String, String> values, String... names) {
        List<String> words = new ArrayList<>(List.of(word));
        for (String name : names) {
            if (values.containsKey(name)) {
                words.addAll(List.of("--" + name, values.get(name)));
            }
        }
        return words;
    }

    @SafeVarargs
    private static List<String> joined(List<String>... parts) {
        List<String> words = new ArrayList<>();
        for (List<String> part : parts) {
            words.addAll(part);
        }
        return words;
    }

    private static ClientFault malformed(String text, String reason) {
        return new ClientFault(
                Kind.INVALID_ARGUMENT,
                "not an address: " + text + ": " + reason
                        + "; use docker-container://NAME, podman-container://NAME, nerdctl-container://NAME, kube-pod://POD"
                        + " or ssh://[USER@]HOST[:PORT]");
    }
}
