package io.buildkit4j.buildctl.command;

/** What this program calls itself. */
final class Version {
    private Version() {}

    static String line() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "buildctl buildkit4j " + (version == null ? "from a source tree" : version);
    }
}
