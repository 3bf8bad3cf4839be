package io.buildkit4j.frontend.check;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.image.Reference;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A file that cannot be built as it is. */
final class InvalidDefaultArgInFrom implements Rule {
    private static final Title TITLE = Title.of(
            "InvalidDefaultArgInFrom",
            "Default value for global ARG results in an empty or invalid base image name",
            "invalid-default-arg-in-from");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        Set<String> stages = new HashSet<>();
        for (Instruction.From from : file.stages()) {
            Optional<String> image = file.expand(from.image(), file.defaults()).text();
            boolean stage = image.map(name -> stages.contains(name.toLowerCase(Locale.ROOT)))
                    .orElse(false);
            from.name().ifPresent(stages::add);
            if (image.isPresent() && !stage && !valid(image.get())) {
                String message =
                        "Default value for ARG " + from.image() + " results in empty or invalid base image name";
                found.add(TITLE, from.statement(), message, from.image());
            }
        }
    }

    private static boolean valid(String image) {
        try {
            Reference.parse(image);
            return true;
        } catch (Fault malformed) {
            return false;
        }
    }
}
