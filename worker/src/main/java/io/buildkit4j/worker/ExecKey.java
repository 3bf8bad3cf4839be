package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.Op;
import io.buildkit4j.solver.CacheMap;
import io.buildkit4j.solver.InputRule;
import io.buildkit4j.store.ContentQuery;
import io.buildkit4j.store.Ref;
import io.buildkit4j.worker.listing.Selection;
import java.util.ArrayList;
import java.util.List;

/**
 * What the result of a process depends on. Proxy settings, addresses of extra hosts and the names of cache directories are
 * left out: they differ from day to day and from machine to machine, and are not meant to change the result.
 */
final class ExecKey {
    private final Op.Exec op;
    private final Platform platform;

    ExecKey(Op.Exec op, Platform platform) {
        this.op = op;
        this.platform = platform;
    }

    CacheMap<Ref> cacheMap() {
        ExecMeta meta = op.meta();
        KeyParts parts = new KeyParts("exec")
                .add("os", platform.os())
                .add("architecture", platform.architecture())
                .given("variant", platform.variant())
                .given("os version", platform.osVersion())
                .each("os feature", platform.osFeatures());
        for (int i = 0; i < meta.args().size(); i++) {
            parts.add("argument " + i, meta.args().get(i));
        }
        parts.each("environment", meta.environment())
                .add("directory", meta.workingDirectory())
                .given("user", meta.user())
                .given("host name", meta.hostname())
                .each(
                        "extra host",
                        meta.extraHosts().stream()
                                .map(ExecMeta.HostAddress::host)
                                .toList())
                .each("limit", meta.ulimits())
                .each("valid exit code", meta.validExitCodes())
                .add("network", op.network())
                .add("security", op.security());
        for (Op.SecretVariable secret : op.secrets()) {
            parts.add("secret variable", secret.name() + " " + secret.id() + (secret.optional() ? " optional" : ""));
        }
        op.devices().forEach(device -> parts.add("device", device.name()));
        op.mounts().forEach(mount -> mount(parts, mount));
        return parts.last(rules());
    }

    private static void mount(KeyParts parts, ExecMount mount) {
        String kind = switch (mount) {
            case ExecMount.Bind bind -> "bind";
            case ExecMount.Cache cache -> "cache";
            case ExecMount.Tmpfs memory -> "tmpfs " + memory.size();
            case ExecMount.Secret secret -> "secret " + secret.grant();
            case ExecMount.Ssh ssh -> "ssh " + ssh.grant();
        };
        parts.add(
                "mount " + mount.destination(),
                kind + " input " + mount.input() + " output " + mount.output()
                        + (mount.frame().readOnly() ? " read-only" : ""));
    }

    private List<InputRule<Ref>> rules() {
        List<InputRule<Ref>> rules = new ArrayList<>();
        for (int input = 0; input < op.inputs().size(); input++) {
            rules.add(rule(input));
        }
        return rules;
    }

    private InputRule<Ref> rule(int input) {
        List<ExecMount> users =
                op.mounts().stream().filter(mount -> mount.input() == input).toList();
        List<String> selectors = users.stream()
                .map(mount -> normalized(mount.frame().selector()))
                .sorted()
                .distinct()
                .toList();
        boolean whole = selectors.isEmpty() || selectors.contains("/");
        boolean byContent = !users.isEmpty() && users.stream().allMatch(ExecKey::byContent);
        List<ContentQuery> queries = (whole ? List.of("/") : selectors)
                .stream()
                        .map(path -> new ContentQuery(path, true, false, List.of(), List.of()))
                        .toList();
        String selector = whole ? "" : Selection.text(queries);
        return byContent
                ? new InputRule<>(selector, ContentDigests.of(queries), false)
                : new InputRule<>(selector, java.util.Optional.empty(), false);
    }

    private static String normalized(String selector) {
        return "/" + selector.replaceAll("^/+|/+$", "");
    }

    /** Only where the process cannot carry what it does not look at into its result, and never for the root. */
    private static boolean byContent(ExecMount mount) {
        boolean safe = mount.output() == Op.NONE || mount.frame().readOnly();
        boolean root = normalized(mount.destination()).equals("/");
        return switch (mount.frame().contentCache()) {
            case DEFAULT -> safe && !root;
            case OFF -> false;
            case ON -> {
                if (!safe) {
                    throw new WorkerFault(
                            Kind.INVALID_ARGUMENT,
                            "mount " + mount.destination()
                                    + " cannot be cached by content: it is written to and is a result; make it read-only");
                }
                yield true;
            }
        };
    }
}
