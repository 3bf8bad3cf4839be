package io.buildkit4j.it.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.client.Client;
import io.buildkit4j.client.Progress;
import io.buildkit4j.client.Progress.VertexState;
import io.buildkit4j.client.RemoteDaemon;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.it.peer.Daemon;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.OpMetadata;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a definition says about its steps besides what they do: it arrives at the client, and decides nothing else. */
@Tag("root")
@Timeout(120)
class StepNotesTest {
    @TempDir
    static Path shared;

    private static Daemon daemon;
    private static Client client;

    @BeforeAll
    static void start() {
        daemon = Daemon.start(shared);
        client = RemoteDaemon.connect(daemon.unix());
    }

    @AfterAll
    static void stop() {
        client.close();
        daemon.close();
    }

    private static State make(State on, String file, StepNote note) {
        return on.file(FileSteps.begin().makeFile(file, 0644, file.getBytes(StandardCharsets.UTF_8)), note);
    }

    /** The last state of each vertex, by the order in which they were first told. */
    private static List<VertexState> build(State wanted) throws InterruptedException {
        List<Progress> frames = new ArrayList<>();
        client.solve(
                new SolveRequest(
                        wanted.marshal().encode(), "", Map.of(), Map.of(), List.of(), List.of(), List.of(), false),
                frames::add);
        Map<String, VertexState> last = new LinkedHashMap<>();
        frames.forEach(frame ->
                frame.vertexes().forEach(vertex -> last.put(vertex.digest().toString(), vertex)));
        return List.copyOf(last.values());
    }

    @Test
    void namesAndGroupsArriveAndAreNoPartOfTheKey() throws InterruptedException {
        OpMetadata.ProgressGroup strong = new OpMetadata.ProgressGroup("g1", "the first two", false);
        OpMetadata.ProgressGroup weak = new OpMetadata.ProgressGroup("g2", "the last", true);
        State first = make(State.scratch(), "/a", StepNote.named("[one] a").withProgressGroup(strong));
        State second = make(first, "/b", StepNote.plain().withProgressGroup(strong));
        State third = make(second, "/c", StepNote.named("[two] c").withProgressGroup(weak));
        List<VertexState> told = build(third);
        assertThat(told).extracting(VertexState::name).containsExactlyInAnyOrder("[one] a", "mkfile /b", "[two] c");
        assertThat(told).allSatisfy(vertex -> {
            assertThat(vertex.cached()).as(vertex.name()).isFalse();
            assertThat(vertex.group()).get().satisfies(group -> {
                boolean last = vertex.name().equals("[two] c");
                assertThat(group.id()).isEqualTo(last ? "g2" : "g1");
                assertThat(group.name()).isEqualTo(last ? "the last" : "the first two");
                assertThat(group.weak()).isEqualTo(last);
            });
        });

        State same = make(
                make(make(State.scratch(), "/a", StepNote.plain()), "/b", StepNote.plain()),
                "/c",
                StepNote.named("other"));
        assertThat(build(same)).hasSize(3).allSatisfy(vertex -> {
            assertThat(vertex.cached()).as(vertex.name()).isTrue();
            assertThat(vertex.group()).isEmpty();
        });
    }

    @Test
    void whatMayNotBeExportedIsStillFoundHere() throws InterruptedException {
        State kept = make(State.scratch(), "/kept", StepNote.plain().withExportCache(false));
        assertThat(build(kept)).noneMatch(VertexState::cached);
        assertThat(build(make(State.scratch(), "/kept", StepNote.plain().withExportCache(true))))
                .allMatch(VertexState::cached);
    }

    @Test
    void aStepToBeRunAgainRunsAndWhatItStandsOnDoesNot() throws InterruptedException {
        State below = make(State.scratch(), "/below", StepNote.plain());
        build(make(below, "/again", StepNote.plain()));
        List<VertexState> told = build(make(below, "/again", StepNote.plain().withIgnoreCache(true)));
        assertThat(told)
                .hasSize(2)
                .allSatisfy(vertex -> assertThat(vertex.cached())
                        .as(vertex.name())
                        .isEqualTo(vertex.name().equals("mkfile /below")));
    }
}
