package io.buildkit4j.solver;

/** Progress that nobody looks at. */
final class SilentProgress implements VertexProgress {
    @Override
    public void log(int stream, byte[] bytes, int offset, int length) {}

    @Override
    public void status(String id, long current, long total, boolean done) {}

    @Override
    public void warn(int level, String summary, String detail, String url) {}
}
