package io.buildkit4j.frontend.instruction;

import io.buildkit4j.frontend.instruction.Instruction.CommandLine;
import io.buildkit4j.frontend.instruction.Instruction.Fetched;
import io.buildkit4j.frontend.instruction.Instruction.Pair;
import io.buildkit4j.frontend.instruction.Instruction.RunMount;
import io.buildkit4j.frontend.instruction.Instruction.Transfer;
import io.buildkit4j.frontend.syntax.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Texts of instructions to typed instructions. */
public final class InstructionReader {
    private static final Set<String> KEYWORDS = Set.of(
            "ADD",
            "ARG",
            "CMD",
            "COPY",
            "ENTRYPOINT",
            "ENV",
            "EXPOSE",
            "FROM",
            "HEALTHCHECK",
            "LABEL",
            "MAINTAINER",
            "ONBUILD",
            "RUN",
            "SHELL",
            "STOPSIGNAL",
            "USER",
            "VOLUME",
            "WORKDIR");

    private final Statement statement;
    private final Set<String> allowed = new TreeSet<>();

    private InstructionReader(Statement statement) {
        this.statement = statement;
    }

    /**
     * Reads one instruction.
     *
     * @throws io.buildkit4j.frontend.DockerfileFault naming the line when keyword, flag or argument is wrong
     */
    public static Instruction read(Statement statement) {
        return new InstructionReader(statement).read();
    }

    // departs from MethodLength: one case for each instruction, and splitting would hide the table
    private Instruction read() {
        return switch (statement.keyword()) {
            case "ADD" ->
                new Instruction.Add(
                        statement,
                        transfer("chown", "chmod", "link", "exclude", "checksum", "keep-git-dir", "unpack"),
                        new Fetched(
                                text("checksum").orElse(""),
                                flag("keep-git-dir").orElse(false),
                                flag("unpack")));
            case "ARG" -> new Instruction.Arg(statement, arguments());
            case "CMD" -> new Instruction.Cmd(plain(), command());
            case "COPY" ->
                new Instruction.Copy(
                        statement, transfer("from", "chown", "chmod", "link", "parents", "exclude"), text("from"));
            case "ENTRYPOINT" -> new Instruction.Entrypoint(plain(), command());
            case "ENV" -> new Instruction.Env(plain(), pairs());
            case "EXPOSE" -> new Instruction.Expose(plain(), words(1));
            case "FROM" -> from();
            case "HEALTHCHECK" -> healthcheck();
            case "LABEL" -> new Instruction.Label(plain(), pairs());
            case "MAINTAINER" -> new Instruction.Maintainer(plain(), single());
            case "ONBUILD" -> onbuild();
            case "RUN" -> {
                allow("mount", "network", "security");
                List<RunMount> mounts = texts("mount").stream().map(this::mount).toList();
                yield new Instruction.Run(
                        statement,
                        command(),
                        mounts,
                        text("network").orElse("default"),
                        text("security").orElse("sandbox"));
            }
            case "SHELL" -> {
                plain();
                List<String> shell = statement.json().orElse(List.of());
                if (shell.isEmpty()) {
                    throw statement.fault("SHELL requires the arguments to be in JSON form");
                }
                yield new Instruction.Shell(statement, shell);
            }
            case "STOPSIGNAL" -> new Instruction.Stopsignal(plain(), exactlyOne());
            case "USER" -> new Instruction.User(plain(), exactlyOne());
            case "VOLUME" -> new Instruction.Volume(plain(), words(1));
            case "WORKDIR" -> new Instruction.Workdir(plain(), single());
            default ->
                throw statement.fault("unknown instruction: " + statement.keyword()
                        + Spelling.suggestion(statement.keyword(), KEYWORDS, ""));
        };
    }

    private void allow(String... names) {
        allowed.addAll(List.of(names));
        for (Statement.Flag flag : statement.flags()) {
            if (!allowed.contains(flag.name())) {
                throw statement.fault(
                        "unknown flag: --" + flag.name() + Spelling.suggestion(flag.name(), allowed, "--"));
            }
        }
    }

