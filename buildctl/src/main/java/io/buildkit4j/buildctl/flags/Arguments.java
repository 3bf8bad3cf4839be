package io.buildkit4j.buildctl.flags;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.footing.NearestWord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was given on the command line, by declared flag. */
public final class Arguments {
    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final List<String> rest = new ArrayList<>();

    private Arguments() {}

    /**
     * Sorts the words into declared flags and other words. Flags end at {@code --} or, when {@code stopAtFirstWord}, at the
     * first word that is no flag (the command, whose own flags follow).
     *
     * @throws UsageFault for a flag that is not declared, a missing value or a value to a switch
     */
    public static Arguments parse(List<Flag> declared, List<String> words, boolean stopAtFirstWord) {
        Arguments arguments = new Arguments();
        int at = 0;
        while (at < words.size()) {
            String word = words.get(at);
            if (word.equals("--")) {
                arguments.rest.addAll(words.subList(at + 1, words.size()));
                break;
            }
            if (word.length() > 1 && word.startsWith("-")) {
                at = arguments.flag(declared, words, at);
            } else if (stopAtFirstWord) {
                arguments.rest.addAll(words.subList(at, words.size()));
                break;
            } else {
                arguments.rest.add(word);
                at++;
            }
        }
        return arguments;
    }

    private int flag(List<Flag> declared, List<String> words, int at) {
        String word = words.get(at);
        int equals = word.indexOf('=');
        String given = word.substring(word.startsWith("--") ? 2 : 1, equals < 0 ? word.length() : equals);
        Flag flag = declared.stream()
                .filter(candidate -> candidate.matches(given))
                .findFirst()
                .orElseThrow(() -> unknown(declared, word, given));
        List<String> known = values.computeIfAbsent(flag.name(), name -> new ArrayList<>());
        if (!flag.repeatable()) {
            known.clear();
        }
        if (flag.isSwitch()) {
            String value = equals < 0 ? "true" : word.substring(equals + 1);
            if (!value.equals("true") && !value.equals("false")) {
                throw new UsageFault("flag --" + flag.name() + " takes no value other than true or false: " + word);
            }
            known.add(value);
            return at + 1;
        }
        if (equals >= 0) {
            known.add(word.substring(equals + 1));
            return at + 1;
        }
        if (flag.bare()) {
            known.add("");
            return at + 1;
        }
        if (at + 1 >= words.size()) {
            throw new UsageFault("flag needs a value: --" + flag.name() + " " + flag.value());
        }
        known.add(words.get(at + 1));
        return at + 2;
    }

    private static UsageFault unknown(List<Flag> declared, String word, String given) {
        List<String> names =
                declared.stream().flatMap(flag -> flag.names().stream()).toList();
        String hint = NearestWord.to(given, names)
                .map(nearest -> "; did you mean --" + nearest + "?")
                .orElse("");
        return new UsageFault("flag is not known: " + word + hint);
    }

    /** Whether a switch is on. */
    public boolean on(String name) {
        return "true".equals(text(name).orElse("false"));
    }

    /** The value of an option. */
    public Optional<String> text(String name) {
        List<String> known = values.getOrDefault(name, List.of());
        return known.isEmpty() ? Optional.empty() : Optional.of(known.getLast());
    }

    /** All values of a repeatable option, in order. */
    public List<String> all(String name) {
        return List.copyOf(values.getOrDefault(name, List.of()));
    }

    /** All {@code key=value} values of a repeatable option. */
    public Map<String, String> pairs(String name) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String value : all(name)) {
            int equals = value.indexOf('=');
            if (equals < 1) {
                throw new UsageFault("--" + name + " takes KEY=VALUE, not: " + value);
            }
            pairs.put(value.substring(0, equals), value.substring(equals + 1));
        }
        return pairs;
    }

    /** The words that are no flags. */
    public List<String> rest() {
        return List.copyOf(rest);
    }
}
