package io.buildkit4j.llb;

import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.codec.DefinitionCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A build graph as it is sent: ops by the digest of their bytes, each after its inputs, and what the whole results in. The
 * bytes are kept as they came, because they are the digest. One without ops is the empty tree.
 */
public final class Definition {
    private static final Definition SCRATCH = new Definition(List.of(), Map.of(), SourceMap.none());

    private final List<Entry> entries;
    private final Map<Digest, Entry> byDigest;
    private final Map<Digest, OpMetadata> metadata;
    private final SourceMap sources;

    private Definition(List<Entry> entries, Map<Digest, OpMetadata> metadata, SourceMap sources) {
        this.entries = List.copyOf(entries);
        this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        this.sources = sources;
        Map<Digest, Entry> index = new LinkedHashMap<>();
        entries.forEach(entry -> index.put(entry.digest(), entry));
        this.byDigest = index;
    }

    /** The definition of the empty tree. */
    public static Definition scratch() {
        return SCRATCH;
    }

    /**
     * Puts a definition together. The last entry is the terminal one.
     *
     * @throws LlbFault INVALID_ARGUMENT naming the entry that is doubled, that points nowhere or to itself, or that ends badly
     */
    public static Definition of(List<Entry> entries, Map<Digest, OpMetadata> metadata, SourceMap sources) {
        if (entries.isEmpty()) {
            return new Definition(entries, metadata, sources);
        }
        DefinitionRules.check(entries);
        return new Definition(entries, metadata, sources);
    }

    /**
     * Reads the protobuf message {@code pb.Definition}.
     *
     * @throws LlbFault INVALID_ARGUMENT naming the entry that is wrong, or when there is none
     */
    public static Definition decode(byte[] bytes) {
        Definition read = DefinitionCodec.decode(bytes);
        if (read.isScratch()) {
            throw LlbFault.invalid("empty definition: it has no op; write it with the state builder or a frontend");
        }
        return read;
    }

    /** The same, where no op at all stands for the empty tree. */
    public static Definition decodeOrScratch(byte[] bytes) {
        return DefinitionCodec.decode(bytes);
    }

    /** The protobuf message {@code pb.Definition}, deterministic: map entries sorted by key. */
    public byte[] encode() {
        return DefinitionCodec.encode(this);
    }

    /** Whether it is the empty tree. */
    public boolean isScratch() {
        return entries.isEmpty();
    }

    /** All entries in order, the terminal one included. */
    public List<Entry> entries() {
        return entries;
    }

    /** The entries that do something: all but the terminal one. */
    public List<Entry> steps() {
        return entries.isEmpty() ? entries : entries.subList(0, entries.size() - 1);
    }

    /** What it results in; absent for the empty tree. */
    public Optional<OpInput> result() {
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(entries.getLast().inputs().getFirst());
    }

    /** The entry of a digest that some input names. */
    public Entry entry(Digest digest) {
        Entry entry = byDigest.get(digest);
        if (entry == null) {
            throw LlbFault.invalid("no op " + digest + " in this definition");
        }
        return entry;
    }

    /** What is said about an op, nothing when nothing is. */
    public OpMetadata metadata(Digest digest) {
        return metadata.getOrDefault(digest, OpMetadata.none());
    }

    /** What is said about each op that something is said about. */
    public Map<Digest, OpMetadata> metadata() {
        return metadata;
    }

    /** Where the ops were written. */
    public SourceMap sources() {
        return sources;
    }

    /** The same ops with other sources. */
    public Definition withSources(SourceMap other) {
        return new Definition(entries, metadata, other);
    }

    /** The part of it that results in one of its outputs, with what is said about those ops. */
    public Definition upTo(OpInput output) {
        Set<Digest> wanted = new HashSet<>(Set.of(output.digest()));
        List<Entry> kept = new ArrayList<>();
        for (Entry entry : steps().reversed()) {
            if (wanted.contains(entry.digest())) {
                kept.addFirst(entry);
                entry.inputs().forEach(input -> wanted.add(input.digest()));
            }
        }
        kept.add(DefinitionCodec.terminal(List.of(output)));
        Map<Digest, OpMetadata> said = new LinkedHashMap<>(metadata);
        said.keySet().retainAll(wanted);
        return of(kept, said, sources);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Definition that
                && entries.equals(that.entries)
                && metadata.equals(that.metadata)
                && sources.equals(that.sources);
    }

    @Override
    public int hashCode() {
        return Objects.hash(entries, metadata, sources);
    }

    @Override
    public String toString() {
        return "Definition" + entries;
    }

    /** One entry: bytes, their digest and, but for the terminal entry, the op that they say. */
    public static final class Entry {
        private final byte[] bytes;
        private final Digest digest;
        private final Optional<Op> op;
        private final List<OpInput> inputs;

        private Entry(byte[] bytes, Optional<Op> op, List<OpInput> inputs) {
            this.bytes = bytes;
            this.digest = Digest.of(bytes);
            this.op = op;
            this.inputs = inputs;
        }

        /** Bytes that say this op. */
        public static Entry of(byte[] bytes, Op op) {
            return new Entry(bytes.clone(), Optional.of(op), op.inputs());
        }

        /** An op, encoded. */
        public static Entry of(Op op) {
            return new Entry(op.encode(), Optional.of(op), op.inputs());
        }

        /** The last entry: inputs only. */
        public static Entry terminal(byte[] bytes, List<OpInput> inputs) {
            return new Entry(bytes.clone(), Optional.empty(), List.copyOf(inputs));
        }

        /** As received or encoded. */
        public byte[] bytes() {
            return bytes.clone();
        }

        /** SHA-256 of the bytes. */
        public Digest digest() {
            return digest;
        }

        /** What it does; only for entries that are not the terminal one. */
        public Op op() {
            return op.orElseThrow(() -> LlbFault.invalid("the last op has inputs only"));
        }

        /** Whether it has inputs only. */
        public boolean isTerminal() {
            return op.isEmpty();
        }

        /** What it uses. */
        public List<OpInput> inputs() {
            return new ArrayList<>(inputs);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entry that && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return digest.hashCode();
        }

        @Override
        public String toString() {
            return digest + " " + op.map(Op::toString).orElse("terminal");
        }
    }
}
