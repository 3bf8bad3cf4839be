package io.buildkit4j.client;

import io.buildkit4j.wire.FileStat;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container of a frontend. It lives until its first process ends or it is closed, which ends all of its processes. Safe for
 * any thread.
 */
public interface GatewayContainer extends AutoCloseable {
    /**
     * Starts a process.
     *
     * @throws ClientFault with the daemon's reason
     */
    ContainerProcess start(Command command, Output output) throws InterruptedException;

    /** A file as processes left it, at the mount with this index; nothing when it is not there. */
    Optional<byte[]> read(int mount, String path) throws InterruptedException;

    /** Entries of a directory as processes left them. */
    List<FileStat> list(int mount, String path) throws InterruptedException;

    @Override
    void close();

    /**
     * What to run.
     *
     * @param environment each {@code NAME=value}
     * @param secrets variables, with the ids of the client's secrets that are their values
     * @param terminal all three streams are one terminal, whose output is that of standard output
     */
    record Command(
            List<String> arguments,
            List<String> environment,
            String directory,
            String user,
            Map<String, Secret> secrets,
            boolean terminal) {
        /** Collections are copied. */
        public Command {
            arguments = List.copyOf(arguments);
            environment = List.copyOf(environment);
            secrets = Map.copyOf(secrets);
        }

        /** As root in the root directory. */
        public static Command of(String... arguments) {
            return new Command(List.of(arguments), List.of(), "/", "", Map.of(), false);
        }
    }

    /** A secret of the client. */
    record Secret(String id) {}

    /** Takes what a process writes, in order; called from one thread. */
    @FunctionalInterface
    interface Output {
        /** {@code stream} is 1 for standard output and for a terminal, 2 for standard error. */
        void write(int stream, byte[] bytes);
    }

    /** A process while it runs. */
    interface ContainerProcess extends AutoCloseable {
        /** What it reads; closing it ends its input. */
        OutputStream input();

        /** How large its terminal is from now on. */
        void resize(int rows, int columns) throws InterruptedException;

        /** Sends it a signal such as {@code SIGINT}. */
        void signal(String name) throws InterruptedException;

        /**
         * Waits for its end.
         *
         * @return its exit code
         * @throws ClientFault when it could not be started, or was lost
         */
        int await() throws InterruptedException;

        /** Kills it if it still runs. */
        @Override
        void close();
    }
}