    private Statement plain() {
        allow();
        return statement;
    }

    private List<String> texts(String name) {
        return statement.flags().stream()
                .filter(flag -> flag.name().equals(name))
                .map(flag -> flag.value().orElseThrow(() -> statement.fault("missing a value on flag: --" + name)))
                .toList();
    }

    private Optional<String> text(String name) {
        List<String> given = texts(name);
        if (given.size() > 1) {
            throw statement.fault("duplicate flag specified: " + name);
        }
        return given.stream().findFirst();
    }

    private Optional<Boolean> flag(String name) {
        return statement.flags().stream()
                .filter(flag -> flag.name().equals(name))
                .map(flag -> switch (flag.value().orElse("true").toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default ->
                        throw statement.fault("expecting boolean value for flag " + name + ", not: "
                                + flag.value().orElse(""));
                })
                .findFirst();
    }

    private List<String> words(int least) {
        List<String> words = statement.json().orElseGet(() -> WordCutter.cut(statement.rest()));
        if (words.size() < least) {
            throw statement.fault(statement.keyword() + " requires at least "
                    + (least == 1 ? "one argument" : "two arguments")
                    + (statement.keyword().equals("COPY") || statement.keyword().equals("ADD")
                            ? ", but only " + words.size() + " was provided. Destination could not be determined"
                            : ""));
        }
        return words;
    }

    private String exactlyOne() {
        if (words(1).size() != 1) {
            throw statement.fault(statement.keyword() + " requires exactly one argument");
        }
        return statement.rest();
    }

    private String single() {
        if (statement.rest().isEmpty()) {
            throw statement.fault(statement.keyword() + " requires exactly one argument");
        }
        return statement.rest();
    }

    private Transfer transfer(String... flags) {
        allow(flags);
        List<String> words = new ArrayList<>(words(2));
        String destination = words.removeLast();
        words.removeIf(word -> !statement.heredocs().isEmpty() && word.startsWith("<<"));
        return new Transfer(
                List.copyOf(words),
                destination,
                text("chown").orElse(""),
                text("chmod").orElse(""),
                flag("link").orElse(false),
                flag("parents").orElse(false),
                texts("exclude"),
                statement.heredocs());
    }

    private CommandLine command() {
        return statement
                .json()
                .map(words -> new CommandLine(false, words))
                .orElseGet(() ->
                        new CommandLine(true, statement.rest().isEmpty() ? List.of() : List.of(statement.rest())));
    }

    private List<Instruction.Argument> arguments() {
        plain();
        List<Instruction.Argument> found = new ArrayList<>();
        for (String word : words(1)) {
            int equals = word.indexOf('=');
            if (equals == 0) {
                throw statement.fault("ARG names can not be blank");
            }
            found.add(
                    equals < 0
                            ? new Instruction.Argument(word, Optional.empty())
                            : new Instruction.Argument(
                                    word.substring(0, equals), Optional.of(word.substring(equals + 1))));
        }
        return found;
    }

