import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.io.IOException;
import java.util.List;

/**
 * As {@link BuildKit1}, but the sources are sources: the daemon fetches the repositories, keeps them, and knows by the commit
 * whether anything changed. containerd's build asks git for its version, so its source keeps the {@code .git} directory.
 *
 * <pre>examples/llb/run BuildKit2 | bin/buildctl build --output type=local,dest=out</pre>
 */
public final class BuildKit2 {
    public static void main(String[] arguments) throws IOException {
        Flags flags = Flags.parse(List.of(arguments), Component.FLAGS);
        State compiler = Sources.state(Sources.image(flags.get("golang")))
                .addEnvironment("GOPATH", "/go")
                .addEnvironment("OUT", "/out");
        if (!flags.get("prepare").isEmpty()) {
            compiler = compiler.run(Run.args("/bin/sh", "-c", flags.get("prepare")), StepNote.plain()).root();
        }
        FileSteps binaries = FileSteps.begin().makeDirectory("/bin", 0755, true);
        List<String> wanted = flags.get("target").equals("containerd") ? List.of("runc", "containerd") : List.of("runc");
        for (String name : wanted) {
            Component component = Component.of(flags, name);
            State source = Sources.state(
                    Sources.git(component.repository(), component.version(), name.equals("containerd")));
            State built = compiler.directory(component.folder())
                    .run(
                            Run.args("/bin/sh", "-c", component.command())
                                    .mount(component.folder(), source)
                                    .mount("/out", State.scratch()),
                            StepNote.plain())
                    .mount("/out")
                    .orElseThrow();
            binaries = binaries.copy(built, "/" + name, "/bin/" + name);
        }
        State result = Sources.state(Sources.image(flags.get("alpine"))).file(binaries, StepNote.named("binaries"));
        System.out.write(result.marshal().encode());
        System.out.flush();
    }
}
