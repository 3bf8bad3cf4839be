package io.buildkit4j.llb;

import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.codec.OpCodec;
import java.util.List;
import java.util.Optional;

/**
 * One step of a build graph, as data. Indexes called input point into {@link #inputs}; {@link #NONE} stands for an empty
 * tree (as an input) or for no result (as an output).
 */
public sealed interface Op {
    /** The index of no input and of no output. */
    int NONE = -1;

    /** Inputs, platform and constraints. */
    OpFrame frame();

    /** Outputs of other ops that this one uses. */
    default List<OpInput> inputs() {
        return frame().inputs();
    }

    /** What it is built for; absent where it makes no difference. */
    default Optional<Platform> platform() {
        return frame().platform();
    }

    /** The bytes whose SHA-256 is the digest of the op: fields in order, defaults left out, map keys sorted. */
    default byte[] encode() {
        return OpCodec.encode(this);
    }

    /**
     * Reads encoded bytes.
     *
     * @throws LlbFault INVALID_ARGUMENT when they are no op, or an index points nowhere
     */
    static Op decode(byte[] bytes) {
        return OpCodec.decode(bytes);
    }

    /** Brings something from outside. */
    record Source(OpFrame frame, SourceId id) implements Op {}

    /** Runs a process over mounts; its outputs are mounts, by their {@link ExecMount#output}. */
    record Exec(
            OpFrame frame,
            ExecMeta meta,
            List<ExecMount> mounts,
            NetworkMode network,
            SecurityMode security,
            List<SecretVariable> secrets,
            List<CdiDevice> devices)
            implements Op {
        /** Lists are copied. */
        public Exec {
            mounts = List.copyOf(mounts);
            secrets = List.copyOf(secrets);
            devices = List.copyOf(devices);
        }
    }

    /** Changes trees, action by action. */
    record File(OpFrame frame, List<FileAction> actions) implements Op {
        /** The actions are copied. */
        public File {
            actions = List.copyOf(actions);
        }
    }

    /** Lays trees over each other, the last one on top. */
    record Merge(OpFrame frame, List<Integer> layers) implements Op {
        /** The input indexes are copied. */
        public Merge {
            layers = List.copyOf(layers);
        }
    }

    /** What changes lower into upper; either may be {@link #NONE}. */
    record Diff(OpFrame frame, int lower, int upper) implements Op {}

    /** A definition that is itself the result of a step. */
    record Build(
            OpFrame frame,
            int builder,
            List<BuildInput> buildInputs,
            Optional<Definition> definition,
            List<Attribute> attributes)
            implements Op {
        /** Lists are sorted by key. */
        public Build {
            buildInputs = List.copyOf(buildInputs);
            attributes = Attribute.sorted(attributes);
        }
    }

    /** Hands inputs on, after all of them are there. */
    record Passthrough(OpFrame frame, String id, List<Long> outputs) implements Op {
        /** The outputs are copied. */
        public Passthrough {
            outputs = List.copyOf(outputs);
        }
    }

    /** An input of a nested build by its name. */
    record BuildInput(String name, int input) {}

    /** A device named in the Container Device Interface's way, {@code vendor/class=name}. */
    record CdiDevice(String name, boolean optional) {}

    /** A secret that a process sees as an environment variable. */
    record SecretVariable(String id, String name, boolean optional) {}

    /** What network a process sees. */
    enum NetworkMode {
        /** What the daemon is configured for. */
        DEFAULT,
        /** The machine's own; needs the entitlement network.host. */
        HOST,
        /** None but loopback. */
        NONE
    }

    /** How a process is confined. */
    enum SecurityMode {
        /** As usual. */
        SANDBOX,
        /** With all capabilities and devices; needs the entitlement security.insecure. */
        INSECURE
    }
}
