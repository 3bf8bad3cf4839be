package io.buildkit4j.buildd.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.buildkit4j.buildd.explain.Accounts.Relative;
import io.buildkit4j.buildd.explain.Lineage.Kinship;
import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.Ingredients;
import io.buildkit4j.solver.StepAccount;
import io.buildkit4j.solver.StepAccount.Verdict;
import io.buildkit4j.store.Eviction;
import io.buildkit4j.store.EvictionLog;
import io.buildkit4j.store.MetadataTable;
import io.buildkit4j.worker.FileChange;
import io.buildkit4j.worker.FileChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two accounts, one difference, one cause. */
class InquiryTest {
    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

    private final Map<String, byte[]> evicted = new HashMap<>();
    private Optional<FileChanges> files = Optional.empty();

    /** A table in memory. */
    private record Memory(Map<String, byte[]> entries) implements MetadataTable {
        @Override
        public Optional<byte[]> get(String key) {
            return Optional.ofNullable(entries.get(key));
        }

        @Override
        public List<Map.Entry<String, byte[]>> scan(String prefix) {
            return List.copyOf(entries.entrySet());
        }

        @Override
        public void write(Map<String, byte[]> put, List<String> remove) {
            entries.putAll(put);
        }
    }

    private final Inquiry.Library library = new Inquiry.Library() {
        @Override
        public Optional<FileChanges> fileChanges(Digest before, Digest after, String selection) {
            return files;
        }

        @Override
        public EvictionLog evictions() {
            return new EvictionLog(new Memory(evicted));
        }
    };

    /** A step in the making. */
    private static final class Made {
        private final String name;
        private Verdict verdict = Verdict.RUN;
        private boolean ignored;
        private final List<Ingredients.Part> parts = new ArrayList<>();
        private final List<StepAccount.Input> inputs = new ArrayList<>();
        private StringBuilder definition;
        private final List<String> lost = new ArrayList<>();
        private String result = "";

        Made(String name, String kind) {
            this.name = name;
            definition = new StringBuilder(name);
            part("step", kind);
        }

        Made part(String part, String value) {
            parts.add(new Ingredients.Part(part, value));
            definition.append('\n').append(part).append(' ').append(value);
            return this;
        }

        Made on(StepAccount input) {
            inputs.add(new StepAccount.Input(input.vertex(), 0, "", false, Optional.empty()));
            definition.append('\n').append(input.definition());
            return this;
        }

        Made content(StepAccount input, String content) {
            inputs.add(new StepAccount.Input(input.vertex(), 0, "", true, Optional.of(Digest.ofText(content))));
            definition.append('\n').append(input.definition());
            return this;
        }

        Made is(Verdict other) {
            verdict = other;
            return this;
        }

        StepAccount step() {
            Digest digest = Digest.ofText(definition.toString());
            return new StepAccount(
                    digest,
                    name,
                    Optional.empty(),
                    verdict,
                    ignored,
                    digest,
                    Optional.of(digest),
                    Optional.of(result).filter(id -> !id.isEmpty()),
                    new Ingredients(parts),
                    inputs,
                    lost,
                    Duration.ofSeconds(2));
        }
    }

    private static Made made(String name, String kind) {
        return new Made(name, kind);
    }

    private static BuildAccount build(String ref, long second, StepAccount... steps) {
        return new BuildAccount(
                ref, THEN.plusSeconds(second), new Lineage("owner", "dockerfile.v0", ""), false, List.of(steps));
    }

    private String cause(BuildAccount old, BuildAccount now, StepAccount of) throws InterruptedException {
        Inquiry inquiry = new Inquiry(library, now, Optional.of(new Relative(old, Kinship.SAME)));
        return inquiry.cause(of)
                .map(cause -> cause.kind() + " " + cause.summary())
                .orElse("found");
    }

