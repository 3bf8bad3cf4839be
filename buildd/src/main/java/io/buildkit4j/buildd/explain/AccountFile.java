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
import java.io.OutputStream;
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
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * An account as a file: gzip, whose checksum tells a damaged one. Every text and every digest is written once, a digest as its
 * bytes, and named by its number after that. It is written aside and renamed; one that cannot be read is absent.
 */
final class AccountFile {
    private static final int VERSION = 2;
    private static final int BUFFER = 64 << 10;
    private static final int LONGEST = 1 << 24;
    /** Where a number could stand: a text that has none yet follows, a digest, or nothing, for there is no digest. */
    private static final int NEW_TEXT = -1;

    private static final int NEW_DIGEST = -2;
    private static final int NO_DIGEST = -3;

    private AccountFile() {}

    static void write(Path file, BuildAccount account) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(new QuickGzip(Files.newOutputStream(aside)), BUFFER))) {
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

    /** Half of an account is hashes, which nothing makes smaller. */
    private static final class QuickGzip extends GZIPOutputStream {
        QuickGzip(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    private static final class Writer {
        private final DataOutputStream out;
        /** Texts and digests. */
        private final Map<Object, Integer> numbers = new HashMap<>();

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
            if (isNew(text, NEW_TEXT)) {
                bytes(text.getBytes(StandardCharsets.UTF_8));
            }
        }

        private void digest(Digest digest) throws IOException {
            if (isNew(digest, NEW_DIGEST)) {
                bytes(digest.bytes());
            }
        }

        private void digest(Optional<Digest> digest) throws IOException {
            if (digest.isPresent()) {
                digest(digest.get());
            } else {
                out.writeInt(NO_DIGEST);
            }
        }

        private boolean isNew(Object value, int sign) throws IOException {
            Integer number = numbers.putIfAbsent(value, numbers.size());
            out.writeInt(number == null ? sign : number);
            return number == null;
        }

        private void bytes(byte[] bytes) throws IOException {
            out.writeInt(bytes.length);
            out.write(bytes);
        }

        private void texts(List<String> some) throws IOException {
            out.writeInt(some.size());
            for (String text : some) {
                text(text);
            }
        }

        private void step(StepAccount step) throws IOException {
            digest(step.vertex());
            text(step.name());
            texts(step.group()
                    .map(group -> List.of(group.id(), group.name(), Boolean.toString(group.weak())))
                    .orElse(List.of()));
            text(step.verdict().name());
            out.writeBoolean(step.ignored());
            digest(step.definition());
            digest(step.key());
            text(step.result().orElse(""));
            List<String> parts = new ArrayList<>();
            step.ingredients().parts().forEach(part -> {
                parts.add(part.name());
                parts.add(part.value());
            });
            texts(parts);
            out.writeInt(step.inputs().size());
            for (StepAccount.Input input : step.inputs()) {
                digest(input.vertex());
                out.writeInt(input.output());
                text(input.selector());
                out.writeBoolean(input.byContent());
                digest(input.content());
            }
            texts(step.lost());
            out.writeLong(step.took().toNanos());
        }
    }

    private static final class Reader {
        private final DataInputStream in;
        private final List<Object> values = new ArrayList<>();

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
            return as(String.class, in.readInt());
        }

        private Digest digest() throws IOException {
            return as(Digest.class, in.readInt());
        }

        private Optional<Digest> givenDigest() throws IOException {
            int number = in.readInt();
            return number == NO_DIGEST ? Optional.empty() : Optional.of(as(Digest.class, number));
        }

        private <T> T as(Class<T> wanted, int number) throws IOException {
            Object value = value(number);
            if (!wanted.isInstance(value)) {
                throw new IOException("number " + number + " is no " + wanted.getSimpleName());
            }
            return wanted.cast(value);
        }

        private Object value(int number) throws IOException {
            if (number >= 0) {
                return values.get(number);
            }
            int length = in.readInt();
            if (length < 0 || length > LONGEST) {
                throw new IOException("a text of " + length + " bytes");
            }
            byte[] bytes = in.readNBytes(length);
            Object value = number == NEW_DIGEST ? Digest.ofHash(bytes) : new String(bytes, StandardCharsets.UTF_8);
            values.add(value);
            return value;
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
                    digest(),
                    text(),
                    group(texts()),
                    Verdict.valueOf(text()),
                    in.readBoolean(),
                    digest(),
                    givenDigest(),
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
                inputs.add(new StepAccount.Input(digest(), in.readInt(), text(), in.readBoolean(), givenDigest()));
            }
            return inputs;
        }
    }
}
