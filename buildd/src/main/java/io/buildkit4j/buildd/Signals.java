package io.buildkit4j.buildd;

import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.footing.Kind;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * SIGTERM and SIGINT. The first asks for a stop, the second for one without waiting for builds; the third ends the process at once, whatever state that leaves. A shutdown
 * hook could do neither: the JVM runs it once, and exits with the signal's number.
 */
final class Signals {
    private static final int PATIENCE = 3;

    private Signals() {}

    /** Named by reflection, because javac cannot be told not to warn of {@code sun.misc.Signal}, the JDK's only such class. */
    static void handle(CountDownLatch stop, CountDownLatch hurry, Log log) {
        AtomicInteger count = new AtomicInteger();
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object handle = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        received(count.incrementAndGet(), stop, hurry, log);
                        return null;
                    });
            for (String name : List.of("TERM", "INT")) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), handle);
            }
        } catch (ReflectiveOperationException changed) {
            throw new DaemonFault(Kind.INTERNAL, "this JDK gives no way to hear signals: " + changed, changed);
        }
    }

    private static void received(int number, CountDownLatch stop, CountDownLatch hurry, Log log) {
        log.info(number < PATIENCE ? "told to stop" : "told to stop again: exiting at once");
        stop.countDown();
        if (number > 1) {
            hurry.countDown();
        }
        if (number >= PATIENCE) {
            Runtime.getRuntime().halt(1);
        }
    }
}
