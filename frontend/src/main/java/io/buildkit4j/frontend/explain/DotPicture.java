package io.buildkit4j.frontend.explain;

import io.buildkit4j.frontend.explain.StageGraph.Arrow;
import io.buildkit4j.frontend.explain.StageGraph.Box;

/** Stages in Graphviz' language. */
final class DotPicture {
    private DotPicture() {}

    static String write(StageGraph graph) {
        StringBuilder out = new StringBuilder("digraph {\n  node [shape=box, fontname=\"sans-serif\"];\n");
        for (Box box : graph.boxes()) {
            String style = switch (box.look()) {
                case TARGET -> ", style=bold";
                case STAGE -> "";
                case UNUSED -> ", style=dashed";
                case IMAGE -> ", shape=ellipse";
                case CONTEXT -> ", shape=folder";
            };
            out.append("  n").append(box.number()).append(" [label=");
            out.append(quoted(box.title() + "\n" + box.detail())).append(style).append("];\n");
        }
        for (Arrow arrow : graph.arrows()) {
            out.append("  n").append(arrow.from()).append(" -> n").append(arrow.to());
            if (!arrow.base()) {
                out.append(" [style=dashed, tooltip=")
                        .append(quoted(String.join("\n", arrow.takes())))
                        .append(']');
            }
            out.append(";\n");
        }
        return out.append("}\n").toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
