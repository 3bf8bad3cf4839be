package io.buildkit4j.buildd.history;

import io.buildkit4j.buildd.history.BuildRecord.Setting;
import io.buildkit4j.buildd.journal.JournalWriter;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.wire.FaultDetail;
import java.nio.file.Path;
import java.util.List;

/** A build that is under way: its events are kept as they come. Closing it ends its journal and completes its record. */
public final class RunningBuild implements AutoCloseable {
    private final History history;
    private final Path folder;
    private final JournalWriter journal;
    private volatile BuildRecord record;
    private BuildRecord.End end = new BuildRecord.End(Kind.CANCELED, "canceled", List.of(), List.of());
    private final StepCounts counts = new StepCounts();

    RunningBuild(History history, Path folder, BuildRecord record) {
        this.history = history;
        this.folder = folder;
        this.record = record;
        this.journal = JournalWriter.create(folder.resolve(History.JOURNAL));
    }

    /** Its id. */
    public String ref() {
        return record.ref();
    }

    /** Keeps an event; see {@link JournalWriter#append}. */
    public void append(BuildEvent event) {
        counts.add(event);
        journal.append(event);
    }

    /** It came to its end. To be called once, by the build's own thread, before it is closed. */
    public void succeed(List<Setting> answer) {
        journal.failure().ifPresent(failure -> {
            throw failure;
        });
        end = new BuildRecord.End(Kind.UNKNOWN, "", List.of(), answer);
    }

    /** It failed, for this reason. A build that says neither is remembered as cancelled. */
    public void fail(Kind reason, String message, List<FaultDetail> details) {
        end = new BuildRecord.End(reason, message, details, List.of());
    }

    /** What is known of it so far. */
    BuildRecord record() {
        return record;
    }

    JournalWriter journal() {
        return journal;
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() {
        journal.close();
        record = record.ended(history.now(), end, counts.counts());
        history.ended(this, record);
    }
}
