package io.buildkit4j.wire;

import com.google.protobuf.Any;
import com.google.protobuf.UnsafeByteOperations;
import io.buildkit4j.wire.proto.containerd.containers.Container;
import io.buildkit4j.wire.proto.containerd.containers.ContainersGrpc;
import io.buildkit4j.wire.proto.containerd.containers.CreateContainerRequest;
import io.buildkit4j.wire.proto.containerd.containers.DeleteContainerRequest;
import io.buildkit4j.wire.proto.containerd.containers.ListContainersRequest;
import io.buildkit4j.wire.proto.containerd.tasks.CloseIORequest;
import io.buildkit4j.wire.proto.containerd.tasks.CreateTaskRequest;
import io.buildkit4j.wire.proto.containerd.tasks.DeleteProcessRequest;
import io.buildkit4j.wire.proto.containerd.tasks.DeleteTaskRequest;
import io.buildkit4j.wire.proto.containerd.tasks.ExecProcessRequest;
import io.buildkit4j.wire.proto.containerd.tasks.KillRequest;
import io.buildkit4j.wire.proto.containerd.tasks.ResizePtyRequest;
import io.buildkit4j.wire.proto.containerd.tasks.StartRequest;
import io.buildkit4j.wire.proto.containerd.tasks.TasksGrpc;
import io.buildkit4j.wire.proto.containerd.tasks.WaitRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * containerd's containers and tasks. A container is a description; a task is its first process, in the care of a shim that
 * outlives containerd; a process beside it has a name of its own, and the first one's is the empty text.
 */
public final class ContainerdTasks {
    /** What containerd calls a runtime specification, and one process of it. */
    private static final String SPECIFICATION = "types.containerd.io/opencontainers/runtime-spec/1/Spec";

    private static final String PROCESS = "types.containerd.io/opencontainers/runtime-spec/1/Process";

    private final Containerd containerd;

    ContainerdTasks(Containerd containerd) {
        this.containerd = containerd;
    }

    /**
     * Paths of the fifos that the shim opens; an empty one is no stream.
     *
     * @param terminal one for input and output; the last path is empty then
     */
    public record Streams(String input, String output, String errors, boolean terminal) {}

    /** Which process: of a container, by the name that it has there. */
    public record Id(String container, String process) {
        /** The container's first. */
        public static Id first(String container) {
            return new Id(container, "");
        }

        private boolean isFirst() {
            return process.isEmpty();
        }
    }

    private TasksGrpc.TasksBlockingV2Stub tasks() {
        return TasksGrpc.newBlockingV2Stub(containerd.channel());
    }

    private ContainersGrpc.ContainersBlockingV2Stub containers() {
        return ContainersGrpc.newBlockingV2Stub(containerd.channel());
    }

    private static Any any(String type, String json) {
        return Any.newBuilder()
                .setTypeUrl(type)
                .setValue(UnsafeByteOperations.unsafeWrap(json.getBytes(StandardCharsets.UTF_8)))
                .build();
    }

    /**
     * Describes a container.
     *
     * @param runtime such as {@code io.containerd.runc.v2}
     * @param specification JSON as the OCI runtime specification has it
     */
    public void describe(String id, Map<String, String> labels, String runtime, String specification)
            throws InterruptedException {
        Container container = Container.newBuilder()
                .setId(id)
                .putAllLabels(labels)
                .setRuntime(Container.Runtime.newBuilder().setName(runtime))
                .setSpec(any(SPECIFICATION, specification))
                .build();
        containerd.ask(() -> containers()
                .create(CreateContainerRequest.newBuilder()
                        .setContainer(container)
                        .build()));
    }

    /** Ids of the containers with this label. */
    public List<String> withLabel(String name, String value) throws InterruptedException {
        String filter = "labels.\"" + name + "\"==\"" + value + "\"";
        return containerd
                .ask(() -> containers()
                        .list(ListContainersRequest.newBuilder()
                                .addFilters(filter)
                                .build()))
                .getContainersList()
                .stream()
                .map(Container::getId)
                .toList();
    }

    /** Forgets the description, whose task is gone. */
    public void forget(String id) throws InterruptedException {
        containerd.unlessGone(() -> containers()
                .delete(DeleteContainerRequest.newBuilder().setId(id).build()));
    }

    /** Makes the container's task, all but its process; answers the number that its process has. */
    public int create(String id, Streams streams) throws InterruptedException {
        return containerd
                .ask(() -> tasks().create(CreateTaskRequest.newBuilder()
                        .setContainerId(id)
                        .setStdin(streams.input())
                        .setStdout(streams.output())
                        .setStderr(streams.errors())
                        .setTerminal(streams.terminal())
                        .build()))
                .getPid();
    }

    /** Makes another process, all but starts it. */
    public void add(Id id, Streams streams, String process) throws InterruptedException {
        containerd.ask(() -> tasks().exec(ExecProcessRequest.newBuilder()
                .setContainerId(id.container())
                .setExecId(id.process())
                .setStdin(streams.input())
                .setStdout(streams.output())
                .setStderr(streams.errors())
                .setTerminal(streams.terminal())
                .setSpec(any(PROCESS, process))
                .build()));
    }

    /** Starts it; answers its number. */
    public int start(Id id) throws InterruptedException {
        return containerd
                .ask(() -> tasks().start(StartRequest.newBuilder()
                        .setContainerId(id.container())
                        .setExecId(id.process())
                        .build()))
                .getPid();
    }

    /** Waits for its end; answers its exit code, or 128 and the number of the signal that ended it. */
    public int await(Id id) throws InterruptedException {
        return containerd
                .ask(() -> tasks().wait(WaitRequest.newBuilder()
                        .setContainerId(id.container())
                        .setExecId(id.process())
                        .build()))
                .getExitStatus();
    }

    /** Sends it a signal, unless it has ended. */
    public void signal(Id id, int number) throws InterruptedException {
        containerd.unlessGone(() -> tasks().kill(KillRequest.newBuilder()
                .setContainerId(id.container())
                .setExecId(id.process())
                .setSignal(number)
                .build()));
    }

    /** Sets the size of its terminal. */
    public void resize(Id id, int rows, int columns) throws InterruptedException {
        containerd.unlessGone(() -> tasks().resizePty(ResizePtyRequest.newBuilder()
                .setContainerId(id.container())
                .setExecId(id.process())
                .setHeight(rows)
                .setWidth(columns)
                .build()));
    }

    /** Its input has ended. */
    public void endInput(Id id) throws InterruptedException {
        containerd.unlessGone(() -> tasks().closeIO(CloseIORequest.newBuilder()
                .setContainerId(id.container())
                .setExecId(id.process())
                .setStdin(true)
                .build()));
    }

    /** Removes what is left of it after its end. */
    public void remove(Id id) throws InterruptedException {
        if (id.isFirst()) {
            containerd.unlessGone(() -> tasks().delete(DeleteTaskRequest.newBuilder()
                    .setContainerId(id.container())
                    .build()));
        } else {
            containerd.unlessGone(() -> tasks().deleteProcess(DeleteProcessRequest.newBuilder()
                    .setContainerId(id.container())
                    .setExecId(id.process())
                    .build()));
        }
    }
}
