package io.buildkit4j.frontend.check;

import io.buildkit4j.footing.RootedPath;
import io.buildkit4j.frontend.emit.Observer.Moment;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.wire.PathPatterns;
import io.buildkit4j.wire.WireFault;
import java.util.Set;
import java.util.regex.Pattern;

/** What .dockerignore takes out of the context cannot be copied. */
final class CopyIgnoredFile implements Rule {
    private static final Title TITLE = Title.of(
            "CopyIgnoredFile", "Attempting to Copy file that is excluded by .dockerignore", "copy-ignored-file");

    private static final Pattern REMOTE = Pattern.compile("[a-z]+://|git@");
    private static final Set<String> EVERYTHING = Set.of("*", "**", "**/*");

    private PathPatterns patterns = PathPatterns.none();
    private boolean everything;
    private Reading file = Reading.NOTHING;

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        this.file = file;
        try {
            patterns = PathPatterns.of(file.ignored());
        } catch (WireFault malformed) {
            patterns = PathPatterns.none(); // the build says so
        }
        everything = file.ignored().stream().anyMatch(EVERYTHING::contains);
    }

    @Override
    public void reached(Moment moment, Findings found) {
        if (patterns.isEmpty() || patterns.hasNegations()) {
            return; // what is taken out may be taken back below
        }
        if (moment.instruction() instanceof Instruction.Copy copy && copy.from().isEmpty()) {
            check(moment, copy.transfer(), "Copy", found);
        }
        if (moment.instruction() instanceof Instruction.Add add) {
            check(moment, add.transfer(), "Add", found);
        }
    }

    private void check(Moment moment, Instruction.Transfer transfer, String verb, Findings found) {
        for (String source : transfer.sources()) {
            String written = file.expand(source, moment.values()).text().orElse("");
            if (verb.equals("Add") && REMOTE.matcher(written).lookingAt()) {
                continue;
            }
            String path = RootedPath.inside(written);
            boolean ignored = path.isEmpty() ? everything : patterns.matches(path);
            if (ignored) {
                String message = "Attempting to " + verb + " file " + Findings.quoted(path.isEmpty() ? "." : path)
                        + " that is excluded by .dockerignore";
                found.add(TITLE, moment.instruction().statement(), message, source);
            }
        }
    }
}
