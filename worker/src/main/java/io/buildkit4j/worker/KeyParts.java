package io.buildkit4j.worker;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.Ingredients;
import io.buildkit4j.solver.InputRule;
import io.buildkit4j.store.Ref;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** Gathers what goes into a key. The key's digest is that of the record, so the record can never be silent about a part. */
final class KeyParts {
    private final List<Ingredients.Part> parts = new ArrayList<>();

    /** The first part says what kind of step it is. */
    KeyParts(String kind) {
        add("step", kind);
    }

    KeyParts add(String name, Object value) {
        parts.add(new Ingredients.Part(name, value.toString()));
        return this;
    }

    /** Left out when empty, so that what is not set makes no difference. */
    KeyParts given(String name, String value) {
        return value.isEmpty() ? this : add(name, value);
    }

    KeyParts each(String name, List<?> values) {
        values.forEach(value -> add(name, value));
        return this;
    }

    /** The record of the parts; what may be a secret is told apart in it, but not told. */
    Ingredients ingredients() {
        return new Ingredients(parts.stream().map(Hidden::part).toList());
    }

    /** Lengths go in with the texts: no two lists of parts give the same bytes. */
    Digest digest() {
        MessageDigest hash = Digest.sha256();
        for (Ingredients.Part part : parts) {
            feed(hash, part.name());
            feed(hash, part.value());
        }
        return Digest.ofHash(hash.digest());
    }

    private static void feed(MessageDigest hash, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        hash.update(bytes);
    }

    InputRule.Keyed keyed() {
        return new InputRule.Keyed(digest(), ingredients());
    }

    CacheMap<Ref> last(List<InputRule<Ref>> inputs) {
        return new CacheMap<>(digest(), ingredients(), inputs, true);
    }

    CacheMap<Ref> first(List<InputRule<Ref>> inputs) {
        return new CacheMap<>(digest(), ingredients(), inputs, false);
    }
}
