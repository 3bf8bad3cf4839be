import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A build that decides while it runs what is built: a step writes a definition to a file, and the next step is whatever that
 * definition says. Here the first step, in the image {@code --image}, only unpacks one that was made beforehand.
 *
 * <pre>examples/llb/run NestedLlb | bin/buildctl build --output type=local,dest=out</pre>
 */
public final class NestedLlb {
    public static void main(String[] arguments) throws IOException {
        Flags flags = Flags.parse(
                List.of(arguments),
                java.util.Map.of("image", "docker.io/library/busybox:latest", "message", "made by a build in a build"));
        byte[] message = (flags.get("message") + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] inner = State.scratch()
                .file(FileSteps.begin().makeFile("/message", 0644, message), StepNote.named("the build in the build"))
                .marshal()
                .encode();
        String write = "echo " + Base64.getEncoder().encodeToString(inner) + " | base64 -d > /llb/buildkit.llb.definition";
        State written = Sources.state(Sources.image(flags.get("image")))
                .run(Run.args("/bin/sh", "-c", write).mount("/llb", State.scratch()), StepNote.named("write a definition"))
                .mount("/llb")
                .orElseThrow();
        System.out.write(written.built("buildkit.llb.definition", StepNote.named("build it")).marshal().encode());
        System.out.flush();
    }
}
