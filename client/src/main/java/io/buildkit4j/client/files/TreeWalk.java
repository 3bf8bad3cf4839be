package io.buildkit4j.client.files;

import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.linux.LinuxFault;
import io.buildkit4j.wire.FileStat;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Visits what is below a directory in the protocol's order, links unfollowed, hard links recognised, owners left out. */
interface TreeWalk {
    /** Takes the entries. */
    interface Visitor {
        /** Answers whether to go on below it. */
        boolean visit(FileStat stat) throws InterruptedException;
    }

    void walk(Visitor visitor) throws InterruptedException;

    /**
     * With the kernel's own calls on Linux, elsewhere with what Java has.
     *
     * @param since regular files whose inodes were changed at or after this are marked, where the system tells
     */
    static TreeWalk over(Path root, OptionalLong since) {
        return onLinux() ? new LinuxWalk(root, since) : new PortableWalk(root);
    }

    /**
     * Begins to load what the first walk needs, beside what else a client has to begin with: on Linux the first call of the
     * kernel costs 40 ms, which nobody then waits for.
     */
    static void prepare() {
        if (onLinux()) {
            Thread.ofPlatform().daemon().name("walk-begin").start(() -> {
                try {
                    HostFiles.list("/");
                    HostFiles.attributes("/");
                } catch (LinuxFault refused) {
                    // loaded all the same; what matters is told by the walk itself
                }
            });
        }
    }

    static boolean onLinux() {
        return System.getProperty("os.name").equals("Linux");
    }
}
