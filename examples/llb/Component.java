import java.util.Map;

/**
 * A program written in Go: where its source is, which version is wanted, and the command that builds it.
 *
 * @param folder where the source has to lie
 * @param command leaves the program in the directory {@code $OUT}, under its name
 */
record Component(String name, String repository, String version, String folder, String command) {
    /** The flags of the components, beside those for the images that they are built in and put into. */
    static final Map<String, String> FLAGS = Map.ofEntries(
            Map.entry("golang", "docker.io/library/golang:1.8-alpine"),
            Map.entry("alpine", "docker.io/library/alpine:latest"),
            Map.entry("prepare", "apk add --no-cache g++ git libseccomp-dev linux-headers make"),
            Map.entry("target", "containerd"),
            Map.entry("runc", "v1.0.0-rc4"),
            Map.entry("runc-repository", "https://github.com/opencontainers/runc.git"),
            Map.entry("runc-build", "go build -o $OUT/runc ."),
            Map.entry("containerd", "v1.0.0-beta.1"),
            Map.entry("containerd-repository", "https://github.com/containerd/containerd.git"),
            Map.entry("containerd-build", "go build -o $OUT/containerd ./cmd/containerd"),
            Map.entry("buildkit", "master"),
            Map.entry("buildkit-repository", "https://github.com/moby/buildkit.git"),
            Map.entry("buildkit-build", "go build -o $OUT/buildkit ./cmd/buildkitd"));

    static Component of(Flags flags, String name) {
        String repository = flags.get(name + "-repository");
        String owner = name.equals("runc") ? "opencontainers" : name.equals("buildkit") ? "moby" : "containerd";
        return new Component(
                name,
                repository,
                flags.get(name),
                "/go/src/github.com/" + owner + "/" + name,
                flags.get(name + "-build"));
    }
}
