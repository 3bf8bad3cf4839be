package io.buildkit4j.linux;

import io.buildkit4j.footing.Kind;

/** Error numbers of file calls, the same on all architectures that this runs on. */
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int EEXIST = 17;
    static final int EXDEV = 18;
    static final int ENODEV = 19;
    static final int ENOTDIR = 20;
    static final int EISDIR = 21;
    static final int EINVAL = 22;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int ENOTTY = 25;
    static final int EFBIG = 27;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int EMLINK = 31;
    static final int ERANGE = 34;
    static final int ENAMETOOLONG = 36;
    static final int ENOSYS = 38;
    static final int ENOTEMPTY = 39;
    static final int ELOOP = 40;
    static final int ENODATA = 61;
    static final int EOPNOTSUPP = 95;
    static final int EDQUOT = 122;

    private Errno() {}

    static Kind kind(int errno) {
        return switch (errno) {
            case ENOENT, ENODATA -> Kind.NOT_FOUND;
            case EEXIST -> Kind.ALREADY_EXISTS;
            case EPERM, EACCES, EROFS -> Kind.PERMISSION_DENIED;
            case EMLINK, ENOSPC, EDQUOT, EMFILE, ENFILE, EFBIG -> Kind.RESOURCE_EXHAUSTED;
            case EINVAL, ENAMETOOLONG, ERANGE -> Kind.INVALID_ARGUMENT;
            case ENOTDIR, EISDIR, ENOTEMPTY, ELOOP, EBUSY, EXDEV -> Kind.FAILED_PRECONDITION;
            case ENOSYS, EOPNOTSUPP, ENOTTY, ENODEV -> Kind.UNIMPLEMENTED;
            case EIO -> Kind.DATA_LOSS;
            default -> Kind.UNKNOWN;
        };
    }

    // departs from MethodLength: a table
    static String text(int errno) {
        return switch (errno) {
            case EPERM -> "operation not permitted";
            case ENOENT -> "no such file or directory";
            case EIO -> "input/output error";
            case EACCES -> "permission denied";
            case EBUSY -> "device or resource busy";
            case EEXIST -> "file exists";
            case EXDEV -> "leads out of its file system or root";
            case ENODEV -> "no such device";
            case ENOTDIR -> "not a directory";
            case EISDIR -> "is a directory";
            case EINVAL -> "invalid argument";
            case ENFILE, EMFILE -> "too many open files";
            case EFBIG -> "file too large";
            case ENOSPC -> "no space left on device";
            case EROFS -> "read-only file system";
            case EMLINK -> "too many links";
            case ERANGE -> "result too large";
            case ENAMETOOLONG -> "file name too long";
            case ENOSYS -> "function not implemented by this kernel";
            case ENOTEMPTY -> "directory not empty";
            case ELOOP -> "too many levels of symbolic links";
            case ENODATA -> "no such attribute";
            case EOPNOTSUPP -> "not supported by this file system";
            case EDQUOT -> "disk quota exceeded";
            default -> "error " + errno;
        };
    }
}