    @Test
    void theCauseNearestTheRootIsThatOfAllAbove() throws InterruptedException {
        StepAccount base1 = made("[1/3] FROM alpine@" + Digest.ofText("1"), "image")
                .part("image", "sha256:" + "1".repeat(64))
                .step();
        StepAccount a1 =
                made("[2/3] RUN a", "exec").part("argument 0", "a").on(base1).step();
        StepAccount b1 =
                made("[3/3] RUN b", "exec").part("argument 0", "b").on(a1).step();
        StepAccount base2 = made("[1/3] FROM alpine@" + Digest.ofText("2"), "image")
                .part("image", "sha256:" + "2".repeat(64))
                .step();
        StepAccount a2 =
                made("[2/3] RUN a", "exec").part("argument 0", "a").on(base2).step();
        StepAccount b2 = made("[3/3] RUN b changed", "exec")
                .part("argument 0", "b changed")
                .on(a2)
                .step();
        BuildAccount old = build("old", 0, base1, a1, b1);
        BuildAccount now = build("new", 1, base2, a2, b2);
        assertThat(cause(old, now, b2))
                .isEqualTo("BASE_IMAGE alpine moved from sha256:111111111111 to sha256:222222222222");
        StepAccount b3 = made("[3/3] RUN b changed", "exec")
                .part("argument 0", "b changed")
                .on(a1)
                .step();
        assertThat(cause(old, build("new", 1, base1, a1, b3), b3))
                .isEqualTo("INSTRUCTION instruction changed: RUN b -> RUN b changed");
    }

    @Test
    void argumentsVariablesAndSettings() throws InterruptedException {
        StepAccount old = made("run", "exec")
                .part("argument 0", "cc")
                .part("environment", "A=1")
                .part("user", "root")
                .step();
        StepAccount argument = made("run", "exec")
                .part("argument 0", "gcc")
                .part("environment", "A=1")
                .part("user", "root")
                .step();
        StepAccount variable = made("run", "exec")
                .part("argument 0", "cc")
                .part("environment", "A=2")
                .part("user", "root")
                .step();
        StepAccount added = made("run", "exec")
                .part("argument 0", "cc")
                .part("environment", "A=1")
                .part("environment", "B=3")
                .part("user", "root")
                .step();
        StepAccount user = made("run", "exec")
                .part("argument 0", "cc")
                .part("environment", "A=1")
                .step();
        assertThat(cause(build("old", 0, old), build("new", 1, argument), argument))
                .isEqualTo("ARGUMENT argument 0: \"cc\" -> \"gcc\"");
        assertThat(cause(build("old", 0, old), build("new", 1, variable), variable))
                .isEqualTo("ENVIRONMENT environment A: \"1\" -> \"2\"");
        assertThat(cause(build("old", 0, old), build("new", 1, added), added))
                .isEqualTo("ENVIRONMENT environment B is new: \"3\"");
        assertThat(cause(build("old", 0, old), build("new", 1, user), user))
                .isEqualTo("SETTING user is gone: was \"root\"");
    }

    @Test
    void filesAreNamedAndUnusedOnesAreNot() throws InterruptedException {
        StepAccount context1 = made("[internal] load build context", "local")
                .part("files", Digest.ofText("1").toString())
                .step();
        StepAccount context2 = made("[internal] load build context", "local")
                .part("files", Digest.ofText("2").toString())
                .step();
        StepAccount copy1 =
                made("[1/1] COPY src", "file").content(context1, "one").step();
        StepAccount copy2 =
                made("[1/1] COPY src", "file").content(context2, "two").step();
        StepAccount same = made("[1/1] COPY src", "file")
                .content(context2, "one")
                .is(Verdict.HIT_BY_CONTENT)
                .step();
        BuildAccount old = build("old", 0, context1, copy1);
        files = Optional.of(new FileChanges(
                7,
                List.of(
                        new FileChange("a", FileChange.Kind.OWNER, "0:0", "1:1"),
                        new FileChange("b", FileChange.Kind.ADDED, "", ""))));
        assertThat(cause(old, build("new", 1, context2, copy2), copy2))
                .isEqualTo("FILES a: owner 0:0 -> 1:1 and 1 more (of 7 files)");
        assertThat(cause(old, build("new", 1, context2, same), same)).isEqualTo("found");
        files = Optional.empty();
        assertThat(cause(old, build("new", 1, context2, copy2), copy2))
                .isEqualTo("FILES files changed; which ones is not remembered");
    }

