package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.flags.Flag;
import io.buildkit4j.buildctl.flags.Help;
import java.util.List;

/** Names, flags and help of all commands in one table. */
@SuppressWarnings("ImmutableEnumChecker") // the lists are made by List.of
public enum Usage {
    /** The program itself. */
    PROGRAM(
            "buildctl",
            "[flags] COMMAND [command flags]",
            "Builds with a build daemon: commands are build, explain, dockerfile, attach, du, prune, prune-histories, df and debug.",
            global()),
    /** Builds. */
    BUILD("build", "[flags]", "Builds from a frontend or from LLB on standard input.", BuildCommand.FLAGS),
    /** Explains a build. */
    EXPLAIN(
            "explain",
            "[flags] [REF|last]",
            "Shows for each step of a build whether it was found in the cache, and if not, why.",
            ExplainCommand.FLAGS),
    /** Tells what a Dockerfile means. */
    DOCKERFILE_EXPLAIN(
            "dockerfile explain",
            "[flags] FILE",
            "Shows the stages of a Dockerfile, what each instruction says and needs, and what the checks find; as a picture,"
                    + " too. Needs no daemon; base images are not looked up.",
            DockerfileCommand.FLAGS),
    /** Shows what the daemon keeps. */
    DU("du", "[flags]", "Shows what the daemon keeps, the largest first.", DiskUsageCommand.FLAGS),
    /** Removes. */
    PRUNE("prune", "[flags]", "Removes what nothing uses.", PruneCommand.FLAGS),
    /** Shows where the disk has gone. */
    DF(
            "df",
            "[flags]",
            "Shows what uses the disk, why it is kept, by which rules, and what goes next.",
            SpaceCommand.FLAGS),
    /** Looks closer. */
    DEBUG(
            "debug",
            "dump-llb|dump-metadata|logs|histories|monitor|ctl|get|workers|verify|info",
            "Looks closer: dump-llb, dump-metadata, logs, histories, monitor, ctl, get, workers, verify, info.",
            List.of()),
    /** Shows LLB. */
    DUMP_LLB(
            "debug dump-llb",
            "[--dot] [FILE|-]",
            "Shows a definition as lines of JSON, or as a Graphviz picture; needs no daemon.",
            List.of(Flag.alone("dot", "writes a Graphviz picture"))),
    /** Shows what a state directory holds. */
    DUMP_METADATA(
            "debug dump-metadata",
            "[flags]",
            "Shows every record of a state directory that no daemon uses, as JSON.",
            MetadataCommand.FLAGS),
    /** Lists workers. */
    WORKERS(
            "debug workers",
            "[flags]",
            "Shows the daemon's workers.",
            List.of(
                    Flag.repeated("filter,f", "FILTER", "shows only matching workers"),
                    Flag.alone("verbose,v", "shows labels"),
                    ExplainCommand.FORMAT)),
    /** Shows a build from its beginning. */
    LOGS(
            "debug logs",
            "[flags] REF",
            "Shows what a build said from its beginning, and follows it when it runs; attach is the same.",
            List.of(
                    Flag.option("progress", "KIND", "plain, auto, tty, rawjson or quiet"),
                    Flag.option("trace", "FILE", "appends every event as a line of JSON"))),
    /** Lists the builds that the daemon remembers. */
    HISTORIES("debug histories", "[flags]", "Shows the builds that the daemon remembers.", HistoryCommand.LISTED),
    /** Tells of builds as they begin and end. */
    MONITOR(
            "debug monitor",
            "[flags]",
            "Tells of builds as they begin and end, until it is interrupted.",
            HistoryCommand.MONITORED),
    /** Changes a build's record. */
    CTL("debug ctl", "--pin|--unpin|--delete REF", "Pins, lets go or forgets a build.", HistoryCommand.CHANGED),
    /** Forgets builds. */
    PRUNE_HISTORIES(
            "prune-histories",
            "[flags]",
            "Forgets all builds that have ended and are not pinned.",
            HistoryCommand.LISTED),
    /** Copies content. */
    GET(
            "debug get",
            "DIGEST",
            "Writes what the daemon keeps under a digest, such as an image's manifest, to standard output.",
            List.of()),
    /** Looks for damage. */
    VERIFY(
            "debug verify",
            "[flags]",
            "Lets the daemon read everything that it keeps, and shows what is lost or altered; that is used no more.",
            VerifyCommand.FLAGS),
    /** Tells what the daemon is. */
    INFO("debug info", "[flags]", "Shows what program the daemon is.", List.of(ExplainCommand.FORMAT));

    private final String command;
    private final String syntax;
    private final String about;
    private final List<Flag> flags;

    Usage(String command, String syntax, String about, List<Flag> flags) {
        this.command = command;
        this.syntax = syntax;
        this.about = about;
        this.flags = flags;
    }

    /** Flags before the command. */
    private static List<Flag> global() {
        return List.of(
                Flag.option(
                        "addr",
                        "ADDRESS",
                        "where the daemon listens: unix://PATH, tcp://HOST:PORT, docker-container://NAME, podman-container://NAME, nerdctl-container://NAME, kube-pod://POD or ssh://HOST; default $BUILDKIT_HOST, then the usual socket, then a daemon inside this process"),
                Flag.alone("debug", "shows where errors come from"),
                Flag.option("tlscacert", "FILE", "authority that the daemon's certificate must come from, in PEM"),
                Flag.option("tlscert", "FILE", "certificate to show to the daemon, in PEM"),
                Flag.option("tlskey", "FILE", "its key, in PEM"),
                Flag.option("tlsdir", "DIR", "where ca.pem, cert.pem and key.pem are"),
                Flag.option("tlsservername", "NAME", "name in the daemon's certificate"),
                Flag.alone("wait", "waits for a daemon that does not answer yet"),
                Flag.option("timeout", "SECONDS", "how long --wait waits, 5 without it"),
                Flag.option("log-format", "KIND", "how errors are written: text, or json"),
                Flag.alone("version,V", "shows the version"),
                Flag.alone("help,h", "shows this help"));
    }

    /** Its declared flags, with {@code --help}. */
    public List<Flag> flags() {
        if (this == PROGRAM) {
            return flags;
        }
        List<Flag> all = new java.util.ArrayList<>(flags);
        all.add(Flag.alone("help,h", "shows this help"));
        return all;
    }

    /** The whole help text. */
    public String help() {
        String line = this == PROGRAM ? command + " " + syntax : "buildctl " + command + " " + syntax;
        return Help.of(line, about, flags());
    }
}
