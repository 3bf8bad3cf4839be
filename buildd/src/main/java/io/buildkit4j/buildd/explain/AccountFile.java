package io.buildkit4j.buildd.explain;

import io.buildkit4j.image.Digest;
import io.buildkit4j.solver.Ingredients;
import io.buildkit4j.solver.StepAccount;
import io.buildkit4j.solver.StepAccount.Verdict;
import io.buildkit4j.solver.VertexTraits;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * An account as a file: gzip, whose checksum tells a damaged one. Every text is written once and named by its number after
 * that. It is written aside and renamed; one that cannot be read is absent.
 */
final class AccountFile {
    private static final int VERSION = 1;
    private static final int BUFFER = 64 << 10;
    private static final int LONGEST = 1 << 24;

    private AccountFile() {}

    static void write(Path file, BuildAccount account) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        try (DataOutputStream out = new DataOutputStream(
                new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(aside), BUFFER), BUFFER))) {
            new Writer(out).account(account);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static Optional<BuildAccount> read(Path file) {
        try (DataInputStream in = new DataInputStream(
                new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file), BUFFER), BUFFER))) {
            BuildAccount account = new Reader(in).account(true);
            return in.read() < 0 ? Optional.of(account) : Optional.empty();
        } catch (IOException | RuntimeException absentOrDamaged) {
            return Optional.empty();
        }
    }

    /** All but the steps; reads no further than it must. */
    static Optional<BuildAccount> readHead(Path file) {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            return Optional.of(new Reader(in).account(false));
        } catch (IOException | RuntimeException absentOrDamaged) {
            return Optional.empty();
        }
    }

    private static final class Writer {
        private final DataOutputStream out;
        private final Map<String, Integer> texts = new HashMap<>();

        Writer(DataOutputStream out) {
            this.out = out;
        }

        void account(BuildAccount account) throws IOException {
            out.writeInt(VERSION);
            text(account.ref());
            Instant created = account.created();
            out.writeLong(created.getEpochSecond());
            out.writeInt(created.getNano());
            text(account.lineage().owner());
            text(account.lineage().frontend());
            text(account.lineage().options());
            out.writeBoolean(account.refused());
            out.writeInt(account.steps().size());
            for (StepAccount step : account.steps()) {
                step(step);
            }
        }

        private void text(String text) throws IOException {
            Integer known = texts.putIfAbsent(text, texts.size());
            out.writeInt(known == null ? -1 : known);
            if (known == null) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                out.writeInt(bytes.length);
                out.write(bytes);
            }
        }

        private void texts(List<String> some) throws IOException {
            out.writeInt(some.size());
            for (String text : some) {
                text(text);
            }
        }

        private void step(StepAccount step) throws IOException {
            text(step.vertex().toString());
            text(step.name());
            texts(step.group()
                    .map(group -> List.of(group.id(), group.name(), Boolean.toString(group.weak())))
                    .orElse(List.of()));
            text(step.verdict().name());
            out.writeBoolean(step.ignored());
            text(step.definition().toString());
            text(step.key().map(Digest::toString).orElse(""));
            text(step.result().orElse(""));
            List<String> parts = new ArrayList<>();
            step.ingredients().parts().forEach(part -> {
                parts.add(part.name());
                parts.add(part.value());
            });
            texts(parts);
            out.writeInt(step.inputs().size());
            for (StepAccount.Input input : step.inputs()) {
                text(input.vertex().toString());
                out.writeInt(input.output());
                text(input.selector());
                out.writeBoolean(input.byContent());
                text(input.content().map(Digest::toString).orElse(""));
            }
            texts(step.lost());
            out.writeLong(step.took().toNanos());
        }
    }

    private static final class Reader {
        private final DataInputStream in;
        private final List<String> texts = new ArrayList<>();

        Reader(DataInputStream in) {
            this.in = in;
        }

        BuildAccount account(boolean withSteps) throws IOException {
            if (in.readInt() != VERSION) {
                throw new IOException("another version");
            }
            String ref = text();
            Instant created = instant(in.readLong(), in.readInt());
            Lineage lineage = new Lineage(text(), text(), text());
            boolean refused = in.readBoolean();
            int count = in.readInt();
            List<StepAccount> steps = new ArrayList<>();
            for (int i = 0; withSteps && i < count; i++) {
                steps.add(step());
            }
            return new BuildAccount(ref, created, lineage, refused, steps);
        }

        private static Instant instant(long seconds, int nanos) throws IOException {
            try {
                return Instant.ofEpochSecond(seconds, nanos);
            } catch (DateTimeException damaged) {
                throw new IOException(damaged);
            }
        }

        private String text() throws IOException {
            int number = in.readInt();
            if (number >= 0) {
                return texts.get(number);
            }
            int length = in.readInt();
            if (length < 0 || length > LONGEST) {
                throw new IOException("a text of " + length + " bytes");
            }
            String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            texts.add(text);
            return text;
        }

        private List<String> texts() throws IOException {
            int count = in.readInt();
            List<String> some = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                some.add(text());
            }
            return some;
        }

        private Optional<String> given() throws IOException {
            return Optional.of(text()).filter(text -> !text.isEmpty());
        }

        private StepAccount step() throws IOException {
            return new StepAccount(
                    Digest.parse(text()),
                    text(),
                    group(texts()),
                    Verdict.valueOf(text()),
                    in.readBoolean(),
                    Digest.parse(text()),
                    given().map(Digest::parse),
                    given(),
                    ingredients(texts()),
                    inputs(),
                    texts(),
                    Duration.ofNanos(in.readLong()));
        }

        private static Optional<VertexTraits.ProgressGroup> group(List<String> fields) {
            return fields.size() < 3
                    ? Optional.empty()
                    : Optional.of(new VertexTraits.ProgressGroup(
                            fields.get(0), fields.get(1), Boolean.parseBoolean(fields.get(2))));
        }

        private static Ingredients ingredients(List<String> fields) {
            List<Ingredients.Part> parts = new ArrayList<>();
            for (int i = 0; i + 1 < fields.size(); i += 2) {
                parts.add(new Ingredients.Part(fields.get(i), fields.get(i + 1)));
            }
            return new Ingredients(parts);
        }

        private List<StepAccount.Input> inputs() throws IOException {
            int count = in.readInt();
            List<StepAccount.Input> inputs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                inputs.add(new StepAccount.Input(
                        Digest.parse(text()), in.readInt(), text(), in.readBoolean(), given().map(Digest::parse)));
            }
            return inputs;
        }
    }
}
