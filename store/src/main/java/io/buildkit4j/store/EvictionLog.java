package io.buildkit4j.store;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What was removed, when and by which rule, so that a build that misses it can be told why. The newest few thousand are
 * kept; a crash may forget the latest. Safe for any thread.
 */
public final class EvictionLog {
    private static final int KEPT = 8192;
    private static final int SLACK = 1024;

    private final MetadataTable table;
    private final AtomicInteger count = new AtomicInteger(-1);

    /** Kept in this table, which is nobody else's. */
    public EvictionLog(MetadataTable table) {
        this.table = table;
    }

    /** Notes that the record was removed by the rule just now. Costs no wait for the disk. */
    public void add(String id, String rule) {
        add(new Eviction(id, Instant.now(), rule));
    }

    /** Notes a removal. */
    public void add(Eviction eviction) {
        String value = eviction.time() + " " + eviction.rule();
        table.putLater(eviction.id(), value.getBytes(StandardCharsets.UTF_8));
        if (count.get() < 0) {
            count.set(table.scan("").size());
        }
        if (count.incrementAndGet() > KEPT + SLACK) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        List<Eviction> all = table.scan("").stream()
                .map(entry -> parse(entry).orElse(new Eviction(entry.getKey(), Instant.MIN, "")))
                .sorted(Comparator.comparing(Eviction::time))
                .toList();
        int surplus = Math.max(0, all.size() - KEPT);
        all.subList(0, surplus).forEach(old -> table.removeLater(old.id()));
        count.set(all.size() - surplus);
    }

    /** When and why a record was removed, if it was and that is still known. */
    public Optional<Eviction> find(String id) {
        return table.get(id).flatMap(value -> parse(Map.entry(id, value)));
    }

    private static Optional<Eviction> parse(Map.Entry<String, byte[]> entry) {
        String text = new String(entry.getValue(), StandardCharsets.UTF_8);
        int space = text.indexOf(' ');
        try {
            return space < 0
                    ? Optional.empty()
                    : Optional.of(new Eviction(
                            entry.getKey(), Instant.parse(text.substring(0, space)), text.substring(space + 1)));
        } catch (DateTimeException damaged) {
            return Optional.empty();
        }
    }
}
