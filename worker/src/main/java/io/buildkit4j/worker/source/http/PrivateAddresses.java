package io.buildkit4j.worker.source.http;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Whether what a build names may lie in the daemon's own network: this machine, its neighbours, the metadata service of a
 * cloud. A name is looked up here and once more when it is connected to; the JVM remembers answers for 30 seconds, so that
 * both see the same.
 */
public enum PrivateAddresses {
    /** It may. */
    ALLOWED,
    /** It is refused, also where a public place redirects to it. */
    DENIED;

    /**
     * Checks a host before it is connected to.
     *
     * @param shown what is refused, for the message
     * @throws WorkerFault PERMISSION_DENIED
     */
    public void check(String host, String shown) {
        if (this == ALLOWED) {
            return;
        }
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (isPrivate(address)) {
                    throw new WorkerFault(
                            Kind.PERMISSION_DENIED,
                            shown + " is refused: " + host + " has the private address " + address.getHostAddress()
                                    + ", and this daemon is configured to deny those (sources.denyPrivateAddresses)");
                }
            }
        } catch (UnknownHostException unknown) {
            // connecting says it better
        }
    }

    /** RFC 6890 and what it has been added since, as far as a source could lie there. */
    static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        boolean special = address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress();
        if (address instanceof Inet6Address) {
            return special || (first & 0xfe) == 0xfc || embeds(bytes);
        }
        boolean shared = first == 100 && (second & 0xc0) == 64;
        return special || shared || first == 0 || first >= 240 || (first == 192 && second == 0 && bytes[2] == 0);
    }

    /** Addresses of IPv4 inside of IPv6 (NAT64, 6to4) lead wherever those lead. */
    private static boolean embeds(byte[] bytes) {
        try {
            if (bytes[0] == 0x20 && bytes[1] == 0x02) {
                return isPrivate(InetAddress.getByAddress(java.util.Arrays.copyOfRange(bytes, 2, 6)));
            }
            boolean translated =
                    bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == (byte) 0xff && bytes[3] == (byte) 0x9b;
            return translated && isPrivate(InetAddress.getByAddress(java.util.Arrays.copyOfRange(bytes, 12, 16)));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("four bytes are an address", impossible);
        }
    }
}
