package io.buildkit4j.buildd.config;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.NearestWord;
import io.buildkit4j.store.RecordFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** Reads {@code [[worker.oci.gcpolicy]]}. */
final class Policies {
    private static final Set<String> KEYS =
            Set.of("all", "filters", "keepDuration", "reservedSpace", "maxUsedSpace", "minFreeSpace", "keepBytes");

    private Policies() {}

    /**
     * The rules in their order.
     *
     * @throws DaemonFault INVALID_ARGUMENT saying what is wrong with which, without a place
     */
    static List<Storage.Rule> parse(TomlArray array) {
        List<Storage.Rule> rules = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof TomlTable table)) {
                throw wrong("must be tables: [[worker.oci.gcpolicy]]");
            }
            rules.add(rule(table));
        }
        return rules;
    }

    private static Storage.Rule rule(TomlTable table) {
        for (String key : table.keySet()) {
            if (!KEYS.contains(key)) {
                String hint = NearestWord.to(key, KEYS)
                        .map(nearest -> "; did you mean " + nearest + "?")
                        .orElse("");
                throw wrong("has an unknown key " + key + hint);
            }
        }
        Object all = table.get("all");
        if (all != null && !(all instanceof Boolean)) {
            throw wrong("all must be true or false");
        }
        Optional<Amount> most = amount(table, "maxUsedSpace");
        return new Storage.Rule(
                Boolean.TRUE.equals(all),
                filters(table.get("filters")),
                duration(table.get("keepDuration")),
                amount(table, "reservedSpace"),
                most.isPresent() ? most : amount(table, "keepBytes"),
                amount(table, "minFreeSpace"));
    }

    private static List<String> filters(@Nullable Object value) {
        List<String> filters = new ArrayList<>();
        if (value != null) {
            if (!(value instanceof TomlArray array)) {
                throw wrong("filters must be a list of texts");
            }
            array.toList().forEach(each -> filters.add(String.valueOf(each)));
        }
        try {
            RecordFilter.parse(filters);
        } catch (Fault bad) {
            throw wrong("filters: " + bad.getMessage());
        }
        return filters;
    }

    private static Duration duration(@Nullable Object value) {
        return value == null
                ? Duration.ZERO
                : Spans.parse(value.toString())
                        .orElseThrow(() -> wrong("keepDuration must be seconds, or such as \"48h\", not " + value));
    }

    private static Optional<Amount> amount(TomlTable table, String key) {
        Object value = table.get(key);
        return value == null
                ? Optional.empty()
                : Optional.of(Amount.parse(value.toString())
                        .orElseThrow(() -> wrong(key + " must be bytes, \"10GB\" or \"20%\", not " + value)));
    }

    private static DaemonFault wrong(String message) {
        return new DaemonFault(Kind.INVALID_ARGUMENT, message);
    }
}
