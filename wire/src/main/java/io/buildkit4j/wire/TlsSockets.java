package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.PemFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Encrypts connections: TLS 1.2 or later with HTTP/2 agreed on in the handshake, which Go's clients insist on. */
final class TlsSockets {
    private static final char[] NO_PASSWORD = {};
    private static final String HTTP2 = "h2";

    private final SSLContext context;
    private final boolean authenticates;

    private TlsSockets(TlsFiles files) {
        authenticates = files.authorities().isPresent();
        try {
            context = SSLContext.getInstance("TLS");
            context.init(keys(files), trusted(files.authorities()), null);
        } catch (GeneralSecurityException | IOException failed) {
            throw new WireFault(Kind.INVALID_ARGUMENT, "cannot set up TLS: " + failed.getMessage(), failed);
        }
    }

    static TlsSockets of(TlsFiles files) {
        return new TlsSockets(files);
    }

    /** For clients that make their own sockets. */
    SSLContext context() {
        return context;
    }

    private static KeyManager @Nullable [] keys(TlsFiles files) throws GeneralSecurityException, IOException {
        if (files.certificate().isEmpty() || files.key().isEmpty()) {
            if (files.certificate().isPresent() || files.key().isPresent()) {
                throw new WireFault(Kind.INVALID_ARGUMENT, "a TLS certificate and its key must be given together");
            }
            return null;
        }
        List<Certificate> chain = PemFiles.certificates(files.certificate().get());
        KeyStore store = empty();
        store.setKeyEntry("own", PemFiles.key(files.key().get()), NO_PASSWORD, chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static TrustManager @Nullable [] trusted(Optional<Path> authorities)
            throws GeneralSecurityException, IOException {
        if (authorities.isEmpty()) {
            return null;
        }
        KeyStore store = empty();
        int number = 0;
        for (Certificate authority : PemFiles.certificates(authorities.get())) {
            store.setCertificateEntry("authority-" + number++, authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    /** The daemon's side of a connection. The handshake is made by whoever first reads. */
    Socket accepted(Socket plain) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "client", 0, true);
        socket.setUseClientMode(false);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {HTTP2});
        parameters.setNeedClientAuth(authenticates);
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** The client's side; the daemon's certificate is verified now. */
    Socket connected(Socket plain, String host, int port) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {HTTP2});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
            return socket;
        } catch (IOException refused) {
            Quietly.close(plain);
            throw refused;
        }
    }
}
