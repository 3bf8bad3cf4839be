package io.buildkit4j.client.door;

import com.google.protobuf.ByteString;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.GatewayContainer;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.Conversation;
import io.buildkit4j.wire.WireFault;
import io.buildkit4j.wire.WireStatus;
import io.buildkit4j.wire.proto.gateway.ExecMessage;
import io.buildkit4j.wire.proto.gateway.ExitMessage;
import io.buildkit4j.wire.proto.gateway.FdMessage;
import io.buildkit4j.wire.proto.gateway.InitMessage;
import io.buildkit4j.wire.proto.gateway.LLBBridgeGrpc;
import io.buildkit4j.wire.proto.gateway.ResizeMessage;
import io.buildkit4j.wire.proto.gateway.SignalMessage;
import io.grpc.Channel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Optional;

/** One process of a container: a call of {@code ExecProcess} for it alone. */
final class ProcessConversation implements GatewayContainer.ContainerProcess {
    /** The process did not get as far as an exit code. */
    private static final int NO_CODE = 255;

    private final String id = Solving.newReference();
    private final Conversation<ExecMessage, ExecMessage> call;
    private final GatewayContainer.Output output;

    private ProcessConversation(Conversation<ExecMessage, ExecMessage> call, GatewayContainer.Output output) {
        this.call = call;
        this.output = output;
    }

    static ProcessConversation start(Channel channel, InitMessage init, GatewayContainer.Output output)
            throws InterruptedException {
        Conversation<ExecMessage, ExecMessage> call = Conversation.open(
                channel,
                LLBBridgeGrpc.getExecProcessMethod(),
                message -> 256 + message.getFile().getData().size());
        ProcessConversation process = new ProcessConversation(call, output);
        boolean started = false;
        try {
            call.write(process.message().setInit(init).build());
            Optional<ExecMessage> first = call.read();
            if (first.isEmpty() || !first.get().hasStarted()) {
                throw new ClientFault(Kind.UNKNOWN, "the daemon did not start the process");
            }
            started = true;
            return process;
        } catch (WireFault failed) {
            throw Faults.own(failed);
        } finally {
            if (!started) {
                process.close();
            }
        }
    }

    private ExecMessage.Builder message() {
        return ExecMessage.newBuilder().setProcessID(id);
    }

    private void say(ExecMessage.Builder message) throws InterruptedException {
        try {
            call.write(message.build());
        } catch (WireFault gone) {
            throw Faults.own(gone);
        }
    }

    @Override
    public OutputStream input() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                send(FdMessage.newBuilder().setData(ByteString.copyFrom(bytes, offset, length)));
            }

            @Override
            public void close() throws IOException {
                send(FdMessage.newBuilder().setEOF(true));
            }
        };
    }

    private void send(FdMessage.Builder data) throws IOException {
        try {
            call.write(message().setFile(data).build());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while writing to a process");
        } catch (WireFault gone) {
            throw new IOException("the process is gone: " + gone.getMessage(), gone);
        }
    }

    @Override
    public void resize(int rows, int columns) throws InterruptedException {
        say(message().setResize(ResizeMessage.newBuilder().setRows(rows).setCols(columns)));
    }

    @Override
    public void signal(String name) throws InterruptedException {
        say(message().setSignal(SignalMessage.newBuilder().setName(name)));
    }

    @Override
    public int await() throws InterruptedException {
        try {
            Optional<ExitMessage> exit = Optional.empty();
            Optional<ExecMessage> next = call.read();
            while (next.isPresent() && !next.get().hasDone()) {
                ExecMessage message = next.get();
                if (message.hasFile() && !message.getFile().getData().isEmpty()) {
                    output.write(
                            message.getFile().getFd(),
                            message.getFile().getData().toByteArray());
                }
                exit = message.hasExit() ? Optional.of(message.getExit()) : exit;
                next = call.read();
            }
            return code(exit.orElseThrow(() -> new ClientFault(Kind.UNKNOWN, "the daemon lost the process")));
        } catch (WireFault lost) {
            throw Faults.own(lost);
        }
    }

    private static int code(ExitMessage exit) {
        if (exit.getCode() == NO_CODE && exit.hasError()) {
            throw Faults.own(WireStatus.fault(exit.getError()));
        }
        return exit.getCode();
    }

    @Override
    public void close() {
        call.close();
    }
}
