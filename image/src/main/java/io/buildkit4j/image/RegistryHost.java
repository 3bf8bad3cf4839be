package io.buildkit4j.image;

import java.nio.file.Path;
import java.util.List;

/**
 * How a registry is spoken to, where that is not the usual way.
 *
 * @param plainHttp http instead of https
 * @param insecure https without looking at the certificate
 * @param mirrors asked first, in this order, when something is pulled: each a host, perhaps with a port and a path
 * @param trust which certificates are believed and shown
 */
public record RegistryHost(boolean plainHttp, boolean insecure, List<String> mirrors, Trust trust) {
    /** Mirrors are copied. */
    public RegistryHost {
        mirrors = List.copyOf(mirrors);
    }

    /** Without mirrors and certificates of its own. */
    public RegistryHost(boolean plainHttp, boolean insecure) {
        this(plainHttp, insecure, List.of(), Trust.USUAL);
    }

    /**
     * Certificates, all in files of PEM that are read when the registry is first spoken to.
     *
     * @param authorities believed besides those of the JVM
     * @param pairs shown to the registry, one of them, when it asks for one
     */
    public record Trust(List<Path> authorities, List<Pair> pairs) {
        /** What the JVM believes, and nothing to show. */
        public static final Trust USUAL = new Trust(List.of(), List.of());

        /** Lists are copied. */
        public Trust {
            authorities = List.copyOf(authorities);
            pairs = List.copyOf(pairs);
        }
    }

    /** A certificate and its key. */
    public record Pair(Path key, Path certificate) {}

    /** https with a certificate that the JVM trusts; plain http on this machine. */
    public static RegistryHost usual(String host) {
        return new RegistryHost(isLoopback(host), false);
    }

    private static boolean isLoopback(String host) {
        String name = host.startsWith("[") ? host.substring(0, host.indexOf(']') + 1) : host.replaceAll(":[0-9]+$", "");
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("[::1]")
                || name.matches("127(\\.[0-9]{1,3}){3}");
    }

    RegistryHost plain() {
        return new RegistryHost(true, false, mirrors, trust);
    }

    RegistryHost unverified() {
        return plainHttp ? this : new RegistryHost(false, true, mirrors, trust);
    }
}
