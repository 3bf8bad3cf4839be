package io.buildkit4j.image;

/**
 * How a registry is spoken to, where that is not the usual way.
 *
 * @param plainHttp http instead of https
 * @param insecure https without looking at the certificate
 */
public record RegistryHost(boolean plainHttp, boolean insecure) {
    /** https with a certificate that the JVM trusts; plain http on this machine. */
    static RegistryHost usual(String host) {
        String name = host.startsWith("[") ? host.substring(0, host.indexOf(']') + 1) : host.replaceAll(":[0-9]+$", "");
        boolean loopback = name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("[::1]")
                || name.matches("127(\\.[0-9]{1,3}){3}");
        return new RegistryHost(loopback, false);
    }
}
