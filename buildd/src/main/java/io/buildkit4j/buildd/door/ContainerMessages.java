package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.build.Bridge;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.Op;
import io.buildkit4j.wire.proto.gateway.InitMessage;
import io.buildkit4j.wire.proto.gateway.NewContainerRequest;
import io.buildkit4j.wire.proto.ops.ExecOp;
import io.buildkit4j.wire.proto.ops.Input;
import io.buildkit4j.wire.proto.ops.Meta;
import io.buildkit4j.wire.proto.ops.Mount;
import io.buildkit4j.worker.RunningProcess;
import io.buildkit4j.worker.WorkContainer;
import java.util.ArrayList;
import java.util.List;

/** Containers and their processes, as messages. Both are read as the step that they are like. */
final class ContainerMessages {
    /** What the codec asks of an input and nobody looks at. */
    private static final String NOBODY = "sha256:" + "0".repeat(64);

    private ContainerMessages() {}

    static Bridge.ContainerOrder order(NewContainerRequest request) {
        if (request.getContainerID().isEmpty()) {
            throw new DaemonFault(Kind.INVALID_ARGUMENT, "a container has no id");
        }
        List<String> trees = new ArrayList<>();
        ExecOp.Builder exec = ExecOp.newBuilder()
                .setNetwork(request.getNetwork())
                .setMeta(Meta.newBuilder()
                        .setHostname(request.getHostname())
                        .addAllExtraHosts(request.getExtraHostsList()));
        for (Mount mount : request.getMountsList()) {
            int input = Op.NONE;
            if (!mount.getResultID().isEmpty()) {
                input = trees.size();
                trees.add(mount.getResultID());
            }
            exec.addMounts(mount.toBuilder().setInput(input).setOutput(Op.NONE));
        }
        return new Bridge.ContainerOrder(request.getContainerID(), step(exec, trees.size()), trees);
    }

    private static Op.Exec step(ExecOp.Builder exec, int inputs) {
        var op = io.buildkit4j.wire.proto.ops.Op.newBuilder().setExec(exec);
        for (int i = 0; i < inputs; i++) {
            op.addInputs(Input.newBuilder().setDigest(NOBODY));
        }
        return (Op.Exec) Op.decode(op.build().toByteArray());
    }

    static WorkContainer.Command command(InitMessage init) {
        Op.Exec asked = step(
                ExecOp.newBuilder()
                        .setMeta(init.getMeta())
                        .setSecurity(init.getSecurity())
                        .addAllSecretenv(init.getSecretenvList()),
                0);
        RunningProcess.Streams streams = init.getTty()
                ? RunningProcess.Streams.TERMINAL
                : init.getFdsList().contains(0) ? RunningProcess.Streams.PIPED : RunningProcess.Streams.SILENT;
        return new WorkContainer.Command(asked.meta(), asked.security(), asked.secrets(), streams);
    }
}
