package io.buildkit4j.buildd;

/** What this program is. */
public final class Version {
    /** The name of the program that clients are told. */
    public static final String NAME = "io.buildkit4j";

    /** The release, in the form that clients parse. */
    public static final String RELEASE = "v0.1.0";

    private Version() {}
}
