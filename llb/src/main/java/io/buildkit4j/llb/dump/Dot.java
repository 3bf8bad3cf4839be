package io.buildkit4j.llb.dump;

import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpInput;
import java.util.List;
import java.util.stream.Collectors;

/** A definition as a Graphviz graph: a shape for each kind of step, edges from inputs to users. */
public final class Dot {
    private Dot() {}

    /** The whole graph. */
    public static String write(Definition definition) {
        StringBuilder out = new StringBuilder("digraph {\n");
        for (Definition.Entry entry : definition.entries()) {
            String shape = entry.isTerminal() ? "plaintext" : shape(entry.op());
            String label = entry.isTerminal() ? entry.digest().toString() : label(entry.op());
            out.append("  ")
                    .append(quoted(entry.digest().toString()))
                    .append(" [label=")
                    .append(quoted(label));
            out.append(" shape=").append(quoted(shape)).append("];\n");
        }
        for (Definition.Entry entry : definition.entries()) {
            List<OpInput> inputs = entry.inputs();
            for (int i = 0; i < inputs.size(); i++) {
                String label = entry.isTerminal() ? "" : edge(entry.op(), i);
                out.append("  ")
                        .append(quoted(inputs.get(i).digest().toString()))
                        .append(" -> ");
                out.append(quoted(entry.digest().toString()))
                        .append(" [label=")
                        .append(quoted(label))
                        .append("];\n");
            }
        }
        return out.append("}\n").toString();
    }

    private static String edge(Op op, int input) {
        if (!(op instanceof Op.Exec exec)) {
            return "";
        }
        return exec.mounts().stream()
                .filter(mount -> mount.input() == input && !mount.destination().equals("/"))
                .map(ExecMount::destination)
                .collect(Collectors.joining(", "));
    }

    private static String shape(Op op) {
        return switch (op) {
            case Op.Source _ -> "ellipse";
            case Op.Exec _ -> "box";
            case Op.Build _ -> "box3d";
            case Op.File _ -> "note";
            case Op.Merge _ -> "invtriangle";
            case Op.Diff _ -> "doublecircle";
            case Op.Passthrough _ -> "plaintext";
        };
    }

    private static String label(Op op) {
        return switch (op) {
            case Op.Source source -> source.id().identifier();
            case Op.Exec exec -> String.join(" ", exec.meta().args());
            case Op.Build _ -> "build";
            case Op.File file -> file.actions().stream().map(Dot::action).collect(Collectors.joining(", "));
            case Op.Merge _ -> "merge";
            case Op.Diff _ -> "diff";
            case Op.Passthrough pass -> "passthrough " + pass.id();
        };
    }

    private static String action(FileAction action) {
        return switch (action) {
            case FileAction.Copy copy -> "copy{src=" + copy.source() + ", dest=" + copy.destination() + "}";
            case FileAction.MakeFile file -> "mkfile{path=" + file.path() + "}";
            case FileAction.MakeDirectory directory -> "mkdir{path=" + directory.path() + "}";
            case FileAction.Remove remove -> "rm{path=" + remove.path() + "}";
            case FileAction.Symlink link -> "symlink{oldpath=" + link.target() + ", newpath=" + link.path() + "}";
        };
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
