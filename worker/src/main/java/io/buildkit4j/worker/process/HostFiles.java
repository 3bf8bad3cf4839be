package io.buildkit4j.worker.process;

import io.buildkit4j.worker.Isolation;
import io.buildkit4j.worker.ProcessMount;
import io.buildkit4j.worker.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** The hosts file and resolv.conf that containers see. The common ones are written once and shared by all steps. */
public final class HostFiles {
    private static final Path HOST_RESOLVER = Path.of("/etc/resolv.conf");

    private final Path directory;
    /** Guards the text below; the file is written outside of it, aside, and renamed. */
    private final ReentrantLock lock = new ReentrantLock();

    private String resolver = "\0";

    /** Writes the common ones to the directory. */
    public HostFiles(Path directory) {
        this.directory = directory;
    }

    /** Mounts for one container whose own files may go to {@code bundle}. */
    public List<ProcessMount> mounts(Isolation isolation, Path bundle) throws IOException {
        List<ProcessMount> mounts = new ArrayList<>();
        Path resolver = asItIs(isolation) ? resolver() : resolver(isolation, bundle);
        mounts.add(new ProcessMount.Bind("/etc/resolv.conf", resolver, true));
        mounts.add(new ProcessMount.Bind("/etc/hosts", hosts(isolation, bundle), true));
        return mounts;
    }

    private Path hosts(Isolation isolation, Path bundle) throws IOException {
        boolean common =
                isolation.extraHosts().isEmpty() && isolation.hostname().equals(Isolation.DEFAULT_HOSTNAME);
        Path file = common ? directory.resolve("hosts") : bundle.resolve("hosts");
        if (common && Files.exists(file)) {
            return file;
        }
        StringBuilder text = new StringBuilder("127.0.0.1\tlocalhost " + isolation.hostname() + "\n");
        text.append("::1\tlocalhost ip6-localhost ip6-loopback\n");
        for (Isolation.HostEntry entry : isolation.extraHosts()) {
            text.append(entry.address()).append('\t').append(entry.name()).append('\n');
        }
        return replace(file, text.toString());
    }

    private static boolean asItIs(Isolation isolation) {
        return switch (isolation.network()) {
            case Isolation.Network.Host host -> isolation.bounds().names().equals(WorkerSettings.Names.HOST);
            case Isolation.Network.None none -> true;
            case Isolation.Network.Inside inside -> false;
        };
    }

    /** In a network of its own a step does not reach a server on the host's loopback device. */
    private Path resolver(Isolation isolation, Path bundle) throws IOException {
        String host = Files.exists(HOST_RESOLVER) ? Files.readString(HOST_RESOLVER) : "";
        boolean inside = isolation.network() instanceof Isolation.Network.Inside;
        String text = ResolverText.of(isolation.bounds().names(), host, inside);
        return replace(bundle.resolve("resolv.conf"), text);
    }

    /** Follows changes of the host's file: a laptop that moves to another network goes on building. */
    private Path resolver() throws IOException {
        Path file = directory.resolve("resolv.conf");
        String current = Files.exists(HOST_RESOLVER) ? Files.readString(HOST_RESOLVER) : "";
        boolean changed;
        lock.lock();
        try {
            changed = !current.equals(resolver);
        } finally {
            lock.unlock();
        }
        if (changed) {
            replace(file, current);
            lock.lock();
            try {
                resolver = current;
            } finally {
                lock.unlock();
            }
        }
        return file;
    }

    private Path replace(Path file, String text) throws IOException {
        Path aside = Files.createTempFile(directory, ".new", "");
        Files.writeString(aside, text);
        if (!aside.toFile().setReadable(true, false)) {
            throw new UncheckedIOException(new IOException("cannot make " + aside + " readable"));
        }
        return Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
