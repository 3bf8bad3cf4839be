package io.buildkit4j.bench.spine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A definition of many trivial file steps, to see what the machinery around a step costs. */
final class FileOps {
    private FileOps() {}

    /** Writes {@code chains} chains of {@code length} steps, joined in one more step; {@code salt} makes it new. */
    static void write(Path file, int chains, int length, String salt) throws IOException {
        State joined = State.scratch();
        FileSteps join = FileSteps.begin();
        for (int chain = 0; chain < chains; chain++) {
            State state = State.scratch();
            for (int step = 0; step < length; step++) {
                byte[] content = (salt + " " + chain + " " + step).getBytes(UTF_8);
                state = state.file(FileSteps.begin().makeFile("/f" + step, 0644, content), StepNote.plain());
            }
            join = join.copy(state, "/f" + (length - 1), "/chain" + chain);
        }
        Files.write(file, joined.file(join, StepNote.plain()).marshal().encode());
    }
}
