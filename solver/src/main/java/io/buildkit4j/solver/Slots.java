package io.buildkit4j.solver;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Things by their number, each made when first asked for. Mostly there is only number 0. Safe for any thread. */
final class Slots<T> {
    private final AtomicReference<@Nullable T> first = new AtomicReference<>();
    private final AtomicReference<@Nullable Map<Integer, T>> others = new AtomicReference<>();

    /** The thing of this number; of two that are made at once one is thrown away. */
    T get(int number, IntFunction<T> making) {
        T known = number == 0 ? first.get() : others().get(number);
        if (known != null) {
            return known;
        }
        T made = making.apply(number);
        T winner = number == 0 ? first.compareAndExchange(null, made) : others().putIfAbsent(number, made);
        return winner == null ? made : winner;
    }

    /** The thing of this number, unless nobody has asked for it. */
    @Nullable
    T known(int number) {
        Map<Integer, T> more = others.get();
        if (number == 0) {
            return first.get();
        }
        return more == null ? null : more.get(number);
    }

    void forEach(BiConsumer<Integer, T> action) {
        T zero = first.get();
        Map<Integer, T> more = others.get();
        if (zero != null) {
            action.accept(0, zero);
        }
        if (more != null) {
            more.forEach(action);
        }
    }

    private Map<Integer, T> others() {
        Map<Integer, T> known = others.get();
        if (known != null) {
            return known;
        }
        Map<Integer, T> made = new ConcurrentHashMap<>(2);
        Map<Integer, T> winner = others.compareAndExchange(null, made);
        return winner == null ? made : winner;
    }
}
