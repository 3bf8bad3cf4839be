package io.buildkit4j.solver;

import java.util.List;

/** The progress of a run: shown as that of one of its nodes, and of the next one when the jobs of the first have gone. */
final class RunProgress<R> implements VertexProgress {
    private final Run<R> run;

    RunProgress(Run<R> run) {
        this.run = run;
    }

    private Progress speaker() {
        for (Node<R> node : run.audience()) {
            if (node.wanted) {
                return run.speak(node);
            }
        }
        return run.speak(run.first);
    }

    void started() {
        speaker();
    }

    void completed(String error) {
        speaker().completed(false, error);
    }

    @Override
    public void log(int stream, byte[] bytes, int offset, int length) {
        speaker().log(stream, bytes, offset, length);
    }

    @Override
    public void status(String id, long current, long total, boolean done) {
        speaker().status(id, current, total, done);
    }

    @Override
    public void warn(int level, String summary, String detail, String url) {
        speaker().warn(level, summary, detail, url);
    }

    /** Nodes that the run is for, now; never empty. */
    List<Node<R>> nodes() {
        List<Node<R>> wanting = run.audience();
        return wanting.isEmpty() ? List.of(run.first) : wanting;
    }
}
