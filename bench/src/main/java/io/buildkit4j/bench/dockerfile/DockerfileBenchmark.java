package io.buildkit4j.bench.dockerfile;

import io.buildkit4j.frontend.Described;
import io.buildkit4j.frontend.DockerfileFrontend;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.FrontendRequest;
import io.buildkit4j.frontend.syntax.DockerfileSyntax;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A file of 500 instructions in 50 stages, all of which the target needs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class DockerfileBenchmark {
    private final String text = LargeFile.text();
    private final EmptyDaemon daemon = new EmptyDaemon(text);
    private final FrontendRequest request = new FrontendRequest(FrontendOptions.parse(Map.of()), Map.of());

    /** The file is what the name says. */
    @Setup
    public void count() {
        long froms = DockerfileSyntax.parse("Dockerfile", text).statements().stream()
                .filter(statement -> statement.keyword().equals("FROM"))
                .count();
        int all = DockerfileSyntax.parse("Dockerfile", text).statements().size() - 1;
        if (froms != LargeFile.STAGES || all != LargeFile.INSTRUCTIONS) {
            throw new IllegalStateException(all + " instructions in " + froms + " stages");
        }
    }

    /** Text to instructions. */
    @Benchmark
    public int parse() {
        return DockerfileSyntax.parse("Dockerfile", text).statements().size();
    }

    /** What a build does: the same, the checks, the definition and the image's configuration. */
    @Benchmark
    public Described describe() throws InterruptedException {
        return new DockerfileFrontend().describe(request, daemon);
    }
}
