package io.buildkit4j.solver;

import io.buildkit4j.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** How keys are made of their ingredients. The formulas are part of the cache's format: a change loses every cache. */
final class Keys {
    private Keys() {}

    /**
     * What one input contributes to a vertex's key.
     *
     * @param digest a key of the input, or the digest of its content
     * @param content which of the two it is
     */
    record Slot(Digest digest, boolean content, boolean fresh) {}

    /** The key of a vertex. */
    static <R> Digest vertex(CacheMap<R> map, List<Slot> slots) {
        StringBuilder text = new StringBuilder(128 + slots.size() * 96);
        append(text.append("vertex\n"), map.digest()).append('\n');
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            if (slot.content()) {
                append(text.append("content "), slot.digest()).append('\n');
            } else {
                String selector = map.inputs().get(i).selector();
                append(text.append("key "), slot.digest()).append(' ').append(selector.length());
                text.append(' ').append(selector).append('\n');
            }
        }
        return Digest.ofText(text.toString());
    }

    private static StringBuilder append(StringBuilder text, Digest digest) {
        return text.append(digest.algorithm()).append(':').append(digest.hex());
    }

    /** The key of one output of a vertex; the first output's is the vertex's. */
    static Digest output(Digest vertexKey, int output) {
        return output == 0 ? vertexKey : Digest.ofText("output\n" + vertexKey + "\n" + output);
    }

    /** The alias that is linked to the content digest which an input key once had in this place. */
    static <R> Digest place(CacheMap<R> map, int input, Digest inputKey) {
        String selector = map.inputs().get(input).selector();
        String text = "place\n" + map.digest() + "\n" + input + "\n" + inputKey + "\n" + selector;
        return Digest.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Tells a vertex that is, or stands on, one to be run again from the same vertex without that wish. */
    static Digest again(Digest vertex, boolean ignoreCache, List<Digest> inputs) {
        return Digest.ofText("again\n" + vertex + "\n" + ignoreCache + "\n" + inputs);
    }

    /** Tells the vertices of a job that keeps to itself from those of others. */
    static Digest apart(Digest identity, String job) {
        return Digest.ofText("apart\n" + identity + "\n" + job);
    }

    /** The readable record of a vertex's key. */
    static <R> Ingredients describe(CacheMap<R> map, List<Slot> slots) {
        List<Ingredients.Part> parts = new ArrayList<>(1 + slots.size());
        parts.add(new Ingredients.Part("step", map.digest().toString()));
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            String selector = map.inputs().get(i).selector();
            parts.add(new Ingredients.Part(
                    (slot.content() ? "content of input " : "input ") + i,
                    selector.isEmpty() || slot.content() ? slot.digest().toString() : slot.digest() + " " + selector));
        }
        return new Ingredients(parts);
    }
}
