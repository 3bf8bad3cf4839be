package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.instruction.Instruction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which texts of an instruction have their variables expanded, each for itself. */
final class Expanding {
    private Expanding() {}

    /** ARG is not among them: what it says is expanded only where the user gives nothing. */
    static List<String> texts(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Add add -> transfer(add.transfer(), add.fetched().checksum());
            case Instruction.Copy copy -> transfer(copy.transfer(), "");
            case Instruction.Env env -> pairs(env.pairs());
            case Instruction.Label label -> pairs(label.pairs());
            case Instruction.Run run ->
                run.mounts().stream()
                        .flatMap(mount -> mount.options().stream())
                        .map(Instruction.Pair::value)
                        .toList();
            case Instruction.Stopsignal signal -> List.of(signal.signal());
            case Instruction.User user -> List.of(user.user());
            case Instruction.Volume volume -> volume.paths();
            case Instruction.Workdir workdir -> List.of(workdir.path());
            case Instruction.Expose expose -> expose.ports();
            case Instruction.Arg _,
                    Instruction.Cmd _,
                    Instruction.Entrypoint _,
                    Instruction.From _,
                    Instruction.Healthcheck _,
                    Instruction.Maintainer _,
                    Instruction.Onbuild _,
                    Instruction.Shell _ -> List.of();
        };
    }

    private static List<String> transfer(Instruction.Transfer transfer, String checksum) {
        List<String> texts = new ArrayList<>(transfer.sources());
        texts.addAll(List.of(transfer.destination(), transfer.owner(), transfer.mode(), checksum));
        texts.addAll(transfer.exclude());
        return texts;
    }

    private static List<String> pairs(List<Instruction.Pair> pairs) {
        return pairs.stream()
                .flatMap(pair -> Stream.of(pair.name(), pair.value()))
                .toList();
    }
}
