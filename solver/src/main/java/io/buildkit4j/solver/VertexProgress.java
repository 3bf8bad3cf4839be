package io.buildkit4j.solver;

/** One vertex's side of the event stream. All methods may be called from any thread. */
public interface VertexProgress {
    /** Output of the step, in order and unclipped. {@code stream} is 1 for standard output, 2 for standard error. */
    void log(int stream, byte[] bytes, int offset, int length);

    /**
     * A counter of a part of the step, such as the bytes of a layer.
     *
     * @param id tells the part apart within the vertex
     * @param total 0 when unknown
     * @param done no further change
     */
    void status(String id, long current, long total, boolean done);

    /** Something a user should know though the step goes on. {@code url} may be empty. */
    void warn(int level, String summary, String detail, String url);
}
