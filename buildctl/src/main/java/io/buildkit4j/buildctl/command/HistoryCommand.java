package io.buildkit4j.buildctl.command;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.flags.Flag;
import io.buildkit4j.client.BuildHistory;
import io.buildkit4j.client.BuildHistory.Change;
import io.buildkit4j.client.BuildHistory.Query;
import io.buildkit4j.client.BuildRecord;
import io.buildkit4j.image.Digest;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The commands about the builds that a daemon remembers. */
final class HistoryCommand {
    static final List<Flag> LISTED = List.of(Flag.option("format", "KIND", "table, or json: an object a line"));

    static final List<Flag> MONITORED = List.of(
            Flag.alone("completed", "tells of builds that have ended before, too"),
            Flag.option("ref", "REF", "tells of this build only"));

    static final List<Flag> CHANGED = List.of(
            Flag.alone("pin", "keeps the build whatever its age"),
            Flag.alone("unpin", "lets it go when its time comes"),
            Flag.alone("delete", "forgets it now"));

    private final PrintStream out;

    HistoryCommand(PrintStream out) {
        this.out = out;
    }

    void run(Usage usage, Arguments arguments, BuildHistory history) throws InterruptedException {
        switch (usage) {
            case HISTORIES -> show(remembered(history), Format.isJson(arguments));
            case PRUNE_HISTORIES -> prune(history, Format.isJson(arguments));
            case MONITOR -> monitor(arguments, history);
            case CTL -> change(arguments, history);
            case GET -> history.read(Digest.parse(only(arguments, "DIGEST")), out);
            default -> throw new IllegalStateException(usage + " is about something else");
        }
        out.flush();
    }

    private static List<BuildRecord> remembered(BuildHistory history) throws InterruptedException {
        List<BuildRecord> builds = new ArrayList<>();
        history.listen(Query.ALL, event -> builds.add(event.build()));
        return builds;
    }

    private void show(List<BuildRecord> builds, boolean json) {
        if (!json) {
            out.printf("%-34s%-22s%-10s%-14s%s%n", "REF", "CREATED", "TOOK", "STEPS", "STATE");
        }
        for (BuildRecord build : builds) {
            out.println(json ? json(build) : line(build));
        }
    }

    private static String line(BuildRecord build) {
        String took = build.times()
                .completed()
                .map(end -> "%.1fs"
                        .formatted(
                                Duration.between(build.times().created(), end).toMillis() / 1000.0))
                .orElse("");
        String steps = "%d/%d (%d)"
                .formatted(
                        build.counts().completed(),
                        build.counts().total(),
                        build.counts().cached());
        String created = build.times().created().toString().replaceFirst("[.].*Z", "Z");
        return "%-34s%-22s%-10s%-14s%s"
                .formatted(build.reference(), created, took, steps, state(build))
                .stripTrailing();
    }

    private static String state(BuildRecord build) {
        String state = build.times().completed().isEmpty()
                ? "running"
                : build.error()
                        .map(error -> "failed: " + error.lines().findFirst().orElse(""))
                        .orElse("done");
        return build.pinned() ? state + ", pinned" : state;
    }

    private static String json(BuildRecord build) {
        JsonObject json = new JsonObject();
        json.addProperty("ref", build.reference());
        json.addProperty("frontend", build.frontend());
        json.add("frontend_attrs", object(build.options()));
        json.addProperty("exporters", String.join(",", build.exporters()));
        json.addProperty("created", build.times().created().toString());
        build.times().completed().ifPresent(time -> json.addProperty("completed", time.toString()));
        build.error().ifPresent(error -> json.addProperty("error", error));
        json.add("exporter_response", object(build.answers()));
        build.logs().ifPresent(logs -> json.addProperty("logs", logs.toString()));
        json.addProperty("pinned", build.pinned());
        json.addProperty("cached_steps", build.counts().cached());
        json.addProperty("completed_steps", build.counts().completed());
        json.addProperty("total_steps", build.counts().total());
        json.addProperty("warnings", build.counts().warnings());
        return new GsonBuilder().disableHtmlEscaping().create().toJson(json);
    }

    private static JsonObject object(Map<String, String> values) {
        JsonObject json = new JsonObject();
        new TreeMap<>(values).forEach(json::addProperty);
        return json;
    }

    private void prune(BuildHistory history, boolean json) throws InterruptedException {
        List<BuildRecord> gone = new ArrayList<>();
        for (BuildRecord build : remembered(history)) {
            if (build.times().completed().isPresent() && !build.pinned()) {
                history.delete(build.reference());
                gone.add(build);
            }
        }
        show(gone, json);
    }

    private void monitor(Arguments arguments, BuildHistory history) throws InterruptedException {
        Query query =
                new Query(!arguments.on("completed"), arguments.text("ref").orElse(""), false, List.of(), 0);
        history.listen(query, event -> {
            BuildRecord build = event.build();
            String what = event.change() == Change.COMPLETED
                    ? state(build)
                    : event.change().name().toLowerCase(Locale.ROOT);
            out.println(
                    build.times().completed().orElse(build.times().created()) + " " + build.reference() + " " + what);
            out.flush();
        });
    }

    private static void change(Arguments arguments, BuildHistory history) throws InterruptedException {
        String reference = only(arguments, "REF");
        List<String> asked = CHANGED.stream()
                .map(flag -> flag.names().getFirst())
                .filter(arguments::on)
                .toList();
        if (asked.size() != 1) {
            throw new UsageFault("debug ctl does one thing at a time: --pin, --unpin or --delete");
        }
        if (asked.getFirst().equals("delete")) {
            history.delete(reference);
        } else {
            history.pin(reference, asked.getFirst().equals("pin"));
        }
    }

    private static String only(Arguments arguments, String what) {
        if (arguments.rest().size() != 1) {
            throw new UsageFault(
                    "one " + what + " is wanted, not " + arguments.rest().size());
        }
        return arguments.rest().getFirst();
    }
}
