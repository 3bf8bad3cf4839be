package io.buildkit4j.wire;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.proto.fsutil.Packet;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * The receiving end of fsutil's protocol: entries come as STAT packets ended by an empty one; a REQ with an entry's number
 * asks for its content, which comes as DATA packets ended by an empty one; FIN from here and FIN back end it.
 */
final class PacketReceiver {
    private final PacketCall call;
    private final FileReceiver receiver;
    private final PacketOrder order = new PacketOrder();
    private final Map<Integer, FileStat> wanted = new HashMap<>();
    private final Map<Integer, OutputStream> open = new HashMap<>();
    private int entries;
    private boolean listed;
    private boolean finished;

    PacketReceiver(PacketCall call, FileReceiver receiver) {
        this.call = call;
        this.receiver = receiver;
    }

    /** A small entry costs more than its bytes tell. */
    static int weigh(Packet packet) {
        return 256 + packet.getData().size();
    }

    /** Returns when all has arrived and both sides have said so. */
    void run() throws InterruptedException {
        try {
            boolean more = true;
            while (more) {
                Packet packet = call.read()
                        .orElseThrow(() -> new WireFault(Kind.UNAVAILABLE, "the file transfer ended before its end"));
                more = take(packet);
            }
        } catch (Throwable thrown) {
            String message = thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
            abandon();
            refuse(message);
            throw thrown;
        }
    }

    private boolean take(Packet packet) throws InterruptedException {
        switch (packet.getType()) {
            case PACKET_STAT -> entry(packet);
            case PACKET_DATA -> data(packet);
            case PACKET_FIN -> {
                if (!finished) {
                    throw new WireFault(Kind.INVALID_ARGUMENT, "the sender finished before it was asked to");
                }
                return false;
            }
            case PACKET_ERR ->
                throw new WireFault(
                        Kind.UNKNOWN, "the sender failed: " + packet.getData().toStringUtf8());
            case PACKET_REQ, UNRECOGNIZED ->
                throw new WireFault(
                        Kind.INVALID_ARGUMENT,
                        "unexpected packet from the sender: " + packet.getType().name());
        }
        if (listed && wanted.isEmpty() && !finished) {
            receiver.finish();
            finished = true;
            call.writeNow(
                    Packet.newBuilder().setType(Packet.PacketType.PACKET_FIN).build());
        }
        return true;
    }

    private void entry(Packet packet) throws InterruptedException {
        if (!packet.hasStat()) {
            listed = true;
            return;
        }
        FileStat stat = StatCodec.decode(packet.getStat());
        order.check(stat);
        int number = entries++;
        if (receiver.entry(stat)) {
            wanted.put(number, stat);
            call.writeNow(Packet.newBuilder()
                    .setType(Packet.PacketType.PACKET_REQ)
                    .setID(number)
                    .build());
        }
    }

    private void data(Packet packet) throws InterruptedException {
        int number = packet.getID();
        FileStat stat = wanted.get(number);
        if (stat == null) {
            throw new WireFault(Kind.INVALID_ARGUMENT, "the sender sent content that was not asked for");
        }
        OutputStream out = open.get(number);
        if (out == null) {
            out = receiver.content(stat);
            open.put(number, out);
        }
        try {
            if (packet.getData().isEmpty()) {
                open.remove(number);
                wanted.remove(number);
                out.close();
            } else {
                packet.getData().writeTo(out);
            }
        } catch (IOException failed) {
            throw new WireFault(Kind.UNKNOWN, "cannot write " + stat.path() + ": " + failed.getMessage(), failed);
        }
    }

    private void abandon() {
        open.values().forEach(Quietly::close);
        open.clear();
    }

    private void refuse(String message) {
        try {
            call.writeNow(Packet.newBuilder()
                    .setType(Packet.PacketType.PACKET_ERR)
                    .setData(com.google.protobuf.ByteString.copyFromUtf8(message))
                    .build());
        } catch (RuntimeException ignored) {
            // the call is over: there is nobody left to tell
        }
    }
}
