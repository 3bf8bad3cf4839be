import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.io.IOException;
import java.util.List;

/**
 * What BuildKit needed to run, built from source with nothing but steps that run commands, each component in a stage of its
 * own from its clone to its binary. {@code --target} is {@code containerd}, or {@code standalone} for runc alone:
 *
 * <pre>examples/llb/run BuildKit0 --target standalone | bin/buildctl build --output type=local,dest=out</pre>
 */
public final class BuildKit0 {
    public static void main(String[] arguments) throws IOException {
        Flags flags = Flags.parse(List.of(arguments), Component.FLAGS);
        State result = Sources.state(Sources.image(flags.get("alpine")));
        result = copy(build(flags, "runc"), "runc", result);
        if (flags.get("target").equals("containerd")) {
            result = copy(build(flags, "containerd"), "containerd", result);
        }
        System.out.write(result.marshal().encode());
        System.out.flush();
    }

    /** A stage: the compiler's image, the clone, the version, the build. */
    private static State build(Flags flags, String name) {
        Component component = Component.of(flags, name);
        State stage = Sources.state(Sources.image(flags.get("golang"))).addEnvironment("GOPATH", "/go");
        if (!flags.get("prepare").isEmpty()) {
            stage = run(stage, flags.get("prepare"));
        }
        State cloned = run(stage, "git clone " + component.repository() + " " + component.folder());
        State checked = run(cloned.directory(component.folder()), "git checkout -q " + component.version());
        return run(checked.addEnvironment("OUT", "/out"), "mkdir /out && " + component.command());
    }

    private static State run(State state, String command) {
        return state.run(Run.args("/bin/sh", "-c", command), StepNote.plain()).root();
    }

    /** A step that copies between two trees that are mounted into it; what it leaves in the mount is the result. */
    private static State copy(State from, String binary, State to) {
        return to.run(
                        Run.args("/bin/sh", "-c", "mkdir -p /to/bin && cp -a /from/out/" + binary + " /to/bin/")
                                .mountReadOnly("/from", from)
                                .mount("/to", to),
                        StepNote.plain())
                .mount("/to")
                .orElseThrow();
    }
}
