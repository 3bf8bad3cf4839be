package io.buildkit4j.buildctl.command;

import io.buildkit4j.client.Client;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.FrontendAnswer;
import io.buildkit4j.client.ProgressListener;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.footing.Kind;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A question to a frontend that is no build, such as what its checks find: {@code --opt requestid=frontend.lint}. */
final class FrontendCall {
    private static final String RESULT = "result.";

    private final SolveRequest request;
    private final String name;
    private Map<String, byte[]> answer = Map.of();

    private FrontendCall(SolveRequest request, String name) {
        this.request = request;
        this.name = name;
    }

    /** The question in a request, if it is one. */
    static Optional<FrontendCall> in(SolveRequest request) {
        return Optional.ofNullable(request.options().get("requestid"))
                .filter(name -> !name.isEmpty() && !request.frontend().isEmpty())
                .map(name -> new FrontendCall(request, name));
    }

    /** Asks. */
    void run(Client client, ProgressListener progress) throws InterruptedException {
        SolveRequest driven = new SolveRequest(
                        new byte[0],
                        "",
                        request.options(),
                        request.locals(),
                        List.of(),
                        request.cacheImports(),
                        List.of(),
                        request.noCache())
                .with(request.permits());
        client.build(
                driven,
                gateway -> {
                    FrontendAnswer given = gateway.ask(request.frontend(), request.options(), gateway.inputs());
                    answer = given.metadata(); // seen by whoever waits for the build
                    return new FrontendAnswer(Map.of(), Map.of());
                },
                progress);
    }

    /**
     * Prints the answer: its text, or its JSON where that is wanted or there is no text.
     *
     * @throws ClientFault FAILED_PRECONDITION when the answer has a status other than 0, so that scripts notice
     */
    void print(PrintStream out, boolean json) {
        Optional<String> text = Optional.ofNullable(answer.get(RESULT + (json ? "json" : "txt")))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        if (text.isPresent()) {
            out.print(text.get());
            out.print(text.get().isEmpty() || text.get().endsWith("\n") ? "" : "\n");
        } else {
            new TreeMap<>(answer).forEach((key, value) -> {
                if (key.startsWith(RESULT)) {
                    out.println(key + "\n" + new String(value, StandardCharsets.UTF_8));
                }
            });
        }
        out.flush();
        String status =
                new String(answer.getOrDefault(RESULT + "statuscode", new byte[] {'0'}), StandardCharsets.UTF_8);
        if (!status.equals("0")) {
            throw new ClientFault(Kind.FAILED_PRECONDITION, name + " answers with status " + status);
        }
    }
}
