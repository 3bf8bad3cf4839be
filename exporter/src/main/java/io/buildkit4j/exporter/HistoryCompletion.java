package io.buildkit4j.exporter;

import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.store.LayerBlob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings an image's history in step with its layers: as many steps with a layer as there are layers, each with a time. */
final class HistoryCompletion {
    private static final String COMMENT = "buildkit.exporter.image.v0";

    private final List<LayerBlob> layers;
    private final Optional<Instant> epoch;

    HistoryCompletion(List<LayerBlob> layers, Optional<Instant> epoch) {
        this.layers = layers;
        this.epoch = epoch;
    }

    List<ImageConfig.History> complete(List<ImageConfig.History> given) {
        return timed(counted(given));
    }

    /** Steps too many are said to be empty, from the first on; layers without a step get one that names what made them. */
    private List<ImageConfig.History> counted(List<ImageConfig.History> given) {
        List<ImageConfig.History> steps = new ArrayList<>();
        long surplus = given.stream().filter(step -> !step.emptyLayer()).count() - layers.size();
        for (ImageConfig.History step : given) {
            boolean emptied = !step.emptyLayer() && surplus > 0;
            surplus -= emptied ? 1 : 0;
            steps.add(emptied ? empty(step) : step);
        }
        for (int i = (int) (layers.size() + surplus); i < layers.size(); i++) {
            LayerBlob layer = layers.get(i);
            steps.add(new ImageConfig.History(layer.created(), layer.description(), "", COMMENT, false));
        }
        return steps;
    }

    private static ImageConfig.History empty(ImageConfig.History step) {
        return new ImageConfig.History(step.created(), step.createdBy(), step.author(), step.comment(), true);
    }

    /** A step without a time has that of its layer, or else that of the step before it or, for the first, after it. */
    private List<ImageConfig.History> timed(List<ImageConfig.History> steps) {
        List<Optional<Instant>> times = new ArrayList<>();
        int layer = 0;
        for (ImageConfig.History step : steps) {
            Optional<Instant> own = step.created();
            if (!step.emptyLayer()) {
                own = own.or(layers.get(layer)::created);
                layer++;
            }
            times.add(own);
        }
        Optional<Instant> last = times.stream().flatMap(Optional::stream).findFirst();
        List<ImageConfig.History> timed = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            last = times.get(i).isPresent() ? times.get(i) : last;
            ImageConfig.History step = steps.get(i);
            timed.add(new ImageConfig.History(
                    last.map(this::atMostEpoch), step.createdBy(), step.author(), step.comment(), step.emptyLayer()));
        }
        return timed;
    }

    private Instant atMostEpoch(Instant time) {
        return epoch.filter(time::isAfter).orElse(time);
    }
}
