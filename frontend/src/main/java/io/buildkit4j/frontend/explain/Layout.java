package io.buildkit4j.frontend.explain;

import io.buildkit4j.frontend.explain.StageGraph.Arrow;
import io.buildkit4j.frontend.explain.StageGraph.Box;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where boxes and arrows are drawn: boxes in rows, each below all that it takes from; an arrow over several rows goes through
 * a place of its own in each row between, so that it crosses no box. The rows are ordered by the means of their neighbours,
 * back and forth, and places drawn as near to their neighbours as the others in the row let them.
 */
final class Layout {
    static final int HEIGHT = 46;
    private static final int ROW = 104;
    private static final int GAP = 26;
    private static final int SWEEPS = 12;
    private static final int MARGIN = 20;

    private final List<Place> places = new ArrayList<>();
    private final List<List<Place>> rows = new ArrayList<>();
    private final Map<Arrow, List<Place>> ways = new HashMap<>();

    /** A box, or where an arrow goes through a row. Centres in pixels. */
    static final class Place {
        final int width;
        final int row;
        final List<Place> above = new ArrayList<>();
        final List<Place> below = new ArrayList<>();
        double x;

        Place(int width, int row) {
            this.width = width;
            this.row = row;
        }

        double y() {
            return MARGIN + HEIGHT / 2.0 + (double) row * ROW;
        }
    }

    Layout(StageGraph graph) {
        int[] rank = ranks(graph);
        for (int i = 0; i <= Arrays.stream(rank).max().orElse(0); i++) {
            rows.add(new ArrayList<>());
        }
        for (Box box : graph.boxes()) {
            places.add(place(width(box), rank[box.number()]));
        }
        graph.arrows().forEach(this::lead);
        for (int i = 0; i < SWEEPS; i++) {
            order(i % 2 == 0);
        }
        for (List<Place> row : rows) {
            spread(row, true);
        }
        for (int i = 0; i < SWEEPS; i++) {
            for (List<Place> row : i % 2 == 0 ? rows : rows.reversed()) {
                spread(row, false);
            }
        }
        double left =
                places().mapToDouble(place -> place.x - place.width / 2.0).min().orElse(0);
        places().forEach(place -> place.x += MARGIN - left);
    }

    private java.util.stream.Stream<Place> places() {
        return rows.stream().flatMap(List::stream);
    }

    static int width(Box box) {
        return 24
                + Math.max(
                        8 * Math.min(box.title().length(), SvgPicture.LONGEST),
                        6 * box.detail().length());
    }

    /** Each box below what it takes from; what only gives, just above the first that takes. */
    private static int[] ranks(StageGraph graph) {
        int[] rank = new int[graph.boxes().size()];
        boolean[] takes = new boolean[rank.length];
        graph.arrows().forEach(arrow -> takes[arrow.to()] = true);
        // stages take only from those before them, and images and contexts take from nobody
        for (Box box : graph.boxes()) {
            for (Arrow arrow : graph.arrows()) {
                if (arrow.to() == box.number()) {
                    rank[box.number()] = Math.max(rank[box.number()], rank[arrow.from()] + 1);
                }
            }
        }
        for (Box box : graph.boxes()) {
            if (!takes[box.number()]) {
                graph.arrows().stream()
                        .filter(arrow -> arrow.from() == box.number())
                        .mapToInt(arrow -> rank[arrow.to()] - 1)
                        .min()
                        .ifPresent(row -> rank[box.number()] = row);
            }
        }
        return rank;
    }

    private Place place(int width, int row) {
        Place place = new Place(width, row);
        rows.get(row).add(place);
        return place;
    }

    private void lead(Arrow arrow) {
        Place from = places.get(arrow.from());
        Place to = places.get(arrow.to());
        List<Place> way = new ArrayList<>(List.of(from));
        for (int row = from.row + 1; row < to.row; row++) {
            way.add(place(4, row));
        }
        way.add(to);
        for (int i = 0; i + 1 < way.size(); i++) {
            way.get(i).below.add(way.get(i + 1));
            way.get(i + 1).above.add(way.get(i));
        }
        ways.put(arrow, way);
    }

    private void order(boolean down) {
        for (List<Place> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                row.get(i).x = i;
            }
        }
        for (List<Place> row : down ? rows : rows.reversed()) {
            Map<Place, Double> mean = new HashMap<>();
            for (Place place : row) {
                mean.put(place, mean(down ? place.above : place.below, place.x));
            }
            row.sort(Comparator.comparing(mean::get));
            for (int i = 0; i < row.size(); i++) {
                row.get(i).x = i;
            }
        }
    }

    private static double mean(List<Place> neighbours, double otherwise) {
        return neighbours.stream().mapToDouble(place -> place.x).average().orElse(otherwise);
    }

    /** A run of places that touch, and where their common shift would best be. */
    private record Run(int first, int count, double sum) {
        double shift() {
            return sum / count;
        }

        Run with(Run next) {
            return new Run(first, count + next.count, sum + next.sum);
        }
    }

    /** The least squares of the distances from where each place would be, with the order and the gaps kept. */
    private static void spread(List<Place> row, boolean packed) {
        double[] offset = new double[row.size()];
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            Place place = row.get(i);
            offset[i] = i == 0 ? 0 : offset[i - 1] + (row.get(i - 1).width + place.width) / 2.0 + GAP;
            List<Place> all = new ArrayList<>(place.above);
            all.addAll(place.below);
            double wanted = packed ? offset[i] : mean(all, place.x);
            Run run = new Run(i, 1, wanted - offset[i]);
            while (!runs.isEmpty() && runs.getLast().shift() > run.shift()) {
                run = runs.removeLast().with(run);
            }
            runs.add(run);
        }
        for (Run run : runs) {
            for (int i = run.first(); i < run.first() + run.count(); i++) {
                row.get(i).x = offset[i] + run.shift();
            }
        }
    }

    Place of(Box box) {
        return places.get(box.number());
    }

    /** Through which places an arrow goes, both ends included. */
    List<Place> way(Arrow arrow) {
        return ways.getOrDefault(arrow, List.of());
    }

    int width() {
        return (int) Math.ceil(places().mapToDouble(place -> place.x + place.width / 2.0)
                        .max()
                        .orElse(0))
                + MARGIN;
    }

    int height() {
        return 2 * MARGIN + (rows.size() - 1) * ROW + HEIGHT;
    }
}
