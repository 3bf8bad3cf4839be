package io.buildkit4j.client;

/**
 * Turns what a user wrote into what is built. It runs where it likes: beside a client ({@link Client#build}), or in a container
 * of its own that any BuildKit daemon starts for {@code # syntax=} ({@link FrontendProgram}).
 */
@FunctionalInterface
public interface BuildFrontend {
    /**
     * Describes the build that is asked for. What it throws is the build's failure.
     *
     * @param gateway open until this returns
     */
    FrontendAnswer build(FrontendGateway gateway) throws InterruptedException;
}
