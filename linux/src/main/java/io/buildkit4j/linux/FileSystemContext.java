package io.buildkit4j.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A file system that is being configured: {@code fsopen(2)} and what follows. Says why the kernel refuses it. */
final class FileSystemContext implements AutoCloseable {
    private static final long FSOPEN_CLOEXEC = 1;
    private static final long FSMOUNT_CLOEXEC = 1;
    private static final long SET_FLAG = 0;
    private static final long SET_STRING = 1;
    private static final long CREATE = 6;
    private static final long MOUNT_ATTR_RDONLY = 1;

    private final String type;
    private final String target;
    private final OpenFile context;

    FileSystemContext(String type, String target) {
        this.type = type;
        this.target = target;
        try (Scratch s = Scratch.take()) {
            long made = FileCall.FSOPEN.call(s, s.path(type), FSOPEN_CLOEXEC, 0);
            context = new OpenFile((int) HostFiles.check(made, "mount " + type + " on", target), type);
        }
    }

    void set(String key, String value) {
        try (Scratch s = Scratch.take()) {
            var words = new FileCall.Words(context.number(), SET_STRING, s.path(key), s.second(value), 0, 0);
            check(FileCall.FSCONFIG.call(s, words), key + "=" + value);
        }
    }

    void flag(String key) {
        try (Scratch s = Scratch.take()) {
            check(FileCall.FSCONFIG.call(s, new FileCall.Words(context.number(), SET_FLAG, s.path(key), 0, 0, 0)), key);
        }
    }

    void create() {
        try (Scratch s = Scratch.take()) {
            check(FileCall.FSCONFIG.call(s, new FileCall.Words(context.number(), CREATE, 0, 0, 0, 0)), "create");
        }
    }

    void mountOn(boolean readOnly) {
        try (Scratch s = Scratch.take()) {
            long attributes = readOnly ? MOUNT_ATTR_RDONLY : 0;
            long made = FileCall.FSMOUNT.call(s, context.number(), FSMOUNT_CLOEXEC, attributes);
            check(made, "fsmount");
            try (OpenFile mount = new OpenFile((int) made, target)) {
                Mounts.attach(s, mount, target);
            }
        }
    }

    private void check(long result, String step) {
        if (result < 0) {
            String said = messages();
            throw new LinuxFault(
                    (int) -result,
                    "mount " + type + " on " + target + " (" + step + (said.isEmpty() ? "" : "; " + said) + ")");
        }
    }

    /** The kernel's log of this context: one message a read, each with its severity before it. */
    private String messages() {
        StringBuilder said = new StringBuilder();
        try (Scratch s = Scratch.take()) {
            long length;
            while ((length = FileCall.READ.call(s, context.number(), s.buffer.address(), Scratch.BUFFER)) > 0) {
                byte[] bytes = new byte[(int) length];
                MemorySegment.copy(s.buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
                said.append(said.isEmpty() ? "" : "; ").append(new String(bytes, StandardCharsets.UTF_8).strip());
            }
        }
        return said.toString();
    }

    @Override
    public void close() {
        context.close();
    }
}
