package io.buildkit4j.worker;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Op;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Chooses who runs a process: of the crews that pass the filters the first that runs its platform, else the first. */
record Crews(List<Member> members) {
    /** A crew, and what its processes are run with. */
    record Member(Crew crew, ExecStep.Machinery machinery) {}

    /** Where grants come from, whoever runs what they are for. */
    ExecGrants.Place grants() {
        return members.getFirst().machinery().grants();
    }

    /** Those that all of them have. */
    Devices devices() {
        return new Devices(members.getFirst().machinery().settings().devices());
    }

    /** For an op, whose own filters count before those of whoever has it built. */
    Member choose(Op op, Grants grants) {
        List<String> own = op.frame().constraints().orElse(List.of());
        List<Member> able = able(own.isEmpty() ? grants.workers() : own);
        Optional<Platform> wanted = op.platform();
        return able.stream()
                .filter(member -> wanted.isEmpty() || member.crew().platforms().contains(wanted.get()))
                .findFirst()
                .orElse(able.getFirst());
    }

    /** For what is no op. */
    Member choose(Grants grants) {
        return able(grants.workers()).getFirst();
    }

    private List<Member> able(List<String> filters) {
        if (filters.isEmpty()) {
            return members;
        }
        List<Member> able;
        try {
            able = members.stream()
                    .filter(member -> member.crew().passes(filters))
                    .toList();
        } catch (Fault malformed) {
            throw new WorkerFault(
                    Kind.INVALID_ARGUMENT, "the worker is chosen by what is " + malformed.getMessage(), malformed);
        }
        if (able.isEmpty()) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION,
                    "no worker matches " + String.join(" or ", filters) + "; there are "
                            + members.stream()
                                    .map(member -> "id==" + member.crew().id())
                                    .collect(Collectors.joining(", "))
                            + ", with the labels that `buildctl debug workers -v` shows");
        }
        return able;
    }
}
