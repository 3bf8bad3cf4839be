package io.buildkit4j.linux;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * The controlling end of a pseudo terminal; a process has the other end, which is a file. Reading fails with EIO when
 * everybody has closed that file; the streams answer that as their end.
 */
public final class Terminal implements AutoCloseable {
    private static final long SET_LOCK = 0x40045431L;
    private static final long GET_NUMBER = 0x80045430L;
    private static final long SET_SIZE = 0x5414L;
    private static final int READ_WRITE = 2;
    private static final int NO_CONTROLLING_TERMINAL = 0400;

    private final OpenFile control;
    private final Path path;

    private Terminal(OpenFile control, Path path) {
        this.control = control;
        this.path = path;
    }

    /** A new one of 80 by 24. */
    public static Terminal open() {
        try (Scratch s = Scratch.take()) {
            long flags = READ_WRITE | NO_CONTROLLING_TERMINAL | FileCall.O_CLOEXEC;
            long opened = FileCall.OPENAT.call(s, FileCall.AT_FDCWD, s.path("/dev/ptmx"), flags, 0);
            OpenFile control = new OpenFile((int) check(opened, "open"), "/dev/ptmx");
            s.small.set(ValueLayout.JAVA_INT, 0, 0);
            check(FileCall.IOCTL.call(s, control.number(), SET_LOCK, s.small.address()), "unlock");
            check(FileCall.IOCTL.call(s, control.number(), GET_NUMBER, s.small.address()), "number");
            Path path = Path.of("/dev/pts/" + s.small.get(ValueLayout.JAVA_INT, 0));
            Terminal terminal = new Terminal(control, path);
            terminal.resize(24, 80);
            return terminal;
        }
    }

    private static long check(long result, String what) {
        if (result < 0) {
            throw new LinuxFault((int) -result, what + " a pseudo terminal");
        }
        return result;
    }

    /** The file that a process has as its terminal. A session's leader must not open it: it would become its own. */
    public Path path() {
        return path;
    }

    /** Characters that are shown at a time. The process learns of it by a signal, which is not sent here. */
    public void resize(int rows, int columns) {
        try (Scratch s = Scratch.take()) {
            s.small.set(ValueLayout.JAVA_LONG, 0, 0);
            s.small.set(ValueLayout.JAVA_SHORT, 0, (short) rows);
            s.small.set(ValueLayout.JAVA_SHORT, 2, (short) columns);
            check(FileCall.IOCTL.call(s, control.number(), SET_SIZE, s.small.address()), "resize");
        }
    }

    /** What the process writes. */
    public InputStream output() {
        return new InputStream() {
            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                try {
                    return control.read(into, offset, length);
                } catch (LinuxFault hungUp) {
                    return -1;
                }
            }
        };
    }

    /** What the process reads. Closing it sends the character that ends a terminal's input. */
    public OutputStream input() {
        return new OutputStream() {
            @Override
            public void write(int b) {
                control.write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                control.write(bytes, offset, length);
            }

            @Override
            public void close() {
                write(4);
            }
        };
    }

    @Override
    public void close() {
        control.close();
    }
}
