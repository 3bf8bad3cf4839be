package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.buildctl.output.Fields;
import io.buildkit4j.client.SolveRequest.Agent;
import io.buildkit4j.client.SolveRequest.Permits;
import io.buildkit4j.client.SolveRequest.Secret;
import io.buildkit4j.image.ImageLayout;
import io.buildkit4j.image.RegistryHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code --secret}, {@code --ssh}, {@code --allow} and {@code --oci-layout} say. */
final class Permitted {
    private static final String REGISTRY = "registry-auth-tlscontext";

    private Permitted() {}

    static Permits read(Arguments arguments, Map<String, String> environment) {
        List<Secret> secrets = new ArrayList<>();
        for (String value : arguments.all("secret")) {
            secrets.add(secret(value, environment));
        }
        List<Agent> agents = new ArrayList<>();
        for (String value : arguments.all("ssh")) {
            agents.add(agent(value, environment));
        }
        Map<String, RegistryHost> registries = new LinkedHashMap<>();
        for (String value : arguments.all(REGISTRY)) {
            registry(registries, Fields.parse(REGISTRY, value), value);
        }
        return new Permits(secrets, agents, arguments.all("allow"), registries, layouts(arguments));
    }

    private static void registry(Map<String, RegistryHost> registries, Map<String, String> fields, String text) {
        for (String name : fields.keySet()) {
            if (!List.of("host", "ca", "cert", "key", "insecure").contains(name)) {
                throw new UsageFault("--" + REGISTRY + " knows host, ca, cert, key and insecure, not " + name);
            }
        }
        String host = fields.getOrDefault("host", "");
        boolean pair = fields.containsKey("cert");
        if (host.isEmpty() || pair != fields.containsKey("key")) {
            throw new UsageFault("--" + REGISTRY + " needs a host, and cert and key together; got: " + text);
        }
        registries.put(
                host,
                new RegistryHost(
                        false,
                        fields.getOrDefault("insecure", "false").equals("true"),
                        List.of(),
                        new RegistryHost.Trust(
                                fields.containsKey("ca") ? List.of(readable(fields, "ca")) : List.of(),
                                pair
                                        ? List.of(new RegistryHost.Pair(
                                                readable(fields, "key"), readable(fields, "cert")))
                                        : List.of())));
    }

    private static Path readable(Map<String, String> fields, String name) {
        Path file = Path.of(fields.getOrDefault(name, ""));
        if (!Files.isReadable(file)) {
            throw new UsageFault("--" + REGISTRY + ": " + name + "=" + file + " cannot be read");
        }
        return file;
    }

    private static Map<String, Path> layouts(Arguments arguments) {
        Map<String, Path> layouts = new LinkedHashMap<>();
        arguments.pairs("oci-layout").forEach((name, folder) -> {
            Path path = Path.of(folder);
            if (!Files.exists(path.resolve(ImageLayout.MARK))) {
                throw new UsageFault("--oci-layout " + name + ": " + folder + " is no image layout: it has no file "
                        + ImageLayout.MARK);
            }
            layouts.put(name, path);
        });
        return layouts;
    }

    /** Without {@code type}, a name is that of a variable if there is one, else that of a file. */
    private static Secret secret(String text, Map<String, String> environment) {
        Map<String, String> fields = Fields.parse("secret", text);
        String id = fields.getOrDefault("id", "");
        if (id.isEmpty()) {
            throw new UsageFault("--secret needs an id, as in id=ID,src=FILE; got: " + text);
        }
        String type = fields.getOrDefault("type", "");
        String source = fields.getOrDefault("src", fields.getOrDefault("source", ""));
        String variable = fields.getOrDefault("env", type.equals("env") && !source.isEmpty() ? source : "");
        if (!variable.isEmpty()) {
            return new Secret.InVariable(id, variable);
        }
        boolean known = source.isEmpty() && environment.containsKey(id) && !type.equals("file");
        return known ? new Secret.InVariable(id, id) : new Secret.InFile(id, Path.of(source.isEmpty() ? id : source));
    }

    /** {@code ID}, {@code ID=SOCKET} or {@code ID=KEY,KEY}; {@code raw} is how sockets are treated here anyway. */
    private static Agent agent(String text, Map<String, String> environment) {
        int equals = text.indexOf('=');
        String id = equals < 0 ? text : text.substring(0, equals);
        String given = equals < 0 ? environment.getOrDefault("SSH_AUTH_SOCK", "") : text.substring(equals + 1);
        List<Path> places = new ArrayList<>();
        for (String place : given.split(",", -1)) {
            if (!place.isEmpty() && !place.startsWith("raw=")) {
                places.add(Path.of(place));
            }
        }
        if (places.isEmpty()) {
            throw new UsageFault(
                    "--ssh " + text + ": no agent: set SSH_AUTH_SOCK or name a socket, as in default=SOCKET");
        }
        List<Path> keys = places.stream().filter(Files::isRegularFile).toList();
        String name = id.isEmpty() ? "default" : id;
        if (keys.isEmpty() && places.size() == 1) {
            return new Agent.AtSocket(name, places.getFirst());
        }
        if (keys.size() < places.size()) {
            throw new UsageFault("--ssh " + text + ": either one socket or files with keys");
        }
        return new Agent.OfKeys(name, keys);
    }
}
