package io.buildkit4j.frontend.syntax;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The exec form: a JSON list of texts and nothing else. */
final class JsonWords {
    /** What is nested deeper is no JSON to BuildKit either. */
    private static final int DEEPEST = 10_000;

    private JsonWords() {}

    static Optional<List<String>> read(String text) {
        if (!text.startsWith("[")) {
            return Optional.empty();
        }
        try (JsonReader in = new JsonReader(new StringReader(text))) {
            in.setStrictness(com.google.gson.Strictness.STRICT);
            List<String> words = new ArrayList<>();
            in.beginArray();
            while (in.hasNext()) {
                if (in.peek() != JsonToken.STRING) {
                    return Optional.empty();
                }
                words.add(in.nextString());
            }
            in.endArray();
            return in.peek() == JsonToken.END_DOCUMENT ? Optional.of(words) : Optional.empty();
        } catch (MalformedJsonException | IllegalStateException | java.io.EOFException notJson) {
            return Optional.empty();
        } catch (IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
    }

    /** Whether it is a JSON list that has something else than texts in it. */
    static boolean isMixed(String text) {
        if (!text.startsWith("[")) {
            return false;
        }
        try (JsonReader in = new JsonReader(new StringReader(text))) {
            in.setStrictness(com.google.gson.Strictness.STRICT);
            in.setNestingLimit(DEEPEST);
            in.skipValue();
            return in.peek() == JsonToken.END_DOCUMENT;
        } catch (IOException | IllegalStateException notJson) {
            return false;
        }
    }
}
