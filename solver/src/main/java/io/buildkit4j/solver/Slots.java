package io.buildkit4j.solver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Things by their number, each made when first asked for. Mostly there is only number 0. Safe for any thread. */
final class Slots<T> {
    private static final VarHandle FIRST = field("first", Object.class);
    private static final VarHandle OTHERS = field("others", Map.class);

    private volatile @Nullable Object first;
    private volatile @Nullable Map<Integer, T> others;

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Slots.class, name, type);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** The thing of this number; of two that are made at once one is thrown away. */
    T get(int number, IntFunction<T> making) {
        T known = known(number);
        if (known != null) {
            return known;
        }
        T made = making.apply(number);
        if (number > 0) {
            T winner = others().putIfAbsent(number, made);
            return winner == null ? made : winner;
        }
        FIRST.compareAndSet(this, null, made);
        T winner = known(0);
        return winner == null ? made : winner;
    }

    /** The thing of this number, unless nobody has asked for it. */
    @SuppressWarnings("unchecked") // nothing else is ever put there
    @Nullable
    T known(int number) {
        if (number == 0) {
            return (T) first;
        }
        Map<Integer, T> more = others;
        return more == null ? null : more.get(number);
    }

    void forEach(BiConsumer<Integer, T> action) {
        T zero = known(0);
        Map<Integer, T> more = others;
        if (zero != null) {
            action.accept(0, zero);
        }
        if (more != null) {
            more.forEach(action);
        }
    }

    private Map<Integer, T> others() {
        Map<Integer, T> known = others;
        if (known != null) {
            return known;
        }
        Map<Integer, T> made = new ConcurrentHashMap<>(2);
        OTHERS.compareAndSet(this, null, made);
        Map<Integer, T> winner = others;
        return winner == null ? made : winner;
    }
}
