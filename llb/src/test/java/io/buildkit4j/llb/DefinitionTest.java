package io.buildkit4j.llb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DefinitionTest {
    private static final Platform AMD64 = Platform.of("linux", "amd64", "");

    private static Definition sample() {
        State base = Sources.imageState("docker.io/library/alpine:3", AMD64);
        State context = Sources.state(Sources.local("context", List.of("a<b"), List.of("*.o"), List.of("c")));
        FileSteps files = FileSteps.begin()
                .makeDirectory("/d", 0755, true)
                .makeFile("/d/f", 0644, "hello".getBytes(StandardCharsets.UTF_8))
                .copy(context, "/a", "/b/")
                .symlink("f", "/d/l")
                .remove("/tmp/*", true, true);
        Execution run = base.file(files, StepNote.named("files"))
                .addEnvironment("A", "b")
                .directory("/w")
                .user("1:2")
                .run(
                        Run.shlex("sh -c 'echo \"x y\"'")
                                .mount("/out", State.scratch())
                                .cache("/c", "id", ExecMount.CacheSharing.LOCKED)
                                .tmpfs("/t", 1 << 20)
                                .secret("/run/s", new ExecMount.Grant("s", 0, 0, 0400, true))
                                .ssh("/run/a", new ExecMount.Grant("default", 1, 2, 0600, false))
                                .validExitCodes(List.of(0, 3)),
                        StepNote.plain().withIgnoreCache(true));
        State merged = State.merge(List.of(run.root(), run.mount("/out").orElseThrow()), StepNote.plain());
        return State.diff(base, merged, StepNote.plain()).marshal();
    }

    @Test
    void bytesAndValuesAreTheSameThing() {
        Definition definition = sample();
        Definition again = Definition.decode(definition.encode());
        assertThat(again).isEqualTo(definition);
        assertThat(again.encode()).isEqualTo(definition.encode());
        for (Definition.Entry step : again.steps()) {
            assertThat(step.op().encode()).isEqualTo(step.bytes());
            assertThat(Op.decode(step.bytes())).isEqualTo(step.op());
        }
        assertThat(State.of(again).marshal().encode()).isEqualTo(definition.encode());
    }

    /** Written by hand from the field numbers: an identifier, a platform and empty constraints. */
    @Test
    void bytesAreThoseOfTheWire() {
        Op op = new Op.Source(
                new OpFrame(List.of(), java.util.Optional.of(AMD64), java.util.Optional.of(List.of())),
                Sources.image("x"));
        byte[] source = "docker-image://x".getBytes(StandardCharsets.UTF_8);
        java.io.ByteArrayOutputStream wanted = new java.io.ByteArrayOutputStream();
        wanted.writeBytes(new byte[] {0x1a, 18, 0x0a, 16});
        wanted.writeBytes(source);
        wanted.writeBytes(new byte[] {0x52, 14, 0x0a, 5, 'a', 'm', 'd', '6', '4', 0x12, 5, 'l', 'i', 'n', 'u', 'x'});
        wanted.writeBytes(new byte[] {0x5a, 0});
        assertThat(op.encode()).isEqualTo(wanted.toByteArray());
    }

    @Test
    void attributesThatNobodyKnowsAreKept() {
        Op.Source source = new Op.Source(
                OpFrame.of(List.of()),
                new SourceId.Http(
                        "https://x/y",
                        java.util.Optional.empty(),
                        "f",
                        java.util.OptionalInt.of(0600),
                        java.util.OptionalInt.empty(),
                        java.util.OptionalInt.empty(),
                        "",
                        List.of(new Attribute("http.header.x", "1"))));
        assertThat(Op.decode(source.encode())).isEqualTo(source);
    }

    @Test
    void sharedStepsComeOnceAndInputsFirst() {
        Definition definition = sample();
        assertThat(definition.steps().stream().map(Definition.Entry::digest)).doesNotHaveDuplicates();
        List<Digest> seen = new java.util.ArrayList<>();
        for (Definition.Entry entry : definition.entries()) {
            entry.inputs().forEach(input -> assertThat(seen).contains(input.digest()));
            seen.add(entry.digest());
        }
    }

    @Test
    void badDefinitionsAreNamed() {
        Definition good = sample();
        List<Definition.Entry> entries = good.entries();
        assertThatThrownBy(() -> Definition.decode(new byte[0]))
                .isInstanceOf(LlbFault.class)
                .hasMessageContaining("empty definition");
        assertThatThrownBy(() -> Definition.of(entries.subList(1, entries.size()), Map.of(), SourceMap.none()))
                .hasMessageContaining("which is not in the definition");
        assertThatThrownBy(() -> Definition.of(entries.subList(0, 2), Map.of(), SourceMap.none()))
                .hasMessageContaining("inputs only");
        List<Definition.Entry> doubled = new java.util.ArrayList<>(entries);
        doubled.addFirst(entries.getFirst());
        assertThatThrownBy(() -> Definition.of(doubled, Map.of(), SourceMap.none()))
                .hasMessageContaining("entries 0 and 1 are the same op");
        assertThatThrownBy(() -> Definition.decode("nonsense".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(LlbFault.class);
    }

    @Test
    void tornBytesAreFaultsAndNothingElse() {
        byte[] good = sample().encode();
        Random random = new Random(7);
        for (int round = 0; round < 3000; round++) {
            byte[] torn = good.clone();
            for (int i = 0; i <= random.nextInt(4); i++) {
                torn[random.nextInt(torn.length)] = (byte) random.nextInt(256);
            }
            try {
                Definition.decode(torn);
            } catch (LlbFault fault) {
                assertThat(fault.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void whatIsNeededIsRecordedAndChecked() {
        Definition definition = sample();
        Definition.Entry exec = definition.steps().stream()
                .filter(step -> step.op() instanceof Op.Exec)
                .findFirst()
                .orElseThrow();
        assertThat(definition.metadata(exec.digest()).capabilities())
                .containsKeys("exec.mount.cache.sharing", "exec.validexitcode", "meta.ignorecache");
        Definition odd = Definition.of(
                definition.entries(),
                Map.of(
                        exec.digest(),
                        new OpMetadata(
                                false,
                                List.of(),
                                java.util.Optional.empty(),
                                Map.of("exec.teleport", true),
                                java.util.Optional.empty(),
                                java.util.Optional.empty())),
                SourceMap.none());
        assertThatThrownBy(() -> Capabilities.check(odd)).hasMessageContaining("exec.teleport");
    }

    @Test
    void isShownAsJsonAndAsAGraph() {
        Definition definition = sample();
        assertThat(Dump.jsonLines(definition).lines())
                .hasSize(definition.entries().size());
        assertThat(Dump.jsonLines(definition)).contains("\"local.includepattern\":\"[\\\"a\\\\u003cb\\\"]\"");
        assertThat(Dump.dot(definition))
                .startsWith("digraph {")
                .contains("shape=\"ellipse\"", "shape=\"note\"", "shape=\"invtriangle\"", "shape=\"doublecircle\"");
    }
}
