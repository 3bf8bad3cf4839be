package io.buildkit4j.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.footing.Kind;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WireStatusTest {
    @Test
    void theTableIsTotalBothWays() {
        for (Kind kind : Kind.values()) {
            assertThat(WireStatus.kind(WireStatus.code(kind))).isEqualTo(kind);
        }
        Set<Status.Code> reached =
                Stream.of(Kind.values()).map(WireStatus::code).collect(Collectors.toSet());
        assertThat(reached).isEqualTo(EnumSet.complementOf(EnumSet.of(Status.Code.OK)));
    }

    @Test
    void messageAndDetailsSurviveTheWire() {
        FaultDetail detail = FaultDetail.of("Vertex", "{\"digest\":\"sha256:é\"}");
        StatusRuntimeException status =
                WireStatus.of(new WireFault(Kind.NOT_FOUND, "no such thing", List.of(detail), null));
        assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        WireFault back = WireStatus.fault(status);
        assertThat(back.kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(back).hasMessage("no such thing");
        assertThat(back.details()).containsExactly(detail);
        assertThat(back.details().getFirst().is("Vertex")).isTrue();
    }

    @Test
    void cancellationIsTold() {
        assertThat(WireStatus.of(new InterruptedException()).getStatus().getCode())
                .isEqualTo(Status.Code.CANCELLED);
    }
}
