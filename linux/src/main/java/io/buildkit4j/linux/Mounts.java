package io.buildkit4j.linux;

import io.buildkit4j.footing.NameBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes and removes mounts of this process's mount namespace. Paths are absolute. Overlays are made by the new mount calls
 * ({@code fsopen(2)} and so on), which take one layer at a time and so have no limit on the length of the whole; overlayfs
 * takes them since Linux 6.8.
 */
public final class Mounts {
    /** Layers that one overlay of the kernel can have (OVL_MAX_STACK). */
    static final int LAYERS = 500;

    /** Layers that can be stacked at all: overlays may be nested once (FILESYSTEM_MAX_STACK_DEPTH). */
    public static final int MOST_LAYERS = 2 * LAYERS - 2;

    private static final long MS_RDONLY = 1;
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long AT_RECURSIVE = 0x8000;
    private static final long MOUNT_ATTR_RDONLY = 1;
    private static final long OPEN_TREE_CLONE = 1;
    private static final long MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final long MNT_DETACH = 2;
    private static final long UMOUNT_NOFOLLOW = 8;

    private Mounts() {}

    /**
     * Mounts an overlay. More than the kernel's 500 layers are nested: the lowest 500 become an overlay of their own, out of
     * sight below the other. The features whose marks in an upper directory only the same stack understands are off
     * (redirects, index, metadata-only copies), so that directories written here can be stacked otherwise later. An upper
     * directory is not synchronised by the kernel: who keeps it does that.
     */
    public static void overlay(OverlayMount mount, String target) {
        List<String> lower = mount.lower();
        if (lower.size() > MOST_LAYERS) {
            throw new LinuxFault(
                    Errno.EINVAL,
                    "mount an overlay of " + lower.size() + " layers on " + target + " (at most " + MOST_LAYERS + ")");
        }
        try (FileSystemContext context = new FileSystemContext("overlay", target)) {
            if (lower.size() <= LAYERS) {
                configure(context, mount);
            } else {
                overlay(new OverlayMount(lower.subList(LAYERS - 1, lower.size()), Optional.empty()), target);
                try {
                    List<String> outer = new ArrayList<>(lower.subList(0, LAYERS - 1));
                    outer.add(target);
                    configure(context, new OverlayMount(outer, mount.upper()));
                } finally {
                    // the outer overlay has its own hold on it since it was created, and only since then
                    detach(target);
                }
            }
            context.mountOn(mount.upper().isEmpty());
        }
    }

    private static void configure(FileSystemContext context, OverlayMount mount) {
        for (String layer : mount.lower()) {
            context.set("lowerdir+", layer);
        }
        if (mount.upper().isPresent()) {
            context.set("upperdir", mount.upper().get().directory());
            context.set("workdir", mount.upper().get().work());
            context.flag("volatile");
        }
        context.set("redirect_dir", "off");
        context.set("index", "off");
        context.set("metacopy", "off");
        context.set("xino", "off");
        context.create();
    }

    /** Shows a file or directory, with the mounts below it, at a second place. */
    public static void bind(String source, String target) {
        bind(source, target, false);
    }

    /** As {@link #bind}, where nothing can be changed, not through the mounts below it either. */
    public static void bindReadOnly(String source, String target) {
        bind(source, target, true);
    }

    private static void bind(String source, String target, boolean readOnly) {
        try (Scratch s = Scratch.take()) {
            long flags = OPEN_TREE_CLONE | AT_RECURSIVE | FileCall.O_CLOEXEC;
            long made = FileCall.OPEN_TREE.call(s, FileCall.AT_FDCWD, s.path(source), flags);
            long tree = HostFiles.check(made, "bind", source);
            try (OpenFile open = new OpenFile((int) tree, source)) {
                if (readOnly) {
                    attributes(s, open, target);
                }
                attach(s, open, target);
            }
        }
    }

    /** struct mount_attr: attr_set, attr_clr, propagation, userns_fd. */
    private static void attributes(Scratch s, OpenFile tree, String target) {
        s.small.asSlice(0, 32).fill((byte) 0);
        s.small.set(ValueLayout.JAVA_LONG, 0, MOUNT_ATTR_RDONLY);
        long flags = FileCall.AT_EMPTY_PATH | AT_RECURSIVE;
        var words = new FileCall.Words(tree.number(), s.path(""), flags, s.small.address(), 32, 0);
        HostFiles.check(FileCall.MOUNT_SETATTR.call(s, words), "make read-only the mount on", target);
    }