    @Test
    void stepsThatAreNewGoneOrElsewhere() throws InterruptedException {
        StepAccount a = made("[1/3] RUN a", "exec")
                .part("argument 0", "a")
                .is(Verdict.SPARED)
                .step();
        StepAccount b = made("[2/3] RUN b", "exec")
                .part("argument 0", "b")
                .on(a)
                .is(Verdict.SPARED)
                .step();
        StepAccount c =
                made("[3/3] RUN c", "exec").part("argument 0", "c").on(b).step();
        StepAccount without =
                made("[2/2] RUN c", "exec").part("argument 0", "c").on(a).step();
        assertThat(cause(build("old", 0, a, b, c), build("new", 1, a, without), without))
                .isEqualTo("REMOVED_STEP removed before it: RUN b");
        StepAccount last =
                made("[3/3] RUN b", "exec").part("argument 0", "b").on(without).step();
        assertThat(cause(build("old", 0, a, b, c), build("new", 1, a, without, last), without))
                .isEqualTo("REORDERED follows RUN a instead of RUN b");
        StepAccount ran =
                made("[2/3] RUN b", "exec").part("argument 0", "b").on(a).step();
        assertThat(cause(build("old", 0, a, without), build("new", 1, a, ran, c), c))
                .isEqualTo("NEW_STEP new: it was not in the build before");
    }

    @Test
    void resultsThatAreGoneAndWishes() throws InterruptedException {
        Made before = made("run", "exec");
        before.result = "id-1";
        StepAccount old = before.step();
        StepAccount again = made("run", "exec").step();
        assertThat(cause(build("old", 0, old), build("new", 1, again), again))
                .isEqualTo("LOST its result is gone from the disk");
        library.evictions().add(new Eviction("id-1", THEN, "pruned by hand"));
        assertThat(cause(build("old", 0, old), build("new", 1, again), again))
                .isEqualTo("EVICTED evicted 2026-01-01T00:00:00Z: pruned by hand");
        StepAccount failed = made("run", "exec").is(Verdict.FAILED).step();
        assertThat(cause(build("old", 0, failed), build("new", 1, again), again))
                .isEqualTo("FAILED_BEFORE it did not complete last time");
        Made wish = made("run", "exec");
        wish.ignored = true;
        StepAccount ignored = wish.step();
        StepAccount above = made("above", "exec").on(ignored).step();
        assertThat(cause(build("old", 0, old, above), build("new", 1, ignored, above), above))
                .isEqualTo("IGNORED cache ignored on request");
        Inquiry first = new Inquiry(library, build("new", 1, again), Optional.empty());
        assertThat(first.cause(again))
                .hasValueSatisfying(cause -> assertThat(cause.kind()).isEqualTo(CauseKind.NEVER_BUILT));
    }

    @Test
    void accountsAreReadAsTheyWereWrittenOrNotAtAll(@TempDir Path folder) throws IOException {
        StepAccount a = made("[1/2] RUN a", "exec").part("argument 0", "ä\n").step();
        BuildAccount account =
                build("ref", 0, a, made("[2/2] COPY", "file").content(a, "x").step());
        Path file = folder.resolve("steps");
        AccountFile.write(file, account);
        assertThat(AccountFile.read(file)).isEqualTo(Optional.of(account));
        assertThat(AccountFile.readHead(file)).isEqualTo(Optional.of(build("ref", 0)));
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x11;
            Files.write(file, damaged);
            Optional<BuildAccount> read = AccountFile.read(file);
            assertThat(read.isEmpty() || read.get().equals(account))
                    .as("byte %d", i)
                    .isTrue();
        }
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 9));
        assertThat(AccountFile.read(file)).isEmpty();
    }

    @Test
    void experienceIsTheMedianOfRuns() {
        StepAccount run = made("[1/1] RUN a", "exec").step();
        Experience experience = new Experience(List.of(
                build("1", 1, run),
                build("2", 2, made("[1/1] RUN a", "exec").is(Verdict.SPARED).step())));
        assertThat(experience.of(run)).contains(Duration.ofSeconds(2));
        assertThat(experience.of(made("[1/1] RUN b", "exec").step())).isEmpty();
    }
}
