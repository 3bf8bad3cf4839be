package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.syntax.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects what rules find, except where the author says that a rule is not meant. */
final class Findings {
    /** What is found after so much is no news. */
    private static final int MOST = 10_000;

    private final CheckOptions options;
    private final List<Finding> found = new ArrayList<>();
    private final Set<Known> known = new HashSet<>();
    private final Map<Statement, CheckOptions> own = new HashMap<>();

    private record Known(String rule, String message, int first) {}

    Findings(CheckOptions options) {
        this.options = options;
    }

    void add(Title rule, Statement statement, String message, String word) {
        add(new Finding(
                rule,
                message,
                word,
                statement.place().first(),
                statement.place().last(),
                statement));
    }

    void add(Finding finding) {
        boolean wanted = found.size() < MOST
                && options(finding.statement()).wants(finding.rule())
                && known.add(new Known(finding.rule().name(), finding.message(), finding.first()));
        if (wanted) {
            found.add(finding);
        }
    }

    /** A comment before an instruction may speak of it alone: {@code # check=skip=RULE}. */
    private CheckOptions options(Statement statement) {
        if (statement.margin().comments().isEmpty()) {
            return options;
        }
        return own.computeIfAbsent(statement, this::merged);
    }

    private CheckOptions merged(Statement statement) {
        Optional<String> directive = statement.margin().comments().stream()
                .filter(comment -> comment.matches("(?i)check\\s*=.*"))
                .map(comment ->
                        comment.substring(comment.indexOf('=') + 1).strip().split("\\s", 2)[0])
                .findFirst();
        try {
            return directive.map(text -> options.with(CheckOptions.parse(text))).orElse(options);
        } catch (FrontendFault remark) {
            return options; // a remark that happens to look like one
        }
    }

    /** In the order of the file. */
    List<Finding> all() {
        return found.stream().sorted(Comparator.comparingInt(Finding::first)).toList();
    }

    /** A text in quotes, as messages have it. */
    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
