package io.buildkit4j.buildctl.command;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.flags.Flag;
import io.buildkit4j.buildctl.progress.Texts;
import io.buildkit4j.client.Client;
import io.buildkit4j.client.Verification;
import io.buildkit4j.client.Verification.Damage;
import java.io.PrintStream;
import java.util.List;

/** {@code buildctl debug verify}: whether what the daemon keeps is what it should be. */
final class VerifyCommand {
    static final List<Flag> FLAGS = List.of(Flag.option("format", "KIND", "table, or json"));

    private final PrintStream out;

    VerifyCommand(PrintStream out) {
        this.out = out;
    }

    void run(Arguments arguments, Client client) throws InterruptedException {
        boolean json = Format.isJson(arguments);
        Verification found = client.verify();
        if (json) {
            out.println(json(found));
        } else {
            table(found);
        }
        out.flush();
    }

    private void table(Verification found) {
        for (Damage damage : found.damages()) {
            out.printf("%-7s %s: %s%n", damage.kind(), damage.id(), damage.what());
        }
        out.printf(
                "%d records looked at, %d blobs of %s read: %s%n",
                found.records(),
                found.blobs(),
                Texts.bytes(found.bytes()),
                found.damages().isEmpty() ? "all are whole" : found.damages().size() + " damaged, used no more");
    }

    private static String json(Verification found) {
        JsonArray damages = new JsonArray();
        for (Damage damage : found.damages()) {
            JsonObject one = new JsonObject();
            one.addProperty("id", damage.id());
            one.addProperty("kind", damage.kind());
            one.addProperty("what", damage.what());
            damages.add(one);
        }
        JsonObject json = new JsonObject();
        json.addProperty("records", found.records());
        json.addProperty("blobs", found.blobs());
        json.addProperty("bytes", found.bytes());
        json.add("damages", damages);
        return new GsonBuilder()
                .disableHtmlEscaping()
                .setPrettyPrinting()
                .create()
                .toJson(json);
    }
}