    private List<Pair> pairs() {
        String rest = statement.rest();
        if (rest.isEmpty()) {
            throw statement.fault(statement.keyword() + " requires at least one argument");
        }
        List<String> words = WordCutter.cut(rest);
        if (!words.getFirst().contains("=")) {
            int space = words.getFirst().length();
            String value = rest.substring(space).strip();
            if (value.isEmpty()) {
                throw statement.fault(statement.keyword() + " must have two arguments");
            }
            return List.of(new Pair(words.getFirst(), value));
        }
        List<Pair> pairs = new ArrayList<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw statement.fault(
                        "Syntax error - can't find = in \"" + word + "\". Must be of the form: name=value");
            }
            if (equals == 0) {
                throw statement.fault(statement.keyword() + " names can not be blank");
            }
            pairs.add(new Pair(word.substring(0, equals), word.substring(equals + 1)));
        }
        return pairs;
    }

    private Instruction from() {
        allow("platform");
        List<String> words = words(1);
        boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("as");
        if (words.size() != 1 && !named) {
            throw statement.fault("FROM requires either one argument, or three: FROM <source> [as <name>]");
        }
        Optional<String> name = named ? Optional.of(words.get(2).toLowerCase(Locale.ROOT)) : Optional.empty();
        if (name.isPresent() && !name.get().matches("[a-z][a-z0-9\\-_.]*")) {
            throw statement.fault("invalid name for build stage: \"" + words.get(2)
                    + "\", name can't start with a number or contain symbols");
        }
        return new Instruction.From(statement, words.getFirst(), name, text("platform"));
    }

    private Instruction healthcheck() {
        allow("interval", "timeout", "start-period", "start-interval", "retries");
        String rest = statement.rest();
        int space = rest.indexOf(' ');
        String type = (space < 0 ? rest : rest.substring(0, space)).toUpperCase(Locale.ROOT);
        List<Pair> options = statement.flags().stream()
                .map(flag -> new Pair(flag.name(), flag.value().orElse("")))
                .toList();
        return switch (type) {
            case "NONE" -> {
                if (space >= 0) {
                    throw statement.fault("HEALTHCHECK NONE takes no arguments");
                }
                yield new Instruction.Healthcheck(statement, List.of("NONE"), options);
            }
            case "CMD" -> {
                String command = space < 0 ? "" : rest.substring(space).strip();
                Statement inner =
                        io.buildkit4j.frontend.syntax.DockerfileSyntax.parseOne("CMD " + command, statement.place());
                if (command.isEmpty()) {
                    throw statement.fault("Missing command after HEALTHCHECK CMD");
                }
                List<String> test = new ArrayList<>(List.of(inner.json().isPresent() ? "CMD" : "CMD-SHELL"));
                test.addAll(inner.json().orElse(List.of(command)));
                yield new Instruction.Healthcheck(statement, test, options);
            }
            case "" -> throw statement.fault("HEALTHCHECK requires at least one argument");
            default -> throw statement.fault("Unknown type \"" + type + "\" in HEALTHCHECK (try CMD)");
        };
    }

    private Instruction onbuild() {
        String rest = single();
        String inner = rest.split("\\s", 2)[0].toUpperCase(Locale.ROOT);
        if (inner.equals("ONBUILD")) {
            throw statement.fault("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
        }
        if (inner.equals("FROM") || inner.equals("MAINTAINER")) {
            throw statement.fault(inner + " isn't allowed as an ONBUILD trigger");
        }
        StringBuilder trigger = new StringBuilder(rest);
        statement
                .heredocs()
                .forEach(here -> trigger.append('\n').append(here.content()).append(here.name()));
        return new Instruction.Onbuild(statement, trigger.toString());
    }

    private RunMount mount(String text) {
        List<Pair> options = new ArrayList<>();
        String type = "bind";
        for (String word : text.split(",", -1)) {
            int equals = word.indexOf('=');
            String key = (equals < 0 ? word : word.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
            String value = equals < 0 ? "" : word.substring(equals + 1);
            if (key.equals("type")) {
                type = value;
            } else if (!MOUNT_KEYS.contains(key)) {
                throw statement.fault(
                        "unexpected key '" + key + "' in '" + word + "'" + Spelling.suggestion(key, MOUNT_KEYS, ""));
            } else {
                options.add(new Pair(key, value));
            }
        }
        if (!MOUNT_TYPES.contains(type)) {
            throw statement.fault(
                    "unsupported mount type \"" + type + "\"" + Spelling.suggestion(type, MOUNT_TYPES, ""));
        }
        return new RunMount(type, options);
    }

    private static final Set<String> MOUNT_TYPES = Set.of("bind", "cache", "tmpfs", "secret", "ssh");
    private static final Set<String> MOUNT_KEYS = Set.of(
            "from",
            "source",
            "src",
            "target",
            "dst",
            "destination",
            "readonly",
            "ro",
            "readwrite",
            "rw",
            "id",
            "sharing",
            "mode",
            "uid",
            "gid",
            "size",
            "env",
            "required");
}
