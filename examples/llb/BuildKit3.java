import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.io.IOException;
import java.util.List;

/**
 * As {@link BuildKit2}, with BuildKit itself, and with nothing in the result but the binaries. The version {@code local} takes
 * a component's source from the client's directory {@code runc-src}, {@code containerd-src} or {@code buildkit-src}; sources
 * are mounted read-only, and what is built is written to a tree of its own:
 *
 * <pre>examples/llb/run BuildKit3 --buildkit local \
 *     | bin/buildctl build --local buildkit-src=DIRECTORY --output type=local,dest=out</pre>
 */
public final class BuildKit3 {
    public static void main(String[] arguments) throws IOException {
        Flags flags = Flags.parse(List.of(arguments), Component.FLAGS);
        State compiler = Sources.state(Sources.image(flags.get("golang")))
                .addEnvironment("GOPATH", "/go")
                .addEnvironment("OUT", "/out");
        if (!flags.get("prepare").isEmpty()) {
            compiler = compiler.run(Run.args("/bin/sh", "-c", flags.get("prepare")), StepNote.plain()).root();
        }
        FileSteps binaries = FileSteps.begin();
        List<String> wanted = flags.get("target").equals("containerd")
                ? List.of("buildkit", "runc", "containerd")
                : List.of("buildkit", "runc");
        for (String name : wanted) {
            Component component = Component.of(flags, name);
            State built = compiler.directory(component.folder())
                    .run(
                            Run.args("/bin/sh", "-c", component.command())
                                    .mountReadOnly(component.folder(), source(component))
                                    .mount("/out", State.scratch()),
                            StepNote.named("build " + name))
                    .mount("/out")
                    .orElseThrow();
            binaries = binaries.copy(built, "/" + name, "/" + name);
        }
        System.out.write(State.scratch().file(binaries, StepNote.named("binaries")).marshal().encode());
        System.out.flush();
    }

    private static State source(Component component) {
        return component.version().equals("local")
                ? Sources.state(Sources.local(component.name() + "-src"))
                : Sources.state(Sources.git(component.repository(), component.version(), true));
    }
}
