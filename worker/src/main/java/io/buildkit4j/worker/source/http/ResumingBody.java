package io.buildkit4j.worker.source.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A body that is asked for from where it broke off, if the server can tell that it is still the same (a strong entity tag or
 * a date) and sends parts.
 */
final class ResumingBody extends InputStream {
    private static final int ATTEMPTS = 5;

    private final WebCalls calls;
    private final WebRequest request;
    private final Optional<String> mark;
    private final long length;
    private InputStream in;
    private long position;
    private int futile;

    ResumingBody(WebCalls calls, WebRequest request, HttpHeaders headers, InputStream in) {
        this.calls = calls;
        this.request = request;
        this.in = in;
        this.length = headers.firstValueAsLong("Content-Length").orElse(-1);
        this.mark = headers.firstValue("ETag")
                .filter(tag -> !tag.startsWith("W/"))
                .or(() -> headers.firstValue("Last-Modified"));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        while (true) {
            try {
                int read = in.read(into, offset, count);
                if (read < 0 && position < length) {
                    throw new EOFException("it broke off after " + position + " of " + length + " bytes");
                }
                position += Math.max(0, read);
                futile = read > 0 ? 0 : futile;
                return read;
            } catch (IOException broken) {
                resume(broken);
            }
        }
    }

    private void resume(IOException broken) throws IOException {
        in.close();
        if (mark.isEmpty() || Thread.currentThread().isInterrupted() || ++futile >= ATTEMPTS) {
            throw broken;
        }
        try {
            WebCalls.pause(futile);
            List<WebRequest.Header> part = new ArrayList<>();
            part.add(new WebRequest.Header("Range", "bytes=" + position + "-"));
            part.add(new WebRequest.Header("If-Range", mark.get()));
            HttpResponse<InputStream> response = calls.send(request, part);
            in = response.body();
            String range = response.headers().firstValue("Content-Range").orElse("");
            if (response.statusCode() != 206 || !range.startsWith("bytes " + position + "-")) {
                in.close();
                throw broken;
            }
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
