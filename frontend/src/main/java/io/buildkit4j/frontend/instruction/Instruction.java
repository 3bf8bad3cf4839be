package io.buildkit4j.frontend.instruction;

import io.buildkit4j.frontend.syntax.Heredoc;
import io.buildkit4j.frontend.syntax.Statement;
import java.util.List;
import java.util.Optional;

/** One instruction of a stage. */
public sealed interface Instruction {
    /** The text that it was read from. */
    Statement statement();

    /** ADD. */
    record Add(Statement statement, Transfer transfer, Fetched fetched) implements Instruction {}

    /** ARG: one or several names. */
    record Arg(Statement statement, List<Argument> arguments) implements Instruction {}

    /** CMD. */
    record Cmd(Statement statement, CommandLine command) implements Instruction {}

    /** COPY. */
    record Copy(Statement statement, Transfer transfer, Optional<String> from) implements Instruction {}

    /** ENTRYPOINT. */
    record Entrypoint(Statement statement, CommandLine command) implements Instruction {}

    /** ENV. */
    record Env(Statement statement, List<Pair> pairs) implements Instruction {}

    /** EXPOSE. */
    record Expose(Statement statement, List<String> ports) implements Instruction {}

    /** FROM. */
    record From(Statement statement, String image, Optional<String> name, Optional<String> platform)
            implements Instruction {}

    /** HEALTHCHECK; durations as texts of Go, empty where not given. */
    record Healthcheck(Statement statement, List<String> test, List<Pair> options) implements Instruction {}

    /** LABEL. */
    record Label(Statement statement, List<Pair> pairs) implements Instruction {}

    /** MAINTAINER. */
    record Maintainer(Statement statement, String name) implements Instruction {}

    /** ONBUILD: an instruction for images built on this one. */
    record Onbuild(Statement statement, String trigger) implements Instruction {}

    /** RUN. */
    record Run(Statement statement, CommandLine command, List<RunMount> mounts, String network, String security)
            implements Instruction {}

    /** SHELL. */
    record Shell(Statement statement, List<String> words) implements Instruction {}

    /** STOPSIGNAL. */
    record Stopsignal(Statement statement, String signal) implements Instruction {}

    /** USER. */
    record User(Statement statement, String user) implements Instruction {}

    /** VOLUME. */
    record Volume(Statement statement, List<String> paths) implements Instruction {}

    /** WORKDIR. */
    record Workdir(Statement statement, String path) implements Instruction {}

    /** A name and its text. */
    record Pair(String name, String value) {}

    /** A build argument and its default. */
    record Argument(String name, Optional<String> value) {}

    /** Words for the shell, or words as they are. */
    record CommandLine(boolean shell, List<String> words) {}

    /** What COPY and ADD have in common. */
    record Transfer(
            List<String> sources,
            String destination,
            String owner,
            String mode,
            boolean link,
            boolean parents,
            List<String> exclude,
            List<Heredoc> heredocs) {}

    /** How ADD treats what it fetches. */
    record Fetched(String checksum, Optional<Boolean> keepGitDirectory, Optional<Boolean> unpack) {}

    /** Keys and texts of a mount of RUN, its type first. */
    record RunMount(String type, List<Pair> options) {
        /** The text of the first of these keys that is there. */
        public Optional<String> option(String... keys) {
            List<String> wanted = List.of(keys);
            return options.stream()
                    .filter(pair -> wanted.contains(pair.name()))
                    .map(Pair::value)
                    .findFirst();
        }

        /** Whether a switch is on: named alone, or true. */
        public boolean flag(String... keys) {
            return option(keys)
                    .filter(text -> text.isEmpty() || text.equalsIgnoreCase("true") || text.equals("1"))
                    .isPresent();
        }
    }
}
