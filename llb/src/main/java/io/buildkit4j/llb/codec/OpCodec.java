package io.buildkit4j.llb.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.LlbFault;
import io.buildkit4j.llb.Op;
import io.buildkit4j.wire.proto.ops.Input;

/** One op to bytes and back. */
public final class OpCodec {
    private OpCodec() {}

    /** Deterministic bytes. */
    public static byte[] encode(Op op) {
        return OpWriter.write(op).toByteArray();
    }

    /** The op that the bytes say. */
    public static Op decode(byte[] bytes) {
        return OpReader.read(parse(bytes));
    }

    /** The attributes of a source, sorted by key. */
    public static java.util.List<io.buildkit4j.llb.Attribute> attributes(io.buildkit4j.llb.SourceId id) {
        return SourceIds.attributes(id).entrySet().stream()
                .map(entry -> new io.buildkit4j.llb.Attribute(entry.getKey(), entry.getValue()))
                .toList();
    }

    static io.buildkit4j.wire.proto.ops.Op parse(byte[] bytes) {
        try {
            return io.buildkit4j.wire.proto.ops.Op.parseFrom(bytes);
        } catch (InvalidProtocolBufferException broken) {
            throw new LlbFault(Kind.INVALID_ARGUMENT, "not an op: " + broken.getMessage(), broken);
        }
    }

    static int index(long value, String what) {
        if (value < Op.NONE || value > Integer.MAX_VALUE) {
            throw LlbFault.invalid(what + " index " + value + " is out of range");
        }
        return (int) value;
    }

    static int inputIndex(long value, int inputs, String what) {
        int index = index(value, what);
        if (index >= inputs) {
            throw LlbFault.invalid(what + " index " + value + " is out of range: there are " + inputs + " inputs");
        }
        return index;
    }

    static io.buildkit4j.llb.OpInput input(Input input) {
        if (input.getIndex() < 0 || input.getIndex() > Integer.MAX_VALUE) {
            throw LlbFault.invalid(
                    "output index " + input.getIndex() + " of input " + input.getDigest() + " is out of range");
        }
        return new io.buildkit4j.llb.OpInput(digest(input.getDigest()), (int) input.getIndex());
    }

    static io.buildkit4j.image.Digest digest(String text) {
        try {
            return io.buildkit4j.image.Digest.parse(text);
        } catch (io.buildkit4j.image.ImageFault broken) {
            throw new LlbFault(Kind.INVALID_ARGUMENT, broken.getMessage(), broken);
        }
    }
}
