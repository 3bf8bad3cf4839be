package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.instruction.Instruction;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The words of EXPOSE, their variables expanded; one variable may be several words. */
final class ExposedPorts {
    private ExposedPorts() {}

    static List<String> of(Instruction.Expose expose, Map<String, String> values, Reading file) {
        return expose.ports().stream()
                .flatMap(port -> file.expand(port, values).text().stream())
                .flatMap(text -> Stream.of(text.split("\\s+")))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
