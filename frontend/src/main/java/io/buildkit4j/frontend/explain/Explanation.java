package io.buildkit4j.frontend.explain;

import io.buildkit4j.frontend.FrontendOptions;

/** A file as it is told. */
public final class Explanation {
    private final Account account;
    private final String text;

    private Explanation(Account account, String text) {
        this.account = account;
        this.text = text;
    }

    /**
     * Goes through the file.
     *
     * @throws io.buildkit4j.frontend.FrontendFault when it cannot be built as it is
     */
    public static Explanation of(String file, String text, FrontendOptions options) throws InterruptedException {
        return new Explanation(Teller.tell(file, text, options), text);
    }

    /** For a terminal that is so wide. */
    public String words(int columns) {
        return new Words(account, columns).write();
    }

    /** For programs. */
    public String json() {
        return new AccountJson(account, text).write();
    }

    /** The stages in Graphviz' language. */
    public String dot() {
        return DotPicture.write(StageGraph.of(account));
    }

    /** The stages as a picture. */
    public String svg() {
        return SvgPicture.write(StageGraph.of(account));
    }
}
