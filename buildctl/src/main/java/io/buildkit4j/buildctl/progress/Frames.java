package io.buildkit4j.buildctl.progress;

import io.buildkit4j.client.Progress;
import io.buildkit4j.client.Progress.Counter;
import io.buildkit4j.client.Progress.Output;
import io.buildkit4j.client.Progress.VertexState;
import io.buildkit4j.image.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes frames as JSON lines: in the names of the 2017 trace file, or in today's. */
final class Frames {
    private final boolean upperCase;

    Frames(boolean upperCase) {
        this.upperCase = upperCase;
    }

    String line(Progress frame) {
        StringBuilder out = new StringBuilder("{");
        list(out, "vertexes", frame.vertexes(), this::vertex);
        list(out, "statuses", frame.counters(), this::counter);
        list(out, "logs", frame.outputs(), this::output);
        list(out, "warnings", frame.warnings(), this::warning);
        return out.append("}\n").toString();
    }

    private <T> void list(StringBuilder out, String name, List<T> items, BiConsumer<StringBuilder, T> item) {
        if (items.isEmpty()) {
            if (upperCase && !name.equals("warnings")) {
                key(out, name).append("null");
            }
            return;
        }
        key(out, name).append('[');
        for (int at = 0; at < items.size(); at++) {
            out.append(at == 0 ? "{" : ",{");
            item.accept(out, items.get(at));
            out.append('}');
        }
        out.append(']');
    }

    private void vertex(StringBuilder out, VertexState vertex) {
        text(out, "digest", vertex.digest().toString());
        if (!vertex.inputs().isEmpty()) {
            key(out, "inputs").append('[');
            for (Digest input : vertex.inputs()) {
                out.append(out.charAt(out.length() - 1) == '[' ? "" : ",").append(quoted(input.toString()));
            }
            out.append(']');
        }
        text(out, "name", vertex.name());
        time(out, "started", vertex.started());
        time(out, "completed", vertex.completed());
        if (vertex.cached()) {
            key(out, "cached").append("true");
        }
        text(out, "error", vertex.error());
    }

    private void counter(StringBuilder out, Counter counter) {
        text(out, upperCase ? "ID" : "id", counter.id());
        text(out, "vertex", counter.vertex().toString());
        key(out, "current").append(counter.current());
        key(out, "total").append(counter.total());
        time(out, "timestamp", Optional.of(counter.time()));
        time(out, "started", counter.started());
        time(out, "completed", counter.completed());
    }

    private void output(StringBuilder out, Output output) {
        text(out, "vertex", output.vertex().toString());
        key(out, "stream").append(output.stream());
        text(out, "data", Base64.getEncoder().encodeToString(output.bytes()));
        time(out, "timestamp", Optional.of(output.time()));
    }

    private void warning(StringBuilder out, Progress.Warning warning) {
        text(out, "vertex", warning.vertex().toString());
        key(out, "level").append(warning.level());
        text(out, "short", encoded(warning.summary()));
        if (!warning.detail().isEmpty()) {
            String details = warning.detail().stream()
                    .map(line -> quoted(encoded(line)))
                    .collect(Collectors.joining(",", "[", "]"));
            key(out, "detail").append(details);
        }
        text(out, "url", warning.url());
        warning.place().ifPresent(place -> {
            key(out, "sourceInfo").append('{');
            text(out, "filename", place.file());
            text(out, "data", encoded(String.join("\n", place.lines())));
            out.append('}');
            String ranges = IntStream.rangeClosed(place.first(), place.last())
                    .mapToObj(line -> "{\"start\":{\"line\":" + line + "},\"end\":{\"line\":" + line + "}}")
                    .collect(Collectors.joining(",", "[", "]"));
            key(out, "range").append(ranges);
        });
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private void text(StringBuilder out, String name, String value) {
        if (!value.isEmpty()) {
            key(out, name).append(quoted(value));
        }
    }

    private void time(StringBuilder out, String name, Optional<Instant> value) {
        value.ifPresent(time -> key(out, name).append('"').append(time).append('"'));
    }

    private StringBuilder key(StringBuilder out, String name) {
        if (out.charAt(out.length() - 1) != '{') {
            out.append(',');
        }
        String shown = upperCase ? Character.toUpperCase(name.charAt(0)) + name.substring(1) : name;
        return out.append('"').append(shown).append("\":");
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append("\\u").append(java.util.HexFormat.of().toHexDigits(c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
