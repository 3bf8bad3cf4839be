package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.instruction.Instruction;
import java.util.Locale;

/** {@code FROM x AS y} or {@code from x as y}. */
final class FromAsCasing implements Rule {
    private static final Title TITLE =
            Title.of("FromAsCasing", "The 'as' keyword should match the case of the 'from' keyword", "from-as-casing");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        for (Instruction.From from : file.stages()) {
            String keyword = from.statement().written();
            String[] words = from.statement().rest().split("\\s+", -1);
            boolean lower = keyword.equals(keyword.toLowerCase(Locale.ROOT));
            boolean upper = keyword.equals(keyword.toUpperCase(Locale.ROOT));
            if (words.length < 3 || (!lower && !upper)) {
                continue; // a keyword of both cases is a matter of another rule
            }
            String wanted = lower ? words[1].toLowerCase(Locale.ROOT) : words[1].toUpperCase(Locale.ROOT);
            if (!words[1].equals(wanted)) {
                String message = "'" + words[1] + "' and '" + keyword + "' keywords' casing do not match";
                found.add(TITLE, from.statement(), message, words[1]);
            }
        }
    }
}
