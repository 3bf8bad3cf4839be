import io.buildkit4j.client.BuiltTree;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.FrontendAnswer;
import io.buildkit4j.client.FrontendGateway;
import io.buildkit4j.client.FrontendProgram;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.ImageConfig;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Run;
import io.buildkit4j.llb.Sources;
import io.buildkit4j.llb.State;
import io.buildkit4j.llb.StepNote;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A frontend for recipes, as an image's entry point. A recipe has one instruction a line:
 *
 * <pre>
 * # syntax=REGISTRY/recipe
 * from IMAGE                the tree begins with an image
 * dockerfile FILE           the tree begins with what a Dockerfile of the same directory makes
 * write PATH TEXT           a file
 * run COMMAND               a process in the tree, by its /bin/sh
 * say TEXT                  told to the user
 * fail TEXT                 the build's failure
 * </pre>
 */
public final class Recipe {
    private final FrontendGateway gateway;
    private State tree = State.scratch();

    private Recipe(FrontendGateway gateway) {
        this.gateway = gateway;
    }

    /** Serves the daemon that started it. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(FrontendProgram.run(gateway -> new Recipe(gateway).build()));
    }

    private FrontendAnswer build() throws InterruptedException {
        Platform platform = gateway.platforms().getFirst();
        for (String line : recipe().split("\n", -1)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] words = (line.strip() + " ").split(" ", 2);
                follow(words[0], words[1].strip(), platform);
            }
        }
        BuiltTree made = gateway.solve(tree.marshal());
        String config = new String(ImageConfig.minimal(platform).bytes(), StandardCharsets.UTF_8);
        return FrontendAnswer.of(made, config);
    }

    private String recipe() throws InterruptedException {
        String name = gateway.options().getOrDefault("filename", "Dockerfile");
        Definition given = gateway.inputs().get("dockerfile");
        Definition source = given != null
                ? given
                : Sources.state(Sources.local("dockerfile", List.of(), List.of(), List.of(name))).marshal();
        byte[] text = gateway.read(gateway.solve(source), name)
                .orElseThrow(() -> new ClientFault(Kind.NOT_FOUND, "there is no recipe " + name));
        return new String(text, StandardCharsets.UTF_8);
    }

    private void follow(String word, String rest, Platform platform) throws InterruptedException {
        StepNote shown = StepNote.named("[recipe] " + word + " " + rest);
        switch (word) {
            case "from" -> tree = Sources.imageState(rest, platform);
            case "dockerfile" -> tree = State.of(dockerfile(rest));
            case "write" -> {
                String[] file = (rest + " ").split(" ", 2);
                byte[] text = (file[1].strip() + "\n").getBytes(StandardCharsets.UTF_8);
                tree = tree.file(FileSteps.begin().makeFile(file[0], 0644, text), shown);
            }
            case "run" -> tree = tree.run(Run.args("/bin/sh", "-c", rest), shown).root();
            case "say" -> System.err.println(rest);
            case "fail" -> throw new ClientFault(Kind.FAILED_PRECONDITION, rest);
            default -> throw new ClientFault(Kind.INVALID_ARGUMENT, "a recipe has no instruction " + word);
        }
    }

    /** Another frontend may be asked. */
    private Definition dockerfile(String file) throws InterruptedException {
        Map<String, String> options = new HashMap<>(gateway.options());
        options.put("filename", file);
        return gateway.ask("dockerfile.v0", options, gateway.inputs()).tree().definition();
    }
}
