import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Writes a build definition to standard output. It makes a shell of the static busybox in the local directory
 * {@code context}, runs a step in it, and keeps what the step wrote:
 *
 * <pre>examples/llb/run Greeting | bin/buildctl build --local context=/bin --output type=local,dest=out</pre>
 */
public final class Greeting {
    private Greeting() {}

    /** Prints the definition. */
    public static void main(String[] arguments) throws IOException {
        String who = arguments.length > 0 ? arguments[0] : "world";
        State context = Sources.state(Sources.local("context", java.util.List.of("busybox"), java.util.List.of(), java.util.List.of()));
        State shell = State.scratch()
                .file(
                        FileSteps.begin()
                                .makeDirectory("/bin", 0755, true)
                                .copy(context, "/busybox", "/bin/busybox")
                                .symlink("busybox", "/bin/sh"),
                        StepNote.plain());
        State ran = shell.run(Run.args("/bin/sh", "-c", "echo \"hello, " + who + "\" > /greeting"), StepNote.plain())
                .root();
        State result = State.scratch()
                .file(
                        FileSteps.begin()
                                .copy(ran, "/greeting", "/greeting")
                                .makeFile("/made-by", 0644, "a definition written in Java\n".getBytes(StandardCharsets.UTF_8)),
                        StepNote.plain());
        System.out.write(result.marshal().encode());
        System.out.flush();
    }
}
