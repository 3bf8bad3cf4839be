package io.buildkit4j.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.wire.proto.fsutil.Packet;
import java.util.Optional;

/** A call that carries packets. FileSend carries packets or plain bytes under one name, so there they come as raw messages. */
interface PacketCall {
    /** See {@link Duplex#read}. */
    Optional<Packet> read() throws InterruptedException;

    /** See {@link Duplex#write}. */
    void write(Packet packet) throws InterruptedException;

    /** See {@link Duplex#writeNow}. */
    void writeNow(Packet packet);

    static PacketCall of(Duplex<Packet, Packet> call) {
        return new PacketCall() {
            @Override
            public Optional<Packet> read() throws InterruptedException {
                return call.read();
            }

            @Override
            public void write(Packet packet) throws InterruptedException {
                call.write(packet);
            }

            @Override
            public void writeNow(Packet packet) {
                call.writeNow(packet);
            }
        };
    }

    static PacketCall raw(Duplex<byte[], byte[]> call) {
        return new PacketCall() {
            @Override
            public Optional<Packet> read() throws InterruptedException {
                return call.read().map(PacketCall::parsed);
            }

            @Override
            public void write(Packet packet) throws InterruptedException {
                call.write(packet.toByteArray());
            }

            @Override
            public void writeNow(Packet packet) {
                call.writeNow(packet.toByteArray());
            }
        };
    }

    private static Packet parsed(byte[] message) {
        try {
            return Packet.parseFrom(message);
        } catch (InvalidProtocolBufferException garbled) {
            throw new WireFault(Kind.INVALID_ARGUMENT, "not a packet: " + garbled.getMessage(), garbled);
        }
    }
}
