package io.buildkit4j.buildd.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.solver.EventJournal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolingJournalTest {
    private static final Digest VERTEX = Digest.ofText("v");

    @TempDir
    Path folder;

    private static BuildEvent event(int number) {
        byte[] bytes = new byte[1000];
        bytes[0] = (byte) number;
        bytes[999] = (byte) (number >> 8);
        return new BuildEvent.Logged(VERTEX, 1, bytes, Instant.EPOCH);
    }

    private static int number(BuildEvent event) {
        byte[] bytes = ((BuildEvent.Logged) event).bytes();
        return (bytes[0] & 0xff) | (bytes[999] & 0xff) << 8;
    }

    @Test
    void whateverIsSpooledComesBackInOrderFromAnyPosition() {
        try (EventJournal.Track track = new SpoolingJournal(folder).open(VERTEX)) {
            List<Integer> live = new ArrayList<>();
            long position = 0;
            for (int i = 0; i < 5000; i++) {
                track.append(event(i));
                position = track.replay(position, event -> live.add(number(event)));
            }
            assertThat(position).isEqualTo(5000);
            assertThat(live).hasSize(5000).isSorted();
            List<Integer> late = new ArrayList<>();
            assertThat(track.replay(2500, event -> late.add(number(event)))).isEqualTo(5000);
            assertThat(late).isEqualTo(live.subList(2500, 5000));
            assertThat(folder).as("the file has no name").isEmptyDirectory();
        }
    }

    @Test
    void anInterruptedThreadLosesNothing() {
        try (EventJournal.Track track = new SpoolingJournal(folder).open(VERTEX)) {
            Thread.currentThread().interrupt();
            for (int i = 0; i < 1000; i++) {
                track.append(event(i));
            }
            List<Integer> all = new ArrayList<>();
            track.replay(0, event -> all.add(number(event)));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(all).hasSize(1000).isSorted();
        }
    }
}
