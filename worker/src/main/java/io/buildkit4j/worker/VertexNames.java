package io.buildkit4j.worker;

import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.Op;

/** What steps are called where nobody has named them. */
final class VertexNames {
    private VertexNames() {}

    static String of(Op op) {
        return switch (op) {
            case Op.Source source -> source.id().identifier();
            case Op.Exec exec -> String.join(" ", exec.meta().args());
            case Op.File file -> of(file);
            case Op.Merge merge -> "merge " + merge.layers().size() + " trees";
            case Op.Diff diff -> "diff";
            case Op.Build build -> "build";
            case Op.Passthrough passthrough -> "passthrough " + passthrough.id();
        };
    }

    private static String of(Op.File file) {
        String first = file.actions().isEmpty() ? "nothing" : of(file.actions().getFirst());
        return file.actions().size() > 1 ? first + " and " + (file.actions().size() - 1) + " more" : first;
    }

    private static String of(FileAction action) {
        return switch (action) {
            case FileAction.Copy copy -> "copy " + copy.source() + " " + copy.destination();
            case FileAction.MakeFile file -> "mkfile " + file.path();
            case FileAction.MakeDirectory directory -> "mkdir " + directory.path();
            case FileAction.Remove remove -> "rm " + remove.path();
            case FileAction.Symlink link -> "symlink " + link.path() + " -> " + link.target();
        };
    }
}
