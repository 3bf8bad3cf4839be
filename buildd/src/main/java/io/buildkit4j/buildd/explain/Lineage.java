package io.buildkit4j.buildd.explain;

import io.buildkit4j.buildd.history.BuildRecord;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * By what builds are recognised as repetitions of each other.
 *
 * @param owner the client's directories, as its session calls them; empty when it does not
 * @param frontend empty for a build of a definition
 * @param options those that say what is built, as a text
 */
public record Lineage(String owner, String frontend, String options) {
    private static final List<String> TELLING = List.of("filename", "target", "context", "platform");

    /** The lineage of a build with this record. */
    public static Lineage of(String owner, BuildRecord record) {
        String options = record.options().stream()
                .filter(option -> TELLING.contains(option.name()))
                .map(option -> option.name() + "=" + option.value())
                .collect(Collectors.joining("\n"));
        return new Lineage(owner, record.frontend(), options);
    }

    /** How close a relative another build is; absent for a stranger. */
    Optional<Kinship> kinship(Lineage other) {
        if (!frontend.equals(other.frontend)) {
            return Optional.empty();
        }
        boolean alike = options.equals(other.options);
        if (owner.equals(other.owner)) {
            return Optional.of(alike ? Kinship.SAME : Kinship.VARIANT);
        }
        return alike ? Optional.of(Kinship.NAMESAKE) : Optional.empty();
    }

    /** The closest last. */
    enum Kinship {
        /** Somebody else's directories, built the same way. */
        NAMESAKE,
        /** The same directories, but another target or platform. */
        VARIANT,
        /** The same build again. */
        SAME
    }
}
