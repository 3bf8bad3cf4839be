package io.buildkit4j.frontend;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.ExecMeta.HostAddress;
import io.buildkit4j.llb.ExecMeta.Ulimit;
import io.buildkit4j.llb.OpMetadata.LinuxResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Texts of options that say more than a word. */
final class OptionTexts {
    private static final Pattern ADDRESS =
            Pattern.compile("(?:\\d{1,3}\\.){3}\\d{1,3}|[0-9a-f]*:[0-9a-f:]+(?:[0-9.]+)?");
    private static final Pattern CORES = Pattern.compile("\\d{1,5}(?:-\\d{1,5})?(?:,\\d{1,5}(?:-\\d{1,5})?)*");

    private OptionTexts() {}

    static boolean isTrue(String option, String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw bad(option, text, "true or false");
        };
    }

    private static List<String> fields(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    static List<HostAddress> hosts(String text) {
        List<HostAddress> found = new ArrayList<>();
        for (String word : fields(text)) {
            int equals = word.indexOf('=');
            String address = word.substring(equals + 1).toLowerCase(Locale.ROOT);
            if (equals < 1 || !ADDRESS.matcher(address).matches()) {
                throw bad("add-hosts", word, "HOST=ADDRESS");
            }
            found.add(new HostAddress(word.substring(0, equals).toLowerCase(Locale.ROOT), address));
        }
        return found;
    }

    static List<Ulimit> ulimits(String text) {
        List<Ulimit> found = new ArrayList<>();
        for (String word : fields(text)) {
            String[] halves = word.split("[=:]", -1);
            try {
                long soft = Long.parseLong(halves[1]);
                found.add(new Ulimit(halves[0], soft, halves.length > 2 ? Long.parseLong(halves[2]) : soft));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException malformed) {
                throw bad("ulimit", word, "NAME=SOFT[:HARD]");
            }
        }
        return found;
    }

    static FrontendOptions.Limits limits(Map<String, String> texts) {
        LinuxResources resources = new LinuxResources(
                number(texts, "memory", 1),
                swap(texts),
                number(texts, "cpushares", 1),
                number(texts, "cpuperiod", 1),
                number(texts, "cpuquota", 1),
                cores(texts, "cpusetcpus"),
                cores(texts, "cpusetmems"));
        boolean none = resources.equals(new LinuxResources(0, 0, 0, 0, 0, "", ""));
        return new FrontendOptions.Limits(
                number(texts, "shm-size", 0),
                texts.getOrDefault("cgroup-parent", ""),
                none ? Optional.empty() : Optional.of(resources));
    }

    private static long swap(Map<String, String> texts) {
        return texts.getOrDefault("memswap", "").equals("-1") ? -1 : number(texts, "memswap", 1);
    }

    private static long number(Map<String, String> texts, String option, long least) {
        String text = texts.getOrDefault(option, "");
        if (text.isEmpty()) {
            return 0;
        }
        if (!text.matches("\\d{1,18}") || Long.parseLong(text) < least) {
            throw bad(option, text, "a number of at least " + least);
        }
        return Long.parseLong(text);
    }

    private static String cores(Map<String, String> texts, String option) {
        String text = texts.getOrDefault(option, "");
        if (!text.isEmpty() && !CORES.matcher(text).matches()) {
            throw bad(option, text, "numbers and ranges such as 0-2,4");
        }
        return text;
    }

    static FrontendFault bad(String option, String text, String wanted) {
        return new FrontendFault(Kind.INVALID_ARGUMENT, "invalid " + option + " " + text + ": want " + wanted);
    }
}
