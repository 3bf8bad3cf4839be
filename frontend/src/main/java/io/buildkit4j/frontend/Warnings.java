package io.buildkit4j.frontend;

import io.buildkit4j.frontend.check.Finding;
import io.buildkit4j.frontend.emit.Plan;
import io.buildkit4j.llb.SourceMap;
import java.util.List;
import java.util.stream.IntStream;

/** Findings of a build as remarks to its user. */
final class Warnings {
    /** More than this nobody reads; all of them are answered when the checks are asked for. */
    private static final int MOST = 500;

    /** The file goes with every remark, unless that is too much in all: every remark is kept with the build. */
    private static final int CHARACTERS = 4 << 20;

    private Warnings() {}

    static void send(List<Finding> findings, Plan.Inputs inputs, Gateway gateway) {
        boolean small = (long) findings.size() * inputs.text().length() <= CHARACTERS;
        String content = small ? inputs.text() : "";
        for (Finding finding : findings.subList(0, Math.min(MOST, findings.size()))) {
            List<SourceMap.Range> lines = IntStream.rangeClosed(finding.first(), finding.last())
                    .mapToObj(line -> SourceMap.Range.lines(line, line))
                    .toList();
            gateway.warn(new Gateway.Warning(
                    finding.line(),
                    List.of(finding.rule().description()),
                    finding.rule().url(),
                    inputs.file(),
                    content,
                    lines));
        }
        if (findings.size() > MOST) {
            String more = "and " + (findings.size() - MOST) + " more findings: ask for all with buildctl build --opt"
                    + " requestid=frontend.lint or docker buildx build --check";
            gateway.warn(new Gateway.Warning(more, List.of(), "", inputs.file(), "", List.of()));
        }
    }
}
