package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.explain.ExplanationJson;
import io.buildkit4j.buildctl.explain.ExplanationTable;
import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.flags.Flag;
import io.buildkit4j.buildctl.terminal.Terminal;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.Explanation;
import java.io.PrintStream;
import java.util.List;

/** {@code buildctl explain}: why steps ran. */
public final class ExplainCommand {
    /** How explanations are written; {@code build --plan} has it too. */
    static final Flag FORMAT =
            Flag.option("format", "KIND", "how an explanation, plan or answer is written: table or json");

    /** Flags of the command. */
    public static final List<Flag> FLAGS =
            List.of(FORMAT, Flag.alone("verbose,v", "shows the steps that frontends make for themselves, too"));

    private final PrintStream out;

    /** Writes to this stream. */
    public ExplainCommand(PrintStream out) {
        this.out = out;
    }

    /** Asks and shows. */
    public void run(Arguments arguments, Client client) throws InterruptedException {
        if (arguments.rest().size() > 1) {
            throw new UsageFault("explain takes one build's REF, or last, not: " + String.join(" ", arguments.rest()));
        }
        boolean json = Format.isJson(arguments);
        String reference =
                arguments.rest().isEmpty() ? "last" : arguments.rest().getFirst();
        Explanation explanation = client.explain(reference);
        boolean verbose = arguments.on("verbose");
        out.print(
                json
                        ? ExplanationJson.write(explanation) + "\n"
                        : new ExplanationTable(columns(), verbose).build(explanation));
        out.flush();
    }

    /** Shows what a build would do. */
    void showPlan(Explanation plan, boolean json) {
        out.print(json ? ExplanationJson.write(plan) + "\n" : new ExplanationTable(columns(), false).plan(plan));
        out.flush();
    }

    private static int columns() {
        return Terminal.isTerminal(1) ? new Terminal().columns() : Integer.MAX_VALUE;
    }
}
