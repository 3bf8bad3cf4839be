package io.buildkit4j.buildctl.tls;

import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's default SSL context, made when somebody first uses it. The gRPC library asks for the default's provider and then
 * for an engine of that provider even when it never encrypts, which reads all trusted certificates: 100 ms of each command.
 */
public final class LateDefault {
    private LateDefault() {}

    /** Makes the default of this process a late one. To be called before anything of TLS is used; for programs only. */
    public static void install() {
        SSLContext.setDefault(new Context(new Late()));
    }

    private static final class Context extends SSLContext {
        Context(Late late) {
            super(late, new Nothing(), "Default");
        }
    }

    /** The provider that is found instead of the JDK's: it offers only what is told to be unusable without being made. */
    private static final class Nothing extends Provider {
        private static final long serialVersionUID = 1;

        Nothing() {
            super("late", "1", "the default SSL context, made when it is first used");
            putService(new Service(this, "SSLContext", "TLS", Late.class.getName(), List.of(), Map.of()) {
                @Override
                public Object newInstance(@Nullable Object parameter) {
                    return new Late();
                }
            });
        }
    }

    private static final class Late extends SSLContextSpi {
        /** Made by whoever asks first. */
        private static final class Real {
            static final SSLContext CONTEXT = make();

            private static SSLContext make() {
                try {
                    return SSLContext.getInstance("Default");
                } catch (NoSuchAlgorithmException broken) {
                    throw new IllegalStateException("this JDK has no TLS: " + broken.getMessage(), broken);
                }
            }
        }

        @Override
        protected void engineInit(
                KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("the default SSL context cannot be configured");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return Real.CONTEXT.getSocketFactory();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return Real.CONTEXT.getServerSocketFactory();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return Real.CONTEXT.createSSLEngine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return Real.CONTEXT.createSSLEngine(host, port);
        }

        @Override
        protected @Nullable SSLSessionContext engineGetServerSessionContext() {
            return Real.CONTEXT.getServerSessionContext();
        }

        @Override
        protected @Nullable SSLSessionContext engineGetClientSessionContext() {
            return Real.CONTEXT.getClientSessionContext();
        }

        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            return Real.CONTEXT.getDefaultSSLParameters();
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            return Real.CONTEXT.getSupportedSSLParameters();
        }
    }
}
