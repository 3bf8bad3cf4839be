package io.buildkit4j.worker;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.Ingredients;
import java.util.List;
import java.util.Locale;

/**
 * Keeps out of records what people should not have put into a build, but do: the values of variables whose names speak of
 * secrets. What stands in a record instead differs when the value differs, and is too short to tell the value by.
 */
final class Hidden {
    private static final List<String> SUSPICIOUS =
            List.of("secret", "token", "password", "passwd", "credential", "private_key", "api_key", "apikey", "auth");

    private Hidden() {}

    static Ingredients.Part part(Ingredients.Part part) {
        if (!part.name().equals("environment")) {
            return part;
        }
        int equals = part.value().indexOf('=');
        String name = equals < 0 ? "" : part.value().substring(0, equals).toLowerCase(Locale.ROOT);
        if (SUSPICIOUS.stream().noneMatch(name::contains)) {
            return part;
        }
        String print = Digest.ofText(part.value()).hex().substring(0, 4);
        return new Ingredients.Part(part.name(), part.value().substring(0, equals + 1) + "(hidden " + print + ")");
    }
}
