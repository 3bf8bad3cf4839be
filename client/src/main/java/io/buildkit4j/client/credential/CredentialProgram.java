package io.buildkit4j.client.credential;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.Session.Credentials;
import io.buildkit4j.wire.WireFault;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A program {@code docker-credential-NAME}: gets a host on its input and answers in JSON. */
final class CredentialProgram {
    private static final int PATIENCE_SECONDS = 60;
    private static final String TOKEN_USER = "<token>";

    private CredentialProgram() {}

    static Optional<Credentials> ask(String name, String host) throws InterruptedException {
        String program = "docker-credential-" + name;
        Process process = start(program);
        try {
            String output = answer(process, host);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new WireFault(Kind.DEADLINE_EXCEEDED, program + " does not end");
            }
            if (process.exitValue() == 0) {
                return Optional.of(login(output));
            }
            if (output.contains("credentials not found")) {
                return Optional.empty();
            }
            throw new WireFault(Kind.UNKNOWN, program + " failed for " + host + ": " + output.strip());
        } catch (IOException | JsonParseException | IllegalStateException garbled) {
            throw new WireFault(Kind.UNKNOWN, program + " gave no usable answer: " + garbled.getMessage(), garbled);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(String program) {
        try {
            return new ProcessBuilder(program, "get")
                    .redirectError(Redirect.DISCARD)
                    .start();
        } catch (IOException missing) {
            throw new WireFault(
                    Kind.NOT_FOUND,
                    "cannot run " + program + ", which the Docker configuration names: " + missing.getMessage(),
                    missing);
        }
    }

    private static String answer(Process process, String host) throws IOException {
        try (OutputStream in = process.getOutputStream()) {
            in.write(host.getBytes(StandardCharsets.UTF_8));
        } catch (IOException ignored) {
            // a program that does not read its input may still answer
        }
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static Credentials login(String output) {
        JsonObject answer = JsonParser.parseString(output).getAsJsonObject();
        String user = answer.get("Username").getAsString();
        return new Credentials(
                user.equals(TOKEN_USER) ? "" : user, answer.get("Secret").getAsString());
    }
}
