package io.buildkit4j.buildd.explain;

import io.buildkit4j.image.Digest;
import io.buildkit4j.worker.FileChange;
import io.buildkit4j.worker.FileChanges;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Why a step was not found.
 *
 * @param vertex of the step that differs, which may be far below the one that is explained
 * @param step its name
 * @param subject what differs: a variable, a file, an image, a rule; empty where the kind says it all
 * @param before empty where there was nothing
 * @param after likewise
 * @param files what changed among the client's files, and how many there are
 * @param time when it was removed
 */
public record Cause(
        CauseKind kind,
        Digest vertex,
        String step,
        String subject,
        String before,
        String after,
        Optional<FileChanges> files,
        Optional<Instant> time) {
    /** Characters of a text that are shown. */
    private static final int SHOWN = 72;

    /** In one line. */
    public String summary() {
        return switch (kind) {
            case NEVER_BUILT -> "never built here";
            case NEW_STEP -> "new: it was not in the build before";
            case REMOVED_STEP -> "removed before it: " + cut(subject);
            case REORDERED -> "follows " + cut(after) + " instead of " + cut(before);
            case INSTRUCTION -> "instruction changed: " + cut(before) + " -> " + cut(after);
            case ARGUMENT, ENVIRONMENT, SETTING -> setting();
            case FILES -> files.map(Cause::files).orElse("files changed; which ones is not remembered");
            case BASE_IMAGE -> subject + " moved from " + brief(before) + " to " + brief(after);
            case SOURCE -> subject + " moved from " + brief(before) + " to " + brief(after);
            case CONTENT -> cut(subject) + " made other files than before";
            case EVICTED ->
                "evicted " + time.map(Object::toString).orElse("") + (subject.isEmpty() ? "" : ": " + subject);
            case LOST -> "its result is gone from the disk";
            case IGNORED -> "cache ignored on request";
            case FAILED_BEFORE -> "it did not complete last time";
            case UNKNOWN -> "nothing that is remembered tells why";
        };
    }

    private String setting() {
        String what = (kind == CauseKind.ENVIRONMENT ? "environment " : "") + subject;
        if (before.isEmpty()) {
            return what + " is new: " + quoted(after);
        }
        return after.isEmpty()
                ? what + " is gone: was " + quoted(before)
                : what + ": " + quoted(before) + " -> " + quoted(after);
    }

    private static String quoted(String text) {
        return '"' + cut(text) + '"';
    }

    private static String files(FileChanges files) {
        List<FileChange> changes = files.changes();
        if (changes.isEmpty()) {
            return "an extended attribute changed";
        }
        FileChange first = changes.getFirst();
        String path = first.path();
        String what = switch (first.kind()) {
            case ADDED -> path + " is new";
            case REMOVED -> path + " was removed";
            case CONTENT -> path + " changed";
            case TYPE -> path + ": " + first.before() + " -> " + first.after();
            case MODE -> path + ": mode " + first.before() + " -> " + first.after();
            case OWNER -> path + ": owner " + first.before() + " -> " + first.after();
        };
        String more = changes.size() > 1 ? " and " + (changes.size() - 1) + " more" : "";
        return what + more + " (of " + files.total() + (files.total() == 1 ? " file)" : " files)");
    }

    /** The first digits of a digest tell it apart for a person. */
    private static String brief(String digest) {
        return digest.matches("sha256:[0-9a-f]{64}") ? digest.substring(0, 19) : cut(digest);
    }

    private static String cut(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN - 1) + "…";
    }
}
