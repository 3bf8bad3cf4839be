package io.buildkit4j.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.TaskScope;
import io.buildkit4j.wire.proto.fsutil.Packet;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/** The sending end of fsutil's protocol: see {@link PacketReceiver}. Contents are read in parallel. */
final class PacketSender {
    private static final int READERS = 4;
    private static final int CHUNK = 64 << 10;
    private static final Packet END_OF_LIST =
            Packet.newBuilder().setType(Packet.PacketType.PACKET_STAT).build();

    private record Wanted(int number, FileStat stat) {}

    private final PacketCall call;
    private final FileSource source;
    private final Map<Integer, FileStat> offered = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<Optional<Wanted>> requests = new LinkedBlockingQueue<>();
    private int entries;

    PacketSender(PacketCall call, FileSource source) {
        this.call = call;
        this.source = source;
    }

    static int weigh(Packet packet) {
        return 64 + packet.getData().size();
    }

    /** Returns when the receiver has all it wants. */
    void run() throws InterruptedException {
        try (TaskScope scope = TaskScope.open("send-files")) {
            scope.fork(() -> {
                walk();
                return true;
            });
            for (int i = 0; i < READERS; i++) {
                scope.fork(() -> {
                    sendContents();
                    return true;
                });
            }
            scope.fork(() -> {
                takeRequests();
                return true;
            });
            scope.join();
        } catch (RuntimeException failed) {
            refuse(failed);
            throw failed;
        }
    }

    private void walk() throws InterruptedException {
        source.walk(stat -> {
            if (stat.isFile()) {
                offered.put(entries, stat);
            }
            entries++;
            call.write(Packet.newBuilder()
                    .setType(Packet.PacketType.PACKET_STAT)
                    .setStat(StatCodec.encode(stat))
                    .build());
        });
        call.write(END_OF_LIST);
    }

    private void takeRequests() throws InterruptedException {
        boolean more = true;
        while (more) {
            Packet packet = call.read()
                    .orElseThrow(() -> new WireFault(Kind.UNAVAILABLE, "the receiver ended before the files' end"));
            switch (packet.getType()) {
                case PACKET_REQ -> request(packet.getID());
                case PACKET_FIN -> more = false;
                case PACKET_ERR ->
                    throw new WireFault(
                            Kind.UNKNOWN,
                            "the receiver failed: " + packet.getData().toStringUtf8());
                case PACKET_STAT, PACKET_DATA, UNRECOGNIZED ->
                    throw new WireFault(
                            Kind.INVALID_ARGUMENT,
                            "unexpected packet from the receiver: "
                                    + packet.getType().name());
            }
        }
        for (int i = 0; i < READERS; i++) {
            requests.add(Optional.empty());
        }
        call.writeNow(Packet.newBuilder().setType(Packet.PacketType.PACKET_FIN).build());
    }

    private void request(int number) {
        FileStat stat = offered.remove(number);
        if (stat == null) {
            throw new WireFault(Kind.INVALID_ARGUMENT, "the receiver asked for a file that was not offered: " + number);
        }
        requests.add(Optional.of(new Wanted(number, stat)));
    }

    private void sendContents() throws InterruptedException {
        Optional<Wanted> wanted = requests.take();
        while (wanted.isPresent()) {
            send(wanted.get());
            wanted = requests.take();
        }
    }

    private void send(Wanted wanted) throws InterruptedException {
        try (InputStream in = source.open(wanted.stat.path())) {
            int chunk = Math.clamp(wanted.stat.size() + 1, 512, CHUNK);
            int length = 0;
            while (length >= 0) {
                byte[] bytes = new byte[chunk];
                length = in.readNBytes(bytes, 0, chunk);
                if (length > 0) {
                    data(wanted.number, UnsafeByteOperations.unsafeWrap(bytes, 0, length));
                }
                length = length < chunk ? -1 : length;
            }
        } catch (IOException failed) {
            throw new WireFault(Kind.UNKNOWN, "cannot read " + wanted.stat.path() + ": " + failed.getMessage(), failed);
        }
        data(wanted.number, ByteString.EMPTY);
    }

    private void data(int number, ByteString bytes) throws InterruptedException {
        call.write(Packet.newBuilder()
                .setType(Packet.PacketType.PACKET_DATA)
                .setID(number)
                .setData(bytes)
                .build());
    }

    private void refuse(RuntimeException failed) {
        try {
            call.writeNow(Packet.newBuilder()
                    .setType(Packet.PacketType.PACKET_ERR)
                    .setData(ByteString.copyFromUtf8(String.valueOf(failed.getMessage())))
                    .build());
        } catch (RuntimeException ignored) {
            // the call is over: there is nobody left to tell
        }
    }
}
