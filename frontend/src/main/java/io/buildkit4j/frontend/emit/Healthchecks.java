package io.buildkit4j.frontend.emit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.syntax.Statement;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HEALTHCHECK as the image configuration says it: durations in nanoseconds. */
final class Healthchecks {
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");

    private Healthchecks() {}

    static JsonObject json(Instruction.Healthcheck check) {
        JsonObject json = new JsonObject();
        JsonArray test = new JsonArray();
        check.test().forEach(test::add);
        json.add("Test", test);
        for (Instruction.Pair option : check.options()) {
            String text = option.value();
            switch (option.name()) {
                case "interval" -> json.addProperty("Interval", nanoseconds(check.statement(), text));
                case "timeout" -> json.addProperty("Timeout", nanoseconds(check.statement(), text));
                case "start-period" -> json.addProperty("StartPeriod", nanoseconds(check.statement(), text));
                case "start-interval" -> json.addProperty("StartInterval", nanoseconds(check.statement(), text));
                default -> json.addProperty("Retries", retries(check.statement(), text));
            }
        }
        return json;
    }

    private static int retries(Statement statement, String text) {
        if (!text.matches("\\d{1,9}")) {
            throw statement.fault("--retries must be a number of at least 0, not " + text);
        }
        return Integer.parseInt(text);
    }

    private static long nanoseconds(Statement statement, String text) {
        Matcher part = PART.matcher(text);
        BigDecimal sum = BigDecimal.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            long unit = switch (part.group(2)) {
                case "ns" -> 1L;
                case "us", "µs" -> 1_000L;
                case "ms" -> 1_000_000L;
                case "s" -> 1_000_000_000L;
                case "m" -> 60_000_000_000L;
                default -> 3_600_000_000_000L;
            };
            sum = sum.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
            end = part.end();
        }
        if (text.isEmpty() || end != text.length()) {
            throw statement.fault("invalid duration \"" + text + "\": write such as 30s or 1m30s");
        }
        return sum.longValue();
    }
}
