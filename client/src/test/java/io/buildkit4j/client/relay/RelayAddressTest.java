package io.buildkit4j.client.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.client.ClientFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayAddressTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            docker-container://one                         | docker exec -i one buildctl dial-stdio
            docker-container://one?context=far             | docker --context far exec -i one buildctl dial-stdio
            podman-container://one                         | podman exec -i one buildctl dial-stdio
            nerdctl-container://one?namespace=n            | nerdctl --namespace n exec -i one buildctl dial-stdio
            kube-pod://pod                                 | kubectl exec -i pod -- buildctl dial-stdio
            kube-pod://pod?container=c&namespace=n&context=k | kubectl --context k --namespace n exec --container c -i pod -- buildctl dial-stdio
            ssh://host                                     | ssh -- host buildctl dial-stdio
            ssh://me@host:2222                             | ssh -p 2222 -l me -- host buildctl dial-stdio
            ssh://host/run/my.sock                         | ssh -- host buildctl --addr 'unix:///run/my.sock' dial-stdio
            """, quoteCharacter = '~')
    void anAddressIsACommand(String address, String command) {
        assertThat(RelayAddress.is(address)).isTrue();
        assertThat(String.join(" ", RelayAddress.parse(address).command())).isEqualTo(command);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker-container://",
                "docker-container://-v",
                "docker-container://one?privileged=1",
                "docker-container://one?context=--host",
                "kube-pod://pod?container=",
                "ssh://me:secret@host",
                "ssh://-oProxyCommand=x",
                "ssh://-oProxyCommand@host",
                "ssh://host name"
            })
    void nothingBecomesAnOption(String address) {
        assertThatThrownBy(() -> RelayAddress.parse(address))
                .isInstanceOf(ClientFault.class)
                .hasMessageContaining(address);
    }

    @Test
    void otherAddressesAreNotTaken() {
        assertThat(RelayAddress.is("unix:///run/x.sock")).isFalse();
        assertThat(RelayAddress.is("tcp://ssh:1")).isFalse();
        assertThat(RelayAddress.is("ssh")).isFalse();
    }
}
