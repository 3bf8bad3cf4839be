package io.buildkit4j.image;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Optional;

/** The probe's JSON form; durations are whole nanoseconds, 0 where absent. */
final class HealthcheckJson {
    private HealthcheckJson() {}

    static ImageConfig.Healthcheck read(JsonObject json) {
        return new ImageConfig.Healthcheck(
                Json.texts(json, "Test"),
                duration(json, "Interval"),
                duration(json, "Timeout"),
                duration(json, "StartPeriod"),
                duration(json, "StartInterval"),
                Json.number(json, "Retries"));
    }

    private static Optional<Duration> duration(JsonObject json, String field) {
        return Optional.of(Duration.ofNanos(Json.number(json, field))).filter(time -> !time.isZero());
    }

    static JsonObject write(ImageConfig.Healthcheck probe) {
        JsonObject json = new JsonObject();
        json.add("Test", Json.of(probe.test()));
        probe.interval().ifPresent(time -> json.addProperty("Interval", time.toNanos()));
        probe.timeout().ifPresent(time -> json.addProperty("Timeout", time.toNanos()));
        probe.startPeriod().ifPresent(time -> json.addProperty("StartPeriod", time.toNanos()));
        probe.startInterval().ifPresent(time -> json.addProperty("StartInterval", time.toNanos()));
        if (probe.retries() != 0) {
            json.addProperty("Retries", probe.retries());
        }
        return json;
    }
}
