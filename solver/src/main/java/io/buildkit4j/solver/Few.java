package io.buildkit4j.solver;

import java.util.ArrayList;
import java.util.List;

/** Lists that mostly have one element and are replaced rather than changed: a hundred thousand of them are kept at once. */
final class Few {
    private Few() {}

    /** A list with one element more. */
    static <T> List<T> with(List<T> known, T more) {
        if (known.isEmpty()) {
            return List.of(more);
        }
        List<T> all = new ArrayList<>(known.size() + 1);
        all.addAll(known);
        all.add(more);
        return List.copyOf(all);
    }

    /** A list without this element. */
    static <T> List<T> without(List<T> known, T less) {
        if (known.size() == 1) {
            return known.getFirst().equals(less) ? List.of() : known;
        }
        return known.stream().filter(one -> !one.equals(less)).toList();
    }
}
