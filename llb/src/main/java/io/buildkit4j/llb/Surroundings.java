package io.buildkit4j.llb;

import io.buildkit4j.footing.RootedPath;
import io.buildkit4j.image.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a state hands on to the processes that are run on it. */
record Surroundings(
        List<String> environment,
        String directory,
        String user,
        String hostname,
        List<ExecMeta.HostAddress> hosts,
        List<ExecMeta.Ulimit> ulimits,
        Optional<Platform> platform,
        Optional<List<String>> constraints) {
    static final Surroundings NONE =
            new Surroundings(List.of(), "/", "", "", List.of(), List.of(), Optional.empty(), Optional.empty());

    /** What is set last comes last. */
    Surroundings withVariable(String name, String value) {
        List<String> more = new ArrayList<>(environment.size() + 1);
        String prefix = name + "=";
        for (String variable : environment) {
            if (!variable.startsWith(prefix)) {
                more.add(variable);
            }
        }
        more.add(prefix + value);
        return new Surroundings(List.copyOf(more), directory, user, hostname, hosts, ulimits, platform, constraints);
    }

    /** In this order. */
    Surroundings withVariables(Map<String, String> variables) {
        List<String> all = new ArrayList<>(variables.size());
        variables.forEach((name, value) -> all.add(name + "=" + value));
        return new Surroundings(List.copyOf(all), directory, user, hostname, hosts, ulimits, platform, constraints);
    }

    Surroundings withDirectory(String other) {
        return new Surroundings(environment, resolve(other), user, hostname, hosts, ulimits, platform, constraints);
    }

    Surroundings withUser(String other) {
        return new Surroundings(environment, directory, other, hostname, hosts, ulimits, platform, constraints);
    }

    Surroundings withHostname(String other) {
        return new Surroundings(environment, directory, user, other, hosts, ulimits, platform, constraints);
    }

    Surroundings withHost(ExecMeta.HostAddress host) {
        List<ExecMeta.HostAddress> more = new ArrayList<>(hosts);
        more.add(host);
        return new Surroundings(
                environment, directory, user, hostname, List.copyOf(more), ulimits, platform, constraints);
    }

    Surroundings withUlimit(ExecMeta.Ulimit limit) {
        List<ExecMeta.Ulimit> more = new ArrayList<>(ulimits);
        more.add(limit);
        return new Surroundings(
                environment, directory, user, hostname, hosts, List.copyOf(more), platform, constraints);
    }

    Surroundings withPlatform(Platform other) {
        return new Surroundings(
                environment, directory, user, hostname, hosts, ulimits, Optional.of(other), constraints);
    }

    Surroundings withConstraint(String filter) {
        List<String> more = new ArrayList<>(constraints.orElse(List.of()));
        more.add(filter);
        return new Surroundings(
                environment, directory, user, hostname, hosts, ulimits, platform, Optional.of(List.copyOf(more)));
    }

    /** An absolute clean path; relative ones start at the directory. */
    String resolve(String path) {
        return "/" + RootedPath.inside(path.startsWith("/") ? path : directory + "/" + path);
    }
}
