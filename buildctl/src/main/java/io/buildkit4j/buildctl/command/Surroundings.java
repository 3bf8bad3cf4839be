package io.buildkit4j.buildctl.command;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/** What a command may touch of its process: environment and standard streams. */
public record Surroundings(Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
    /** The environment is copied. */
    public Surroundings {
        environment = Map.copyOf(environment);
    }
}
