package io.buildkit4j.frontend.emit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.syntax.Statement;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HEALTHCHECK as the image configuration and its history say it: durations in nanoseconds. */
final class Healthchecks {
    private static final Pattern PART = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
    private static final long SHORTEST = 1_000_000;
    /** Options of the instruction, and what the configuration calls them. */
    private static final List<String[]> DURATIONS = List.of(
            new String[] {"interval", "Interval"},
            new String[] {"timeout", "Timeout"},
            new String[] {"start-period", "StartPeriod"},
            new String[] {"start-interval", "StartInterval"});

    private final Instruction.Healthcheck check;
    private final Map<String, Long> given = new TreeMap<>();

    Healthchecks(Instruction.Healthcheck check) {
        this.check = check;
        for (Instruction.Pair option : check.options()) {
            Statement statement = check.statement();
            given.put(
                    option.name(),
                    option.name().equals("retries")
                            ? retries(statement, option.value())
                            : nanoseconds(statement, option));
        }
    }

    /** What is not given, or 0, is not there: it is inherited. */
    JsonObject json() {
        JsonObject json = new JsonObject();
        JsonArray test = new JsonArray();
        check.test().forEach(test::add);
        json.add("Test", test);
        for (String[] names : DURATIONS) {
            long value = given.getOrDefault(names[0], 0L);
            if (value != 0) {
                json.addProperty(names[1], value);
            }
        }
        long retries = given.getOrDefault("retries", 0L);
        if (retries != 0) {
            json.addProperty("Retries", retries);
        }
        return json;
    }

    /** As Go prints such a structure. */
    String history() {
        StringBuilder text = new StringBuilder("HEALTHCHECK {Test:[")
                .append(String.join(" ", check.test()))
                .append(']');
        for (String[] names : DURATIONS) {
            text.append(' ').append(names[1]).append(':').append(shown(given.getOrDefault(names[0], 0L)));
        }
        return text.append(" Retries:")
                .append(given.getOrDefault("retries", 0L))
                .append('}')
                .toString();
    }

    private static String shown(long nanoseconds) {
        if (nanoseconds == 0) {
            return "0s";
        }
        if (nanoseconds < 1_000_000_000L) {
            return plain(BigDecimal.valueOf(nanoseconds, 6)) + "ms";
        }
        long minutes = nanoseconds / 60_000_000_000L;
        String seconds = plain(BigDecimal.valueOf(nanoseconds % 60_000_000_000L, 9)) + "s";
        return (minutes >= 60 ? minutes / 60 + "h" : "") + (minutes > 0 ? minutes % 60 + "m" : "") + seconds;
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    private static long retries(Statement statement, String text) {
        if (text.matches("-\\d{1,9}")) {
            throw statement.fault("--retries cannot be negative (" + text + ")");
        }
        if (!text.matches("\\+?\\d{1,9}")) {
            throw statement.fault("--retries must be a number of at least 0, not " + text);
        }
        return Long.parseLong(text);
    }

    private static long nanoseconds(Statement statement, Instruction.Pair option) {
        String text = option.value();
        if (text.isEmpty() || text.matches("[-+]?0")) {
            return 0;
        }
        Matcher part = PART.matcher(text);
        BigDecimal sum = BigDecimal.ZERO;
        int end = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
        while (part.find(end) && part.start() == end) {
            sum = sum.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit(part.group(2)))));
            end = part.end();
            if (end == text.length()) {
                break;
            }
        }
        boolean huge = sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0;
        if (end != text.length() || (sum.signum() == 0 && text.length() < 2) || huge) {
            throw statement.fault(
                    "invalid duration \"" + text + "\" of --" + option.name() + ": write such as 30s or 1m30s");
        }
        if (text.startsWith("-") || (sum.signum() > 0 && sum.longValue() < SHORTEST)) {
            throw statement.fault("Interval \"" + option.name() + "\" cannot be less than 1ms");
        }
        return sum.longValue();
    }

    private static long unit(String name) {
        return switch (name) {
            case "ns" -> 1L;
            case "us", "µs", "μs" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
    }
}
