package io.buildkit4j.buildd.door;

import com.google.protobuf.ByteString;
import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.build.Bridge;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.wire.Conversation;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.wire.WireStatus;
import io.buildkit4j.wire.proto.gateway.DoneMessage;
import io.buildkit4j.wire.proto.gateway.ExecMessage;
import io.buildkit4j.wire.proto.gateway.ExitMessage;
import io.buildkit4j.wire.proto.gateway.FdMessage;
import io.buildkit4j.wire.proto.gateway.InitMessage;
import io.buildkit4j.wire.proto.gateway.StartedMessage;
import io.buildkit4j.worker.ProcessExit;
import io.buildkit4j.worker.RunningProcess;
import io.buildkit4j.worker.WorkContainer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * The processes of one frontend's containers, all in one call ({@code ExecProcess}). A process is begun by {@code Init} and
 * told of in this order: {@code Started}, what it writes, {@code Exit}, {@code Done}. When the call ends before them, they are
 * killed.
 */
final class ProcessCalls {
    /** As Go's exec package has it: the process did not get as far as a code. */
    private static final int NO_CODE = 255;

    private final Bridge bridge;
    private final Conversation<ExecMessage, ExecMessage> call;
    private final Map<String, RunningProcess> processes = new HashMap<>();

    ProcessCalls(Bridge bridge, Conversation<ExecMessage, ExecMessage> call) {
        this.bridge = bridge;
        this.call = call;
    }

    void run() throws InterruptedException {
        try (TaskScope scope = TaskScope.open("processes")) {
            boolean listening = false;
            try {
                Optional<ExecMessage> message = call.read();
                while (message.isPresent()) {
                    take(message.get(), scope);
                    message = call.read();
                }
                listening = true;
            } finally {
                if (!listening) {
                    processes.values().forEach(RunningProcess::close);
                }
            }
            scope.join();
        }
    }

    private void take(ExecMessage message, TaskScope scope) throws InterruptedException {
        String id = message.getProcessID();
        switch (message.getInputCase()) {
            case INIT -> begin(id, message.getInit(), scope);
            case FILE -> feed(process(id), message.getFile());
            case RESIZE ->
                process(id)
                        .resize(
                                message.getResize().getRows(),
                                message.getResize().getCols());
            case SIGNAL -> {
                process(id).awaitStart(); // before, it would hit whoever starts it
                process(id).signal(message.getSignal().getName());
            }
            case STARTED, EXIT, DONE, INPUT_NOT_SET -> {} // not for a frontend to say
        }
    }

    private RunningProcess process(String id) {
        RunningProcess process = processes.get(id);
        if (process == null) {
            throw new DaemonFault(Kind.NOT_FOUND, "IO for process \"" + id + "\" not found");
        }
        return process;
    }

    /** A process that has ended takes nothing more, which is no failure. */
    private static void feed(RunningProcess process, FdMessage data) {
        if (data.getFd() != 0) {
            return;
        }
        try {
            data.getData().writeTo(process.input());
            process.input().flush();
            if (data.getEOF()) {
                process.input().close();
            }
        } catch (IOException | Fault ended) {
            // its exit is told by itself
        }
    }

    private void begin(String id, InitMessage init, TaskScope scope) throws InterruptedException {
        if (id.isEmpty() || processes.containsKey(id)) {
            throw new DaemonFault(
                    id.isEmpty() ? Kind.INVALID_ARGUMENT : Kind.ALREADY_EXISTS,
                    id.isEmpty() ? "ProcessID required" : "Process " + id + " already exists");
        }
        WorkContainer container = bridge.container(init.getContainerID());
        CountDownLatch told = new CountDownLatch(1);
        List<Integer> wanted = init.getFdsList();
        RunningProcess process = container.start(ContainerMessages.command(init), (stream, bytes, offset, length) -> {
            if (wanted.contains(stream)) {
                say(told, id, stream, ByteString.copyFrom(bytes, offset, length));
            }
        });
        processes.put(id, process);
        call.write(message(id).setStarted(StartedMessage.getDefaultInstance()).build());
        told.countDown();
        scope.fork(() -> {
            attend(id, init, process);
            return id;
        });
    }

    private static ExecMessage.Builder message(String process) {
        return ExecMessage.newBuilder().setProcessID(process);
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // nobody interrupts who reads a process's output
    private void say(CountDownLatch told, String id, int stream, ByteString data) {
        try {
            told.await();
            call.write(message(id)
                    .setFile(FdMessage.newBuilder().setFd(stream).setData(data))
                    .build());
        } catch (WireFault | InterruptedException gone) {
            // nobody listens, and the process is about to be killed
        }
    }

    /** Waits for the end of a process and tells of it. */
    private void attend(String id, InitMessage init, RunningProcess process) throws InterruptedException {
        ExitMessage exit = exit(init, process);
        for (int stream : init.getFdsList()) {
            if (stream > 0) {
                call.write(message(id)
                        .setFile(FdMessage.newBuilder().setFd(stream).setEOF(true))
                        .build());
            }
        }
        call.write(message(id).setExit(exit).build());
        call.write(message(id).setDone(DoneMessage.getDefaultInstance()).build());
    }

    private static ExitMessage exit(InitMessage init, RunningProcess process) throws InterruptedException {
        String line = String.join(" ", init.getMeta().getArgsList());
        try (process) {
            ProcessExit ended = process.await();
            ExitMessage.Builder exit = ExitMessage.newBuilder().setCode(ended.code());
            if (ended.code() != 0) {
                exit.setError(WireStatus.message(
                        new DaemonFault(
                                Kind.UNKNOWN,
                                "process \"" + line + "\" did not complete successfully: " + ended.describe()),
                        List.of()));
            }
            return exit.build();
        } catch (Fault failed) {
            return ExitMessage.newBuilder()
                    .setCode(NO_CODE)
                    .setError(WireStatus.message(
                            new DaemonFault(
                                    failed.kind(),
                                    "process \"" + line + "\" could not be started: " + failed.getMessage(),
                                    failed),
                            List.of()))
                    .build();
        }
    }
}
