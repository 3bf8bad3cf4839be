package io.buildkit4j.buildctl.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.buildctl.UsageFault;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldsTest {
    @Test
    void readsPairsWithQuotedCommas() {
        assertThat(Fields.parse("output", "type=image,\"name=a,b\",push=true"))
                .containsExactly(Map.entry("type", "image"), Map.entry("name", "a,b"), Map.entry("push", "true"));
        assertThat(Fields.parse("output", "TYPE=local,dest=a=b,\"annotation.x=say \"\"hi\"\"\""))
                .containsExactly(
                        Map.entry("type", "local"), Map.entry("dest", "a=b"), Map.entry("annotation.x", "say \"hi\""));
    }

    @Test
    void namesWhatItCannotRead() {
        assertThatThrownBy(() -> Fields.parse("output", "type=oci,bare"))
                .isInstanceOf(UsageFault.class)
                .hasMessageContaining("--output")
                .hasMessageContaining("bare");
        assertThatThrownBy(() -> Fields.parse("output", "\"type=oci")).hasMessageContaining("not closed");
    }
}
