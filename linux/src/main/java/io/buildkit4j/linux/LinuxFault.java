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
}
