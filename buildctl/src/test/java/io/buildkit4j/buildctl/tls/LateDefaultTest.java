package io.buildkit4j.buildctl.tls;

import static org.assertj.core.api.Assertions.assertThat;

import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

class LateDefaultTest {
    @Test
    void givesWhatTheDefaultOfTheJdkGives() throws Exception {
        SSLContext before = SSLContext.getDefault();
        try {
            LateDefault.install();
            SSLContext late = SSLContext.getDefault();
            assertThat(late).isNotSameAs(before);
            assertThat(late.createSSLEngine("registry.test", 443).getEnabledProtocols())
                    .isEqualTo(before.createSSLEngine("registry.test", 443).getEnabledProtocols());
            assertThat(late.getSupportedSSLParameters().getCipherSuites())
                    .isEqualTo(before.getSupportedSSLParameters().getCipherSuites());
            assertThat(late.getSocketFactory().getDefaultCipherSuites())
                    .isEqualTo(before.getSocketFactory().getDefaultCipherSuites());
        } finally {
            SSLContext.setDefault(before);
        }
    }
}
