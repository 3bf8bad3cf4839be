import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.io.IOException;
import java.util.List;

/**
 * As {@link BuildKit0}, but the sources are cloned in stages of their own and mounted where they are built: cloning and
 * preparing the compiler go on at the same time, and a compiler that changes clones nothing again. The flags are the same.
 *
 * <pre>examples/llb/run BuildKit1 | bin/buildctl build --output type=local,dest=out</pre>
 */
public final class BuildKit1 {
    public static void main(String[] arguments) throws IOException {
        Flags flags = Flags.parse(List.of(arguments), Component.FLAGS);
        State compiler = Sources.state(Sources.image(flags.get("golang")))
                .addEnvironment("GOPATH", "/go")
                .addEnvironment("OUT", "/out");
        if (!flags.get("prepare").isEmpty()) {
            compiler = run(compiler, flags.get("prepare"));
        }
        FileSteps binaries = FileSteps.begin().makeDirectory("/bin", 0755, true);
        List<String> wanted = flags.get("target").equals("containerd") ? List.of("runc", "containerd") : List.of("runc");
        for (String name : wanted) {
            Component component = Component.of(flags, name);
            State built = build(compiler, cloned(compiler, component), component);
            binaries = binaries.copy(built, "/" + name, "/bin/" + name);
        }
        State result = Sources.state(Sources.image(flags.get("alpine"))).file(binaries, StepNote.named("binaries"));
        System.out.write(result.marshal().encode());
        System.out.flush();
    }

    /** The source alone, at the root of a tree. */
    private static State cloned(State git, Component component) {
        String command = "git clone " + component.repository() + " /src && cd /src && git checkout -q " + component.version();
        return git.run(Run.args("/bin/sh", "-c", command).mount("/src", State.scratch()), StepNote.plain())
                .mount("/src")
                .orElseThrow();
    }

    /** What the build leaves. */
    private static State build(State compiler, State source, Component component) {
        return compiler.directory(component.folder())
                .run(
                        Run.args("/bin/sh", "-c", component.command())
                                .mount(component.folder(), source)
                                .mount("/out", State.scratch()),
                        StepNote.plain())
                .mount("/out")
                .orElseThrow();
    }

    private static State run(State state, String command) {
        return state.run(Run.args("/bin/sh", "-c", command), StepNote.plain()).root();
    }
}
