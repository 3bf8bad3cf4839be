package io.buildkit4j.bench.solver;

import io.buildkit4j.bench.solver.IdleSteps.Shape;
import io.buildkit4j.bench.solver.SolverOverhead.Point;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The cost a vertex over the size of the graph, drawn as SVG: size on a logarithmic axis, microseconds on a plain one. */
final class ScalePicture {
    private static final int LEFT = 70;
    private static final int WIDTH = 560;
    private static final int TOP = 50;
    private static final int HEIGHT = 260;

    private final Map<Shape, List<Point>> curves = new EnumMap<>(Shape.class);

    /** One line of the picture. */
    private record Curve(Shape shape, ToDoubleFunction<Point> value, String colour, String dashes, String name) {}

    private static final List<Curve> CURVES = List.of(
            new Curve(Shape.CHAIN, ScalePicture::all, "#b03030", "4", "chain, cold, with collector"),
            new Curve(Shape.GRID, ScalePicture::all, "#d08030", "4", "grid, cold, with collector"),
            new Curve(Shape.CHAIN, Point::cold, "#b03030", "none", "chain, cold"),
            new Curve(Shape.GRID, Point::cold, "#d08030", "none", "grid, cold"),
            new Curve(Shape.CHAIN, Point::content, "#3060b0", "none", "chain, hit by content"),
            new Curve(Shape.GRID, Point::content, "#50a0d0", "none", "grid, hit by content"),
            new Curve(Shape.CHAIN, Point::hit, "#308040", "none", "chain, definition hit"),
            new Curve(Shape.GRID, Point::hit, "#80b060", "none", "grid, definition hit"));

    private final List<Double> labels = new ArrayList<>();

    private static double all(Point point) {
        return point.cold() + point.collector();
    }

    void add(Shape shape, List<Point> points) {
        curves.put(shape, points);
    }

    String svg() {
        double most = 10
                * Math.ceil(curves.values().stream()
                                .flatMap(List::stream)
                                .mapToDouble(ScalePicture::all)
                                .max()
                                .orElse(10)
                        / 10);
        StringBuilder out = new StringBuilder();
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 850 380\"");
        out.append(" font-family=\"sans-serif\" font-size=\"13\">\n");
        out.append("<rect width=\"850\" height=\"380\" fill=\"white\"/>\n");
        text(out, LEFT, 25, "What the solver costs: processor microseconds a vertex, by size of the graph");
        axes(out, most);
        CURVES.forEach(curve -> line(out, curve, most));
        return out.append("</svg>\n").toString();
    }

    private void axes(StringBuilder out, double most) {
        for (int step = 0; step <= 5; step++) {
            double value = most * step / 5;
            double y = y(value, most);
            out.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n",
                    LEFT,
                    LEFT + WIDTH,
                    y,
                    y));
            text(out, 20, y + 4, String.format(Locale.ROOT, "%.0f us", value));
        }
        for (int size : List.of(1_000, 10_000, 100_000)) {
            text(out, x(size) - 20, TOP + HEIGHT + 20, String.format(Locale.ROOT, "%,d", size));
        }
        StringBuilder live = new StringBuilder("reachable heap at 100,000 vertices:");
        curves.forEach((shape, points) -> live.append(String.format(
                Locale.ROOT,
                " %s %.0f MiB",
                shape.name().toLowerCase(Locale.ROOT),
                points.getLast().live())));
        text(out, LEFT, TOP + HEIGHT + 50, live + " (limit 1024)");
    }

    private void line(StringBuilder out, Curve curve, double most) {
        List<Point> points = curves.getOrDefault(curve.shape(), List.of());
        if (points.isEmpty()) {
            return;
        }
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            path.append(String.format(
                    Locale.ROOT, "%.1f,%.1f ", x(point.size()), y(curve.value().applyAsDouble(point), most)));
        }
        out.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"").append(curve.colour());
        out.append("\" stroke-dasharray=\"")
                .append(curve.dashes())
                .append("\" points=\"")
                .append(path.toString().strip())
                .append("\"/>\n");
        double end = curve.value().applyAsDouble(points.getLast());
        out.append("<g fill=\"").append(curve.colour()).append("\">");
        double place = y(end, most) + 4;
        while (labelled(place)) {
            place -= 2;
        }
        labels.add(place);
        text(out, LEFT + WIDTH + 6, place, String.format(Locale.ROOT, "%s: %.0f", curve.name(), end));
        out.append("</g>\n");
    }

    /** Whether a label at this height would lie on another one. */
    private boolean labelled(double place) {
        return labels.stream().anyMatch(other -> Math.abs(other - place) < 14);
    }

    private static double x(int size) {
        return LEFT + WIDTH * Math.log10(size / 1_000.0) / 2;
    }

    private static double y(double value, double most) {
        return TOP + HEIGHT * (1 - value / most);
    }

    private static void text(StringBuilder out, double x, double y, String text) {
        out.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\">%s</text>%n", x, y, text));
    }
}
