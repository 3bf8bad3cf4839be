package io.buildkit4j.frontend;

import io.buildkit4j.frontend.explain.Explanation;

/**
 * What a Dockerfile means, without building it and without a daemon: its stages, what each instruction says when its variables
 * are replaced and what it needs, what the checks find, and a picture of how the stages hang together. Base images are not
 * looked up, so what only they say is not known.
 */
public final class DockerfileExplanation {
    private final Explanation explanation;

    private DockerfileExplanation(Explanation explanation) {
        this.explanation = explanation;
    }

    /**
     * Reads the file.
     *
     * @param file its name, for messages
     * @throws FrontendFault when it cannot be built as it is; a {@link DockerfileFault} where lines are to blame
     */
    public static DockerfileExplanation of(String file, String text, FrontendOptions options)
            throws InterruptedException {
        return new DockerfileExplanation(Explanation.of(file, text, options));
    }

    /** For a terminal of so many columns; every line ends with a line feed. */
    public String text(int columns) {
        return explanation.words(columns);
    }

    /** As JSON. Lines count from 1, columns from 0; ends are excluded. */
    public String json() {
        return explanation.json();
    }

    /** The stages in Graphviz' language. */
    public String dot() {
        return explanation.dot();
    }

    /** The stages as a picture in SVG, drawn without other programs. */
    public String svg() {
        return explanation.svg();
    }
}
