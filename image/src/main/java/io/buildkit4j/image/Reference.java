package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of an image in a registry, always complete: {@code alpine} is {@code docker.io/library/alpine:latest}. The
 * grammar is that of the distribution project's reference page.
 *
 * @param domain host and perhaps port of the registry, as named (for Docker Hub {@code docker.io})
 * @param path of the repository in it
 * @param tag empty when only a digest is given
 * @param digest the content that is meant, whatever the tag says now
 */
public record Reference(String domain, String path, String tag, Optional<Digest> digest) {
    /** Docker Hub, as references name it. */
    public static final String DOCKER_HUB = "docker.io";

    private static final Pattern DOMAIN = Pattern.compile(
            "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[0-9a-fA-F:]+])"
                    + "(?::[0-9]{1,5})?");
    private static final Pattern COMPONENT = Pattern.compile("[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final int NAME_LIMIT = 255;

    /**
     * Reads a name as people write it and completes it.
     *
     * @throws ImageFault INVALID_ARGUMENT with what is wrong about it
     */
    public static Reference parse(String text) {
        if (text.isBlank()) {
            throw new ImageFault(Kind.INVALID_ARGUMENT, "an image name is empty");
        }
        if (HASH.matcher(text).matches()) {
            throw refused(text, "64 hexadecimal digits alone are a digest: write sha256: and a name before them");
        }
        int at = text.indexOf('@');
        Optional<Digest> digest = at < 0 ? Optional.empty() : Optional.of(digest(text, at));
        String named = at < 0 ? text : text.substring(0, at);
        int colon = named.lastIndexOf(':');
        boolean tagged = colon > named.lastIndexOf('/') && colon >= 0;
        String tag = tagged ? named.substring(colon + 1) : digest.isPresent() ? "" : "latest";
        if (tagged && !TAG.matcher(tag).matches()) {
            throw refused(text, "the tag \"" + tag + "\" may have letters, digits, _ . - only, 128 at most");
        }
        String name = tagged ? named.substring(0, colon) : named;
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean host = first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || first.chars().anyMatch(Character::isUpperCase);
        String domain = host ? first : DOCKER_HUB;
        domain = domain.equals("index.docker.io") ? DOCKER_HUB : domain;
        String path = host ? name.substring(slash + 1) : name;
        path = domain.equals(DOCKER_HUB) && path.indexOf('/') < 0 ? "library/" + path : path;
        check(text, domain, path);
        return new Reference(domain, path, tag, digest);
    }

    private static Digest digest(String text, int at) {
        try {
            return Digest.parse(text.substring(at + 1));
        } catch (ImageFault bad) {
            throw refused(text, bad.getMessage());
        }
    }

    private static void check(String text, String domain, String path) {
        if (!DOMAIN.matcher(domain).matches()) {
            throw refused(text, "\"" + domain + "\" is not a host name");
        }
        for (String component : path.split("/", -1)) {
            if (!COMPONENT.matcher(component).matches()) {
                boolean upper = component.chars().anyMatch(Character::isUpperCase);
                throw refused(
                        text,
                        upper
                                ? "the repository name must be lower case"
                                : "\"" + component
                                        + "\" may have lower-case letters and digits, and between them . _ -");
            }
        }
        if (domain.length() + 1 + path.length() > NAME_LIMIT) {
            throw refused(text, "the repository name has more than " + NAME_LIMIT + " characters");
        }
    }

    private static ImageFault refused(String text, String why) {
        return new ImageFault(Kind.INVALID_ARGUMENT, "not an image name: \"" + text + "\": " + why);
    }

    /** Host and perhaps port that the registry is reached at. */
    public String host() {
        return domain.equals(DOCKER_HUB) ? "registry-1.docker.io" : domain;
    }

    /** Domain and path, without tag and digest. */
    public String name() {
        return domain + "/" + path;
    }

    /** The same with a digest, which then is what is meant. */
    public Reference withDigest(Digest other) {
        return new Reference(domain, path, tag, Optional.of(other));
    }

    /** The name as people write it: without what is completed anyway. */
    public String familiar() {
        String full = toString();
        String brief = full.startsWith(DOCKER_HUB + "/library/")
                ? full.substring(DOCKER_HUB.length() + 9)
                : full.startsWith(DOCKER_HUB + "/") ? full.substring(DOCKER_HUB.length() + 1) : full;
        return digest.isEmpty() && brief.endsWith(":latest")
                ? brief.substring(0, brief.length() - ":latest".length())
                : brief;
    }

    /** The complete name with tag and digest, as far as it has them. */
    @Override
    public String toString() {
        return name()
                + (tag.isEmpty() ? "" : ":" + tag)
                + digest.map(d -> "@" + d).orElse("");
    }
}
