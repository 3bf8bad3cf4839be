package io.buildkit4j.buildd;

import io.buildkit4j.buildd.config.CommandLine;
import io.buildkit4j.buildd.config.Configuration;
import io.buildkit4j.buildd.config.ConfigurationFile;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.TaskScope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** {@code buildd}: starts a daemon and runs it until it is told to stop. */
public final class Main {
    private static final Path CONFIGURATION = Path.of("/etc/buildkit/buildkitd.toml");

    private Main() {}

    /** Exits 0 after a stop that was asked for, and 1 with one line of reason when it cannot start. */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            CommandLine line = CommandLine.parse(List.of(arguments));
            if (line.wantsHelp()) {
                System.out.print(CommandLine.help());
            } else if (line.wantsVersion()) {
                System.out.println("buildd " + Version.NAME + " " + Version.RELEASE);
            } else {
                serve(configuration(line), line.drain());
            }
        } catch (Fault fault) {
            System.err.println("buildd: " + fault.getMessage());
            System.exit(1);
        }
    }

    private static Configuration configuration(CommandLine line) {
        Optional<Path> file = line.configurationFile()
                .or(() -> Files.exists(CONFIGURATION) ? Optional.of(CONFIGURATION) : Optional.empty());
        return line.over(file.map(ConfigurationFile::read).orElse(Configuration.DEFAULT));
    }

    private static void serve(Configuration configuration, Duration drain) throws InterruptedException {
        Log log = new Log(System.err, configuration.debug(), Clock.systemUTC());
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch hurry = new CountDownLatch(1);
        Signals.handle(stop, hurry, log);
        try (Daemon daemon = Daemon.start(configuration, Parts.OWN, log)) {
            log.debug("started", "addresses", daemon.addresses());
            stop.await();
            drain(daemon, drain, hurry);
        }
        System.exit(0);
    }

    /** Builds that run may come to their end, unless somebody asks a second time. */
    private static void drain(Daemon daemon, Duration patience, CountDownLatch hurry) throws InterruptedException {
        try (TaskScope scope = TaskScope.open("drain")) {
            scope.fork(() -> {
                try {
                    daemon.drain(patience);
                } finally {
                    hurry.countDown();
                }
                return "";
            });
            hurry.await();
        }
    }
}
