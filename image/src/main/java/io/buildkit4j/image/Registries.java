package io.buildkit4j.image;

import java.net.Socket;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * All registries of the world, by the OCI distribution specification. Connections are shared by everything that is opened
 * here. Nothing of the JDK's HTTP client is loaded before the first request. Safe for any thread.
 */
public final class Registries implements AutoCloseable {
    private final Map<String, RegistryHost> hosts;
    private final Patience patience;
    /** Guards the two clients while they are made. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable HttpClient verifying;
    private @Nullable HttpClient trusting;

    /** With special ways for some hosts, by name and, where it is part of the name, port. */
    public Registries(Map<String, RegistryHost> hosts) {
        this(hosts, Patience.USUAL);
    }

    Registries(Map<String, RegistryHost> hosts, Patience patience) {
        this.hosts = Map.copyOf(hosts);
        this.patience = patience;
    }

    Patience patience() {
        return patience;
    }

    /** The repository that the reference names, to pull from. Nothing is sent yet. */
    public Repository open(Reference reference, CredentialSource credentials) {
        return new Repository(
                reference, new RegistryCalls(this, reference, credentials, "pull", host(reference.host())));
    }

    /**
     * The repository that the reference names, to push to.
     *
     * @param insecure an unverified certificate or, where there is no https, plain http will do, whatever is configured
     */
    public Repository openForPush(Reference reference, CredentialSource credentials, boolean insecure) {
        RegistryHost configured = host(reference.host());
        RegistryHost host = insecure && !configured.plainHttp() ? new RegistryHost(false, true) : configured;
        return new Repository(reference, new RegistryCalls(this, reference, credentials, "pull,push", host));
    }

    RegistryHost host(String name) {
        RegistryHost configured = hosts.get(name);
        if (configured == null && name.equals("registry-1.docker.io")) {
            configured = hosts.get(Reference.DOCKER_HUB);
        }
        return configured == null ? RegistryHost.usual(name) : configured;
    }

    HttpClient client(boolean insecure) {
        lock.lock();
        try {
            HttpClient client = insecure ? trusting : verifying;
            if (client == null) {
                HttpClient.Builder builder = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(patience.connect())
                        .executor(Executors.newVirtualThreadPerTaskExecutor());
                client = insecure ? builder.sslContext(trustAll()).build() : builder.build();
            }
            if (insecure) {
                trusting = client;
            } else {
                verifying = client;
            }
            return client;
        } finally {
            lock.unlock();
        }
    }

    private static SSLContext trustAll() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has TLS", impossible);
        }
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
            for (HttpClient client : new @Nullable HttpClient[] {verifying, trusting}) {
                if (client != null) {
                    client.shutdownNow();
                }
            }
            verifying = null;
            trusting = null;
        } finally {
            lock.unlock();
        }
    }
}
