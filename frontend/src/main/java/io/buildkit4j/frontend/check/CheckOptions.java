package io.buildkit4j.frontend.check;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.instruction.Spelling;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which rules are applied: {@code skip=RULE,RULE;error=true;experimental=RULE}, {@code all} for every rule.
 *
 * @param error whether a finding fails the build
 */
public record CheckOptions(boolean error, Set<String> skip, Set<String> experimental) {
    private static final String ALL = "all";
    private static final List<String> KEYS = List.of("skip", "error", "experimental");

    /** Copies. */
    public CheckOptions {
        skip = Set.copyOf(skip);
        experimental = Set.copyOf(experimental);
    }

    /**
     * Reads options.
     *
     * @throws FrontendFault INVALID_ARGUMENT naming the one that is not known
     */
    public static CheckOptions parse(String text) {
        boolean error = false;
        Set<String> skip = Set.of();
        Set<String> experimental = Set.of();
        for (String option : text.isBlank() ? new String[0] : text.strip().split(";", 3)) {
            int equals = option.indexOf('=');
            String key = equals < 0 ? option : option.substring(0, equals).strip();
            String value = equals < 0 ? "" : option.substring(equals + 1).strip();
            switch (equals < 0 ? "" : key) {
                case "skip" -> skip = names(value);
                case "experimental" -> experimental = names(value);
                case "error" -> error = truth(option, value);
                default ->
                    throw new FrontendFault(
                            Kind.INVALID_ARGUMENT,
                            "invalid check option " + Findings.quoted(key) + Spelling.suggestion(key, KEYS, ""));
            }
        }
        return new CheckOptions(error, skip, experimental);
    }

    private static Set<String> names(String value) {
        return Arrays.stream(value.split(",", -1)).map(String::strip).collect(Collectors.toSet());
    }

    private static boolean truth(String option, String value) {
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default ->
                throw new FrontendFault(
                        Kind.INVALID_ARGUMENT,
                        "failed to parse check option " + Findings.quoted(option) + ": error is true or false");
        };
    }

    /** These and the others; whether a finding is an error stays as it is here. */
    CheckOptions with(CheckOptions others) {
        return new CheckOptions(error, union(skip, others.skip), union(experimental, others.experimental));
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
        Set<String> all = new HashSet<>(a);
        all.addAll(b);
        return all;
    }

    boolean wants(Title rule) {
        return rule.experimental()
                ? experimental.contains(ALL) || experimental.contains(rule.name())
                : !skip.contains(ALL) && !skip.contains(rule.name());
    }
}
