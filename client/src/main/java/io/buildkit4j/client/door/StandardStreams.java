package io.buildkit4j.client.door;

import io.buildkit4j.client.BuildFrontend;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.wire.Connection;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.util.HashMap;
import java.util.Map;

/** A frontend that was started by a daemon. */
public final class StandardStreams {
    private static final String OPTION = "BUILDKIT_FRONTEND_OPT_";

    private StandardStreams() {}

    /**
     * See {@link io.buildkit4j.client.FrontendProgram#run}. The connection is left open: the process is about to exit, and
     * whoever reads its standard input can only be waited for.
     */
    @SuppressWarnings("MustBeClosed")
    public static int run(BuildFrontend frontend, Map<String, String> environment) throws InterruptedException {
        System.setOut(System.err);
        Connection connection =
                Connection.over(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
        try {
            new GatewayCalls(connection.channel(), options(environment)).serve(frontend);
            return 0;
        } catch (Fault lost) {
            System.err.println("error: " + lost.getMessage());
            return 1;
        }
    }

    /** Each variable holds {@code NAME=VALUE}. */
    static Map<String, String> options(Map<String, String> environment) {
        Map<String, String> options = new HashMap<>();
        environment.forEach((name, text) -> {
            int equals = text.indexOf('=');
            if (name.startsWith(OPTION) && equals > 0) {
                options.put(text.substring(0, equals), text.substring(equals + 1));
            }
        });
        return options;
    }
}
