package io.buildkit4j.image;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.PemFiles;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** One HTTP client for all hosts of the same trust, made with the first request. Safe for any thread. */
final class RegistryClients implements AutoCloseable {
    private static final char[] NO_PASSWORD = {};

    private final Duration connect;
    /** Guards the map; files are read outside of it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Way, HttpClient> clients = new HashMap<>();

    /** What tells two clients apart. */
    private record Way(boolean insecure, RegistryHost.Trust trust) {}

    RegistryClients(Duration connect) {
        this.connect = connect;
    }

    HttpClient client(RegistryHost host) {
        Way way = new Way(host.insecure(), host.trust());
        HttpClient known = known(way);
        if (known != null) {
            return known;
        }
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connect)
                .executor(Executors.newVirtualThreadPerTaskExecutor());
        if (way.insecure || !way.trust.equals(RegistryHost.Trust.USUAL)) {
            builder.sslContext(context(way));
        }
        HttpClient made = builder.build();
        lock.lock();
        try {
            known = clients.putIfAbsent(way, made);
        } finally {
            lock.unlock();
        }
        if (known == null) {
            return made;
        }
        made.shutdownNow();
        return known;
    }

    private @Nullable HttpClient known(Way way) {
        lock.lock();
        try {
            return clients.get(way);
        } finally {
            lock.unlock();
        }
    }

    private static SSLContext context(Way way) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] trusted =
                    way.insecure ? new TrustManager[] {new TrustAll()} : trusted(way.trust.authorities());
            context.init(shown(way.trust.pairs()), trusted, null);
            return context;
        } catch (IOException | GeneralSecurityException failed) {
            throw new ImageFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot set up TLS as configured for a registry: " + failed.getMessage(),
                    failed);
        }
    }

    private static TrustManager @Nullable [] trusted(Iterable<Path> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        int number = 0;
        for (Path file : authorities) {
            for (Certificate authority : PemFiles.certificates(file)) {
                store.setCertificateEntry("own-" + number++, authority);
            }
        }
        if (number == 0) {
            return null;
        }
        for (TrustManager usual : managers(null)) {
            if (usual instanceof X509TrustManager manager) {
                for (X509Certificate authority : manager.getAcceptedIssuers()) {
                    store.setCertificateEntry("usual-" + number++, authority);
                }
            }
        }
        return managers(store);
    }

    private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager @Nullable [] shown(Iterable<RegistryHost.Pair> pairs)
            throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        int number = 0;
        for (RegistryHost.Pair pair : pairs) {
            Certificate[] chain = PemFiles.certificates(pair.certificate()).toArray(Certificate[]::new);
            store.setKeyEntry("own-" + number++, PemFiles.key(pair.key()), NO_PASSWORD, chain);
        }
        if (number == 0) {
            return null;
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    /** For hosts that are configured as insecure, and no others. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Ends all connections; requests that still run fail. */
    @Override
    public void close() {
        lock.lock();
        try {
            clients.values().forEach(HttpClient::shutdownNow);
            clients.clear();
        } finally {
            lock.unlock();
        }
    }
}
