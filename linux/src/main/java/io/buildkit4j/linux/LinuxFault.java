package io.buildkit4j.linux;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import org.jspecify.annotations.Nullable;

/** What the kernel refuses. The message names the call and the path. */
public class LinuxFault extends Fault {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /** A fault without an error number of the kernel. */
    public LinuxFault(Kind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
        errno = 0;
    }

    /** A call that failed with this error number. */
    public LinuxFault(int errno, String what) {
        super(Errno.kind(errno), what + ": " + Errno.text(errno), null);
        this.errno = errno;
    }

    /** The kernel's number, or 0. */
    public int errno() {
        return errno;
    }

    /** Whether the file has as many names as its file system allows. */
    public boolean tooManyLinks() {
        return errno == Errno.EMLINK;
    }

    /** Whether the disk, or somebody's share of it, is full. */
    public boolean full() {
        return errno == Errno.ENOSPC || errno == Errno.EDQUOT;
    }
}
