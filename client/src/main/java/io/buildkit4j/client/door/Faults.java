package io.buildkit4j.client.door;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.SourcePlace;
import io.buildkit4j.wire.Calls;
import io.buildkit4j.wire.FaultDetail;
import io.buildkit4j.wire.WireFault;
import io.grpc.stub.BlockingClientCall;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Failures of calls, as the client's own. */
final class Faults {
    private Faults() {}

    static <T> T ask(Calls.Request<T> request) throws InterruptedException {
        try {
            return Calls.ask(request);
        } catch (WireFault failed) {
            throw own(failed);
        }
    }

    /** Hears of each message of an answer until its end; what {@code heard} throws ends the call. */
    static <T> void each(BlockingClientCall<?, T> answer, Consumer<T> heard) throws InterruptedException {
        try {
            for (T next = ask(answer::read); next != null; next = ask(answer::read)) {
                heard.accept(next);
            }
        } finally {
            answer.cancel("no longer read", null);
        }
    }

    static ClientFault own(WireFault failed) {
        return failed.details().stream()
                .filter(detail -> detail.is("Source"))
                .findFirst()
                .flatMap(Faults::place)
                .map(place -> new ClientFault(failed.kind(), failed.getMessage(), failed, place))
                .orElseGet(() -> new ClientFault(failed.kind(), failed.getMessage(), failed));
    }

    /** {@code errdefs.Source} as JSON; a detail of another shape is as good as none. */
    private static Optional<SourcePlace> place(FaultDetail detail) {
        try {
            JsonObject source = JsonParser.parseString(detail.json()).getAsJsonObject();
            JsonObject info = source.getAsJsonObject("info");
            JsonObject range = source.getAsJsonArray("ranges").get(0).getAsJsonObject();
            byte[] text = Base64.getDecoder().decode(info.get("data").getAsString());
            int first = range.getAsJsonObject("start").get("line").getAsInt();
            JsonElement end = range.get("end");
            int last = end == null ? first : end.getAsJsonObject().get("line").getAsInt();
            List<String> lines =
                    new String(text, StandardCharsets.UTF_8).lines().toList();
            return Optional.of(
                    new SourcePlace(info.get("filename").getAsString(), lines, first, Math.max(first, last)));
        } catch (RuntimeException otherShape) {
            return Optional.empty();
        }
    }
}
