package io.buildkit4j.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.it.peer.Program;
import io.buildkit4j.it.peer.Program.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;

/** Docker's build client with a home of its own, told of one daemon. */
final class Buildx {
    private final Path home;

    Buildx(Path home, String address, String... options) {
        this.home = home;
        assertThat(binary()).as("set up by ./run-tests").isExecutable();
        String[] create = {"create", "--name", "it", "--driver", "remote", "--use"};
        program(create).with(options).with(address).run().succeeded();
    }

    private static Path binary() {
        return Program.top().resolve(".build/docker-buildx");
    }

    Program program(String... arguments) {
        return Program.of(binary().toString())
                .with(arguments)
                .set("HOME", home.toString())
                .set("BUILDKIT_PROGRESS", "plain")
                .in(Files.exists(home) ? home : Path.of("/"));
    }

    Outcome run(String... arguments) {
        return program(arguments).run();
    }
}
