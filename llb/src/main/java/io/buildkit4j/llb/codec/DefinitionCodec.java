package io.buildkit4j.llb.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.LlbFault;
import io.buildkit4j.llb.OpInput;
import io.buildkit4j.llb.OpMetadata;
import io.buildkit4j.wire.proto.ops.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Definitions to bytes and back. */
public final class DefinitionCodec {
    /** More than any message that the doors let through could hold. */
    private static final int MAX_OPS = 1 << 20;

    private static final int MAX_OP_BYTES = 64 << 20;

    private DefinitionCodec() {}

    /** Deterministic bytes. */
    public static byte[] encode(Definition definition) {
        return message(definition).toByteArray();
    }

    /** The definition that the bytes say; no op at all is the empty tree. */
    public static Definition decode(byte[] bytes) {
        try {
            return read(io.buildkit4j.wire.proto.ops.Definition.parseFrom(bytes));
        } catch (InvalidProtocolBufferException broken) {
            throw new LlbFault(
                    Kind.INVALID_ARGUMENT,
                    "not a definition of " + bytes.length + " bytes: " + broken.getMessage(),
                    broken);
        }
    }

    static io.buildkit4j.wire.proto.ops.Definition message(Definition definition) {
        io.buildkit4j.wire.proto.ops.Definition.Builder out = io.buildkit4j.wire.proto.ops.Definition.newBuilder();
        definition.entries().forEach(entry -> out.addDef(ByteString.copyFrom(entry.bytes())));
        new TreeMap<>(definition.metadata())
                .forEach((digest, metadata) -> out.putMetadata(digest.toString(), MetadataCodec.write(metadata)));
        if (!definition.sources().equals(io.buildkit4j.llb.SourceMap.none())) {
            out.setSource(SourceMapCodec.write(definition.sources()));
        }
        return out.build();
    }

    static Definition read(io.buildkit4j.wire.proto.ops.Definition in) {
        if (in.getDefCount() > MAX_OPS) {
            throw LlbFault.invalid("definition of " + in.getDefCount() + " ops: more than " + MAX_OPS);
        }
        List<Definition.Entry> entries = new ArrayList<>(in.getDefCount());
        for (int i = 0; i < in.getDefCount(); i++) {
            entries.add(entry(in.getDef(i), i, i == in.getDefCount() - 1));
        }
        Map<Digest, OpMetadata> metadata = HashMap.newHashMap(in.getMetadataCount());
        in.getMetadataMap().forEach((digest, said) -> metadata.put(OpCodec.digest(digest), MetadataCodec.read(said)));
        return Definition.of(
                entries,
                metadata,
                in.hasSource() ? SourceMapCodec.read(in.getSource()) : io.buildkit4j.llb.SourceMap.none());
    }

    private static Definition.Entry entry(ByteString raw, int place, boolean last) {
        if (raw.size() > MAX_OP_BYTES) {
            throw LlbFault.invalid(
                    "invalid definition: entry " + place + " has " + raw.size() + " bytes, more than " + MAX_OP_BYTES);
        }
        byte[] bytes = raw.toByteArray();
        try {
            Op op = OpCodec.parse(bytes);
            if (op.getOpCase() == Op.OpCase.OP_NOT_SET && last) {
                List<OpInput> inputs =
                        op.getInputsList().stream().map(OpCodec::input).toList();
                return Definition.Entry.terminal(bytes, inputs);
            }
            return Definition.Entry.of(bytes, OpReader.read(op));
        } catch (LlbFault broken) {
            throw new LlbFault(
                    broken.kind(),
                    "invalid definition: entry " + place + " (" + Digest.of(bytes) + "): " + broken.getMessage(),
                    broken);
        }
    }

    /** The last entry of a definition with these results. */
    public static Definition.Entry terminal(List<OpInput> inputs) {
        Op.Builder op = Op.newBuilder();
        inputs.forEach(input -> op.addInputs(io.buildkit4j.wire.proto.ops.Input.newBuilder()
                .setDigest(input.digest().toString())
                .setIndex(input.index())));
        return Definition.Entry.terminal(op.build().toByteArray(), inputs);
    }
}
