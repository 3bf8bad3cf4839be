package io.buildkit4j.client;

import io.buildkit4j.client.door.StandardStreams;

/**
 * A frontend as a program: what an image for {@code # syntax=} has as its entry point. It speaks with the daemon on standard
 * input and output, so what the program prints goes to standard error, which the daemon shows to the user.
 */
public final class FrontendProgram {
    private FrontendProgram() {}

    /**
     * Runs the frontend for the daemon that started this process, which is to exit with the answer: 0 when the daemon was
     * told the outcome, be it a failure.
     */
    public static int run(BuildFrontend frontend) throws InterruptedException {
        return StandardStreams.run(frontend, System.getenv());
    }
}
