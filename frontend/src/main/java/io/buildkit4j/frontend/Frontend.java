package io.buildkit4j.frontend;

/** Turns what a user wrote into what is built. Implementations keep nothing between calls. */
@FunctionalInterface
public interface Frontend {
    /**
     * Describes the build that is asked for.
     *
     * @throws FrontendFault when what was written is wrong; a {@link DockerfileFault} where a line of the file is to blame
     */
    Described describe(FrontendRequest request, Gateway gateway) throws InterruptedException;
}
