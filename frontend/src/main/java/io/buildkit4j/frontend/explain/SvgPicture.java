package io.buildkit4j.frontend.explain;

import io.buildkit4j.frontend.explain.Layout.Place;
import io.buildkit4j.frontend.explain.StageGraph.Arrow;
import io.buildkit4j.frontend.explain.StageGraph.Box;
import io.buildkit4j.frontend.explain.StageGraph.Look;
import java.util.List;
import java.util.Locale;

/** Stages as a picture that browsers show. */
final class SvgPicture {
    /** Longer titles are cut; a pointer shows them whole. */
    static final int LONGEST = 34;

    private static final int LEGEND = 34;
    private static final int NARROWEST = 560;

    private final StageGraph graph;
    private final Layout layout;
    private final StringBuilder out = new StringBuilder();

    private SvgPicture(StageGraph graph) {
        this.graph = graph;
        this.layout = new Layout(graph);
    }

    static String write(StageGraph graph) {
        return new SvgPicture(graph).write();
    }

    private String write() {
        int width = Math.max(NARROWEST, layout.width());
        int height = layout.height() + LEGEND;
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n"
                .formatted(width, height, width, height));
        out.append("""
                <style>
                text { font-family: Helvetica, Arial, sans-serif; fill: #1c2733; text-anchor: middle }
                .title { font-size: 14px; font-weight: 600 }
                .detail, .legend { font-size: 11px; fill: #52606d }
                .legend { text-anchor: start }
                .base { fill: none; stroke: #33506e; stroke-width: 1.8 }
                .take { fill: none; stroke: #7a8794; stroke-width: 1.4; stroke-dasharray: 5 4 }
                .target { fill: #dff0dc; stroke: #2f7a31; stroke-width: 2.4 }
                .stage { fill: #e8f1fb; stroke: #33628f; stroke-width: 1.5 }
                .unused { fill: #f7f7f7; stroke: #a0a8b0; stroke-width: 1.3; stroke-dasharray: 3 3 }
                .image { fill: #fff3d6; stroke: #a8791b; stroke-width: 1.3 }
                .context { fill: #f0e9fa; stroke: #6b4fa0; stroke-width: 1.3 }
                </style>
                <defs>
                <marker id="b" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">\
                <path d="M0 0L10 5L0 10z" fill="#33506e"/></marker>
                <marker id="t" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">\
                <path d="M0 0L10 5L0 10z" fill="#7a8794"/></marker>
                </defs>
                <rect width="100%" height="100%" fill="#ffffff"/>
                """);
        graph.arrows().forEach(this::arrow);
        graph.boxes().forEach(this::box);
        legend(layout.height() + 6);
        return out.append("</svg>\n").toString();
    }

    private void arrow(Arrow arrow) {
        List<Place> way = layout.way(arrow);
        StringBuilder path = new StringBuilder();
        for (int i = 0; i + 1 < way.size(); i++) {
            Place from = way.get(i);
            Place to = way.get(i + 1);
            // a way through a row goes straight down beside the boxes of that row
            double top = from.y() + Layout.HEIGHT / 2.0;
            double bottom = to.y() - Layout.HEIGHT / 2.0 - (i + 2 == way.size() ? 2 : 0);
            double bend = (bottom - top) / 2;
            path.append(i == 0 ? "M" : "L").append(number(from.x)).append(' ').append(number(top));
            path.append('C').append(number(from.x)).append(' ').append(number(top + bend));
            path.append(' ').append(number(to.x)).append(' ').append(number(bottom - bend));
            path.append(' ').append(number(to.x)).append(' ').append(number(bottom));
        }
        String kind = arrow.base() ? "base" : "take";
        out.append("<path class=\"")
                .append(kind)
                .append("\" marker-end=\"url(#")
                .append(kind.charAt(0));
        out.append(")\" d=\"").append(path).append("\">");
        if (!arrow.takes().isEmpty()) {
            out.append("<title>")
                    .append(escaped(String.join("\n", arrow.takes())))
                    .append("</title>");
        }
        out.append("</path>\n");
    }

    private void box(Box box) {
        Place place = layout.of(box);
        double left = place.x - place.width / 2.0;
        double top = place.y() - Layout.HEIGHT / 2.0;
        int round = box.look() == Look.IMAGE ? Layout.HEIGHT / 2 : 5;
        out.append("<g><title>").append(escaped(box.title())).append("</title>");
        out.append("<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%d\" height=\"%d\" rx=\"%d\"/>"
                .formatted(style(box.look()), number(left), number(top), place.width, Layout.HEIGHT, round));
        text("title", place.x, place.y() - 3, shortened(box.title()));
        text("detail", place.x, place.y() + 14, box.detail());
        out.append("</g>\n");
    }

    private void text(String kind, double x, double y, String text) {
        out.append("<text class=\"").append(kind).append("\" x=\"").append(number(x));
        out.append("\" y=\"")
                .append(number(y))
                .append("\">")
                .append(escaped(text))
                .append("</text>");
    }

    private void legend(int y) {
        int x = 20;
        for (Look look : List.of(Look.TARGET, Look.STAGE, Look.UNUSED, Look.IMAGE, Look.CONTEXT)) {
            int round = look == Look.IMAGE ? 6 : 2;
            out.append("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"20\" height=\"12\" rx=\"%d\"/>"
                    .formatted(style(look), x, y, round));
            text("legend", x + 26, y + 10, style(look));
            x += 84;
        }
        for (String kind : List.of("base", "take")) {
            out.append("<path class=\"%s\" marker-end=\"url(#%c)\" d=\"M%d %dL%d %d\"/>"
                    .formatted(kind, kind.charAt(0), x, y + 6, x + 28, y + 6));
            text("legend", x + 34, y + 10, kind.equals("base") ? "FROM" : "files");
            x += 76;
        }
        out.append('\n');
    }

    private static String style(Look look) {
        return look.name().toLowerCase(Locale.ROOT);
    }

    private static String shortened(String title) {
        return title.length() <= LONGEST
                ? title
                : title.substring(0, LONGEST / 2) + "\u2026" + title.substring(title.length() - LONGEST / 2 + 1);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** Text may hold anything that a file may hold; what XML may not is left out. */
    private static String escaped(String text) {
        return text.replaceAll("[^\\n\\x20-\\uD7FF\\uE000-\\uFFFD]", "\uFFFD")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
