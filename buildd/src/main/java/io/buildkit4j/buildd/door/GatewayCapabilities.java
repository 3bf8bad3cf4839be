package io.buildkit4j.buildd.door;

import io.buildkit4j.llb.Capabilities;
import io.buildkit4j.wire.proto.caps.APICap;
import io.buildkit4j.wire.proto.gateway.PongResponse;
import io.buildkit4j.worker.Worker;
import java.util.List;

/** What frontends are told that this daemon does. An id is added here when the thing is done, never before. */
final class GatewayCapabilities {
    private static final List<String> GATEWAY = List.of(
            "solve.base",
            "solve.inlinereturn",
            "resolveimage",
            "resolveimage.resolvemode",
            "readfile",
            "return",
            "returnmap",
            "readdir",
            "statfile",
            "importcaches",
            "proto.refarray",
            "reference.output",
            "frontend.inputs",
            "gateway.solve.metadata",
            "frontend.caps",
            "gateway.solve.evaluate",
            "gateway.evaluate",
            "gateway.warnings",
            "gateway.exec",
            "gateway.exec.extrahosts",
            "gateway.exec.secretenv",
            "gateway.exec.signals",
            "gateway.exec.filesystem",
            "source.metaresolver");

    private GatewayCapabilities() {}

    static PongResponse pong(Worker worker) {
        PongResponse.Builder pong = PongResponse.newBuilder();
        worker.crews().forEach(crew -> pong.addWorkers(WorkerRecords.record(crew, List.of())));
        GATEWAY.forEach(id -> pong.addFrontendAPICaps(enabled(id)));
        Capabilities.implemented().forEach(id -> pong.addLLBCaps(enabled(id)));
        return pong.build();
    }

    private static APICap enabled(String id) {
        return APICap.newBuilder().setID(id).setEnabled(true).build();
    }
}
