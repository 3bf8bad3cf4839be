package io.buildkit4j.buildd;

import io.buildkit4j.buildd.config.Configuration;
import io.buildkit4j.buildd.door.Services;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.Listener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A running daemon: a {@link House} and the addresses that lead to it. Closing it takes no further calls, interrupts the
 * builds, waits for their cleaning up, and closes the house.
 */
final class Daemon implements AutoCloseable {
    private final House house;

    /** Held, because the JDK forgets the level of a logger that nobody holds. */
    private final Logger transport = Logger.getLogger("io.grpc");

    private final List<Listener> listeners = new ArrayList<>();

    private Daemon(House house, boolean debugging) {
        this.house = house;
        // the library reports every client that goes away without a farewell, with a stack trace
        transport.setLevel(debugging ? Level.INFO : Level.OFF);
    }

    /**
     * Starts; when this returns, clients can connect.
     *
     * @throws io.buildkit4j.footing.Fault naming the address, directory or other daemon that stands in the way
     */
    static Daemon start(Configuration configuration, Parts parts, Log log) throws InterruptedException {
        List<Address> addresses =
                configuration.addresses().stream().map(Address::parse).toList();
        Daemon daemon = new Daemon(House.open(configuration, parts, log), log.debugging());
        try {
            for (Address address : addresses) {
                Listener listener =
                        Listener.open(address, configuration.certificates(), Services.of(daemon.house.rooms()));
                daemon.listeners.add(listener);
                log.info("running server on " + listener.address());
            }
            return daemon;
        } catch (RuntimeException failed) {
            daemon.close();
            throw failed;
        }
    }

    /** Where it listens, with real ports. */
    List<Address> addresses() {
        return listeners.stream().map(Listener::address).toList();
    }

    /** Takes no further builds and waits for those that run, so long at most. Their clients are still served. */
    void drain(Duration patience) throws InterruptedException {
        house.rooms().builds().drain(patience);
    }

    @Override
    public void close() {
        // builds first, while their clients can still be told
        house.rooms().builds().close();
        listeners.reversed().forEach(Listener::close);
        house.close();
    }
}