    static void attach(Scratch s, OpenFile tree, String target) {
        var words = new FileCall.Words(
                tree.number(), s.path(""), FileCall.AT_FDCWD, s.second(target), MOVE_MOUNT_F_EMPTY_PATH, 0);
        HostFiles.check(FileCall.MOVE_MOUNT.call(s, words), "mount on", target);
    }

    /** Mounts an empty file system in memory; {@code size} in bytes, without it half of the memory. */
    public static void memory(String target, OptionalLong size, int mode) {
        try (FileSystemContext context = new FileSystemContext("tmpfs", target)) {
            size.ifPresent(bytes -> context.set("size", Long.toString(bytes)));
            context.set("mode", Integer.toOctalString(mode));
            context.create();
            context.mountOn(false);
        }
    }

    /** Mounts by {@code mount(2)}: for file systems that need no more than a type and options, such as proc. */
    public static void mount(String type, String source, String target, boolean readOnly) {
        try (Scratch s = Scratch.take()) {
            byte[] name = NameBytes.encode(type);
            for (int i = 0; i < name.length; i++) {
                s.small.set(ValueLayout.JAVA_BYTE, i, name[i]);
            }
            s.small.set(ValueLayout.JAVA_BYTE, name.length, (byte) 0);
            long flags = MS_NOSUID | MS_NODEV | (readOnly ? MS_RDONLY : 0);
            var words = new FileCall.Words(s.path(source), s.second(target), s.small.address(), flags, 0, 0);
            HostFiles.check(FileCall.MOUNT.call(s, words), "mount " + type + " on", target);
        }
    }

    /** Removes the uppermost mount on the target; fails with EBUSY while something in it is in use. */
    public static void unmount(String target) {
        unmount(target, UMOUNT_NOFOLLOW);
    }

    /** Takes the uppermost mount on the target, and those below it, out of sight at once; it ends with its last user. */
    public static void detach(String target) {
        unmount(target, UMOUNT_NOFOLLOW | MNT_DETACH);
    }

    private static void unmount(String target, long flags) {
        try (Scratch s = Scratch.take()) {
            HostFiles.check(FileCall.UMOUNT2.call(s, s.path(target), flags, 0), "unmount", target);
        }
    }

    /** All mounts at or below the directory, which is named without links; the last made first. */
    public static List<MountPoint> below(String directory) {
        String prefix = directory.endsWith("/") ? directory : directory + "/";
        List<MountPoint> found = new ArrayList<>();
        for (MountPoint mount : all()) {
            if (mount.path().equals(directory) || mount.path().startsWith(prefix)) {
                found.add(mount);
            }
        }
        return found.reversed();
    }

    /** All mounts that this process sees, in the order they were made. */
    public static List<MountPoint> all() {
        List<MountPoint> found = new ArrayList<>();
        for (String line : NameBytes.decode(contents("/proc/self/mountinfo")).split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            int separator = 6;
            while (separator < fields.length && !fields[separator].equals("-")) {
                separator++;
            }
            if (separator + 1 < fields.length) {
                found.add(new MountPoint(unescaped(fields[4]), fields[separator + 1], fields[5]));
            }
        }
        return found;
    }

    private static byte[] contents(String path) {
        try (var in = HostFiles.open(path).input();
                ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            in.transferTo(out);
            return out.toByteArray();
        } catch (IOException failed) {
            throw new LinuxFault(io.buildkit4j.footing.Kind.UNKNOWN, "read " + path, failed);
        }
    }

    /** Blanks and such are three octal digits there. */
    static String unescaped(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && i + 3 < field.length()) {
                text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    /** Space of the file system that holds the path. */
    public static DiskSpace space(String path) {
        try (Scratch s = Scratch.take()) {
            long result = FileCall.STATFS.call(s, s.path(path), s.small.address(), 0);
            HostFiles.check(result, "statfs", path);
            // struct statfs of 64-bit machines: type, block size, blocks, free, available
            long block = s.small.get(ValueLayout.JAVA_LONG, 8);
            return new DiskSpace(
                    block * s.small.get(ValueLayout.JAVA_LONG, 16),
                    block * s.small.get(ValueLayout.JAVA_LONG, 24),
                    block * s.small.get(ValueLayout.JAVA_LONG, 32));
        }
    }
}
