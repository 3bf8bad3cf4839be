package io.buildkit4j.worker.source.git;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A remote, what is wanted of it, and which directory of that; all parts checked so that git takes none for an option or
 * for a program to run.
 *
 * @param remote URL or {@code user@host:path}
 * @param ref branch, tag, full reference or commit; empty for the remote's default branch
 * @param directory below the repository's root; empty for the root
 */
public record GitUrl(String remote, String ref, String directory) {
    private static final Set<String> SCHEMES = Set.of("https", "http", "ssh", "git");
    private static final Pattern SCP = Pattern.compile("[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:(?!//).+");
    /** What git-check-ref-format(1) allows, as far as characters go. */
    private static final Pattern REF = Pattern.compile("[^\\x00-\\x20\\x7f~^:?*\\[\\\\]*");

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    /** Refuses what could be anything but a place, a name and a path. */
    public GitUrl {
        if (remote.startsWith("-") || ref.startsWith("-") || directory.startsWith("-")) {
            throw refused(remote, "no part may begin with a dash");
        }
        if (!SCP.matcher(remote).matches() && !SCHEMES.contains(scheme(remote))) {
            throw refused(remote, "the scheme is not one of https, http, ssh, git");
        }
        if (remote.contains(" ") || (remote + ref + directory).chars().anyMatch(c -> c < ' ')) {
            throw refused(remote, "it has blanks or control characters");
        }
        if (!REF.matcher(ref).matches() || ref.contains("..") || ref.contains("@{") || ref.endsWith(".lock")) {
            throw refused(remote, "\"" + ref + "\" is no name of a branch, tag or commit");
        }
        if (host(remote).startsWith("-") || host(remote).isEmpty()) {
            throw refused(remote, "it names no host");
        }
        directory = directory.replaceAll("^/+|/+$", "");
        if (("/" + directory + "/").contains("/../")) {
            throw refused(remote, "the directory leads out of the repository");
        }
    }

    /**
     * Reads {@code REMOTE[#REF[:DIRECTORY]]}.
     *
     * @param location as in a source's identifier, after {@code git://}; without a scheme https is meant
     * @param fullUrl stands for the remote where it is not empty
     */
    public static GitUrl parse(String location, String fullUrl) {
        int hash = location.indexOf('#');
        String place = hash < 0 ? location : location.substring(0, hash);
        String fragment = hash < 0 ? "" : location.substring(hash + 1);
        if (!fullUrl.isEmpty()) {
            int cut = fullUrl.indexOf('#');
            place = cut < 0 ? fullUrl : fullUrl.substring(0, cut);
            fragment = hash < 0 && cut >= 0 ? fullUrl.substring(cut + 1) : fragment;
        }
        if (fullUrl.isEmpty() && !place.contains("://") && !SCP.matcher(place).matches()) {
            place = "https://" + place;
        }
        int colon = fragment.indexOf(':');
        return colon < 0
                ? new GitUrl(place, fragment, "")
                : new GitUrl(place, fragment.substring(0, colon), fragment.substring(colon + 1));
    }

    /** Whether the reference is a commit already. */
    public boolean namesCommit() {
        return COMMIT.matcher(ref).matches();
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** The remote without what only its owner should read. */
    public String shown() {
        return shown(remote);
    }

    private static String shown(String remote) {
        return remote.startsWith("ssh://")
                ? remote.replaceFirst("://([^/@:]*):[^/@]*@", "://$1@")
                : remote.replaceFirst("://[^/@]*@", "://");
    }

    /** Name or address of the machine with the port, if the remote names one; in brackets where it is an IPv6 address. */
    public String host() {
        return host(remote);
    }

    private static String host(String remote) {
        int scheme = remote.indexOf("://");
        String place = scheme < 0 ? remote : remote.substring(scheme + 3);
        String authority = scheme < 0 ? place.substring(0, place.indexOf(':')) : place.split("[/?#]", 2)[0];
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    /** Scheme and host of an HTTP remote. */
    String origin() {
        return scheme(remote) + "://" + host();
    }

    boolean isSsh() {
        return scheme(remote).isEmpty() || scheme(remote).equals("ssh");
    }

    private static String scheme(String remote) {
        int colon = remote.indexOf("://");
        return colon < 0 ? "" : remote.substring(0, colon);
    }

    private static WorkerFault refused(String remote, String why) {
        return new WorkerFault(Kind.INVALID_ARGUMENT, "not a git repository's address: " + shown(remote) + ": " + why);
    }
}
