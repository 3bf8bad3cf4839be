import io.buildkit4j.footing.Fault;
import io.buildkit4j.frontend.Described;
import io.buildkit4j.frontend.DockerfileFrontend;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.FrontendRequest;
import io.buildkit4j.frontend.Gateway;
import io.buildkit4j.image.CredentialSource;
import io.buildkit4j.image.Descriptor;
import io.buildkit4j.image.Index;
import io.buildkit4j.image.Manifest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.image.Registries;
import io.buildkit4j.image.Repository;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.SourceId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns the Dockerfile on standard input into a definition on standard output, without a daemon: base images are looked up in
 * their registries, without a login. What the image is to be configured with is lost, as a definition has no place for it.
 *
 * <pre>examples/llb/run DockerfileToLlb --target STAGE &lt; Dockerfile | bin/buildctl build --local context=. …</pre>
 */
public final class DockerfileToLlb {
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Flags flags = Flags.parse(List.of(arguments), Map.of("target", ""));
        byte[] dockerfile = System.in.readAllBytes();
        FrontendOptions options = FrontendOptions.parse(Map.of("target", flags.get("target")));
        try (Registries registries = new Registries(Map.of())) {
            Described described = new DockerfileFrontend()
                    .describe(new FrontendRequest(options, Map.of()), new StandardInput(dockerfile, registries));
            switch (described) {
                case Described.Here here -> System.out.write(here.builds().getFirst().definition().encode());
                case Described.Answered answer -> throw new IOException("no build was asked for: " + answer);
                case Described.Elsewhere other -> throw new IOException("the frontend " + other.image() + " is not run here");
            }
            System.out.flush();
        } catch (Fault | IOException wrong) {
            System.err.println("error: " + wrong.getMessage());
            System.exit(1);
        }
    }

    /** What a frontend can ask for where there is no daemon. */
    private record StandardInput(byte[] dockerfile, Registries registries) implements Gateway {
        @Override
        public Platform buildPlatform() {
            return Platform.of("linux", System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64", "");
        }

        @Override
        public ResolvedImage resolveImage(ImageQuestion question) throws InterruptedException {
            Repository repository = registries.open(Reference.parse(question.reference()), CredentialSource.ANONYMOUS);
            Descriptor top = repository.resolve();
            byte[] document = repository.manifest(top.digest()).bytes();
            if (top.mediaType().contains("index") || top.mediaType().contains("list")) {
                Descriptor chosen = Index.parse(document).select(question.platform()).orElseThrow();
                document = repository.manifest(chosen.digest()).bytes();
            }
            try (InputStream config = repository.open(Manifest.parse(document).config(), 0)) {
                return new ResolvedImage(top.digest(), new String(config.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        }

        @Override
        public Optional<byte[]> readFile(Definition definition, String path) {
            boolean ours = definition.steps().getFirst().op() instanceof Op.Source source
                    && source.id() instanceof SourceId.Local local
                    && local.name().equals("dockerfile");
            return ours && path.equals("Dockerfile") ? Optional.of(dockerfile) : Optional.empty();
        }

        @Override
        public void warn(Warning warning) {
            System.err.println("warning: " + warning.text());
        }
    }
}
