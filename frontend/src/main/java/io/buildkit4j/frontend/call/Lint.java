package io.buildkit4j.frontend.call;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.footing.Excerpt;
import io.buildkit4j.frontend.Described.Note;
import io.buildkit4j.frontend.DockerfileFault;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.frontend.check.Finding;
import io.buildkit4j.frontend.check.Review;
import io.buildkit4j.frontend.emit.Plan;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the checks find, in all stages unless one is named. */
final class Lint implements Call {
    @Override
    public Announced announced() {
        return new Announced(
                "frontend.lint",
                "1.0.0",
                "Lint a Dockerfile",
                Optional.of(List.of()),
                List.of("result.json", "result.txt", "result.statuscode"));
    }

    @Override
    public List<Note> answer(Asked asked) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        Optional<FrontendFault> failure = look(asked, findings);
        JsonArray warnings = new JsonArray();
        findings.forEach(finding -> warnings.add(json(finding)));
        JsonObject source = new JsonObject();
        source.addProperty("filename", asked.file());
        source.addProperty("data", Notes.encoded(asked.text()));
        source.addProperty("language", "Dockerfile");
        JsonArray sources = new JsonArray();
        sources.add(source);
        JsonObject json = new JsonObject();
        json.add("warnings", warnings);
        json.add("sources", sources);
        failure.ifPresent(fault -> json.add("buildError", json(fault)));
        StringBuilder text = new StringBuilder();
        List<String> lines = List.of(asked.text().split("\n", -1));
        findings.forEach(finding -> text.append(text(finding, asked.file(), lines)));
        boolean clean = findings.isEmpty() && failure.isEmpty();
        return List.of(
                Notes.json(json),
                Notes.text(text.toString()),
                new Note("result.statuscode", clean ? "0" : "1"),
                Notes.version(this));
    }

    /** What is found up to a failure counts. */
    private static Optional<FrontendFault> look(Asked asked, List<Finding> findings) throws InterruptedException {
        Optional<Review> review = Optional.empty();
        Optional<FrontendFault> failure = Optional.empty();
        try {
            DockerfileSyntax.Parsed parsed = asked.parsed();
            List<String> patterns = asked.ignored().patterns();
            review = Optional.of(asked.review(parsed, patterns));
            Plan.Inputs inputs = asked.inputs(parsed, patterns);
            if (asked.options().target().isEmpty()) {
                failure = Plan.visit(inputs, asked.platform(), asked.gateway(), review.get());
            } else {
                Plan.describe(inputs, asked.platform(), asked.gateway(), review.get());
            }
            if (failure.isEmpty()) {
                review.get().enforce();
            }
        } catch (FrontendFault fault) {
            failure = Optional.of(fault);
        }
        review.ifPresent(done -> findings.addAll(done.findings()));
        return failure;
    }

    private static JsonObject json(Finding finding) {
        JsonObject json = new JsonObject();
        json.addProperty("ruleName", finding.rule().name());
        Notes.add(json, "description", finding.rule().description());
        Notes.add(json, "url", finding.rule().url());
        Notes.add(json, "detail", finding.message());
        json.add("location", Notes.location(finding.first(), finding.last()));
        return json;
    }

    private static JsonObject json(FrontendFault fault) {
        JsonObject json = new JsonObject();
        json.addProperty("message", fault.getMessage());
        json.add(
                "location",
                fault instanceof DockerfileFault placed ? Notes.location(placed.place()) : new JsonObject());
        return json;
    }

    private static String text(Finding finding, String file, List<String> lines) {
        String url = finding.rule().url();
        return "\nWARNING: " + finding.rule().name() + (url.isEmpty() ? "" : " - " + url) + "\n" + finding.message()
                + "\n" + excerpt(finding, file, lines);
    }

    /** One line has two neighbours on each side, several lines have one; a finding about none has nothing to show. */
    private static String excerpt(Finding finding, String file, List<String> lines) {
        if (finding.first() < 1 || finding.first() > lines.size()) {
            return "";
        }
        int last = Math.min(finding.last(), lines.size());
        return Excerpt.of(file, lines, finding.first(), last, finding.first() == last ? 2 : 1);
    }
}
