package io.buildkit4j.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * A control group whose processes can be made to stand still: {@code freezer.state} of version 1, {@code cgroup.freeze} of
 * version 2. What a process does inside one system call it finishes first.
 */
public final class FreezableGroup {
    private static final Path HIERARCHIES = Path.of("/sys/fs/cgroup");

    /** What to write where. */
    private record Form(String hierarchy, String file, String freeze, String thaw) {}

    private static final List<Form> FORMS = List.of(
            new Form("freezer", "freezer.state", "FROZEN", "THAWED"),
            new Form("", "cgroup.freeze", "1", "0"),
            new Form("unified", "cgroup.freeze", "1", "0"));

    private final Path file;
    private final Form form;

    private FreezableGroup(Path file, Form form) {
        this.file = file;
        this.form = form;
    }

    /** The group with this path in its hierarchy, as long as it is there. */
    public static Optional<FreezableGroup> find(String path) {
        String relative = path.replaceAll("^/+", "");
        for (Form form : FORMS) {
            Path file = HIERARCHIES.resolve(form.hierarchy).resolve(relative).resolve(form.file);
            if (Files.exists(file)) {
                return Optional.of(new FreezableGroup(file, form));
            }
        }
        return Optional.empty();
    }

    /** Asks for it; answers whether the group was there. Takes effect within moments. */
    public boolean freeze() {
        return write(form.freeze);
    }

    /** Lets its processes go on; answers whether the group was there. */
    public boolean thaw() {
        return write(form.thaw);
    }

    private boolean write(String word) {
        try {
            Files.write(file, word.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }
}
