package io.buildkit4j.linux;

import java.io.InputStream;
import java.io.OutputStream;

/** Streams over an open file. */
final class FileStreams {
    private FileStreams() {}

    static final class Input extends InputStream {
        private final OpenFile file;

        Input(OpenFile file) {
            this.file = file;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return file.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return file.read(into, offset, length);
        }

        @Override
        public void close() {
            file.close();
        }
    }

    static final class Output extends OutputStream {
        private final OpenFile file;

        Output(OpenFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) {
            file.write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            file.write(bytes, offset, length);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
