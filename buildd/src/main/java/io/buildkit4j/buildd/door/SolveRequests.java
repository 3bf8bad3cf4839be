package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.buildd.build.BuildRequest;
import io.buildkit4j.buildd.history.BuildRecord;
import io.buildkit4j.buildd.history.BuildRecord.Setting;
import io.buildkit4j.exporter.ExportSpec;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.FrontendRequest;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.wire.proto.control.Exporter;
import io.buildkit4j.wire.proto.control.SolveRequest;
import io.buildkit4j.wire.proto.control.SolveResponse;
import io.buildkit4j.worker.Entitlement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the message that asks for a build, in the form of 2017 (one exporter) and of today (a list), and refuses at once what
 * this daemon does not do: nothing that a client asks for is passed over in silence.
 */
final class SolveRequests {
    /** The option that chooses a worker, of the daemon and not of any frontend. */
    private static final String WORKER = "worker";

    private SolveRequests() {}

    static BuildRequest decode(SolveRequest message, Set<Entitlement> allowed, Instant now) {
        refuse(message);
        List<ExportSpec> exports = new ArrayList<>();
        List<String> kinds = new ArrayList<>();
        for (Exporter exporter : exporters(message)) {
            exports.add(ExportSpec.parse(exporter.getType(), exporter.getAttrsMap(), exports.size()));
            kinds.add(exporter.getType());
        }
        BuildRecord record = BuildRecord.begun(
                        message.getRef(), message.getFrontend(), settings(message.getFrontendAttrsMap()), kinds, now)
                .asInternal(message.getInternal());
        return new BuildRequest(
                message.getSession(),
                source(message),
                exports,
                CacheMessages.caches(message),
                entitlements(message, allowed),
                epoch(message.getFrontendAttrsMap().get("build-arg:SOURCE_DATE_EPOCH")),
                Optional.ofNullable(message.getFrontendAttrsMap().get(WORKER)).stream()
                        .toList(),
                record);
    }

    private static List<Exporter> exporters(SolveRequest message) {
        if (message.getExportersCount() > 0) {
            return message.getExportersList();
        }
        if (message.getExporterDeprecated().isEmpty()) {
            return List.of();
        }
        return List.of(Exporter.newBuilder()
                .setType(message.getExporterDeprecated())
                .putAllAttrs(message.getExporterAttrsDeprecatedMap())
                .build());
    }

    private static BuildRequest.Source source(SolveRequest message) {
        boolean written = !message.getFrontend().isEmpty();
        boolean sent = message.hasDefinition() && message.getDefinition().getDefCount() > 0;
        if (written && sent) {
            throw wrong("the request has both a frontend and a definition; send one of them");
        }
        if (written) {
            return new BuildRequest.Source.Written(
                    message.getFrontend(),
                    new FrontendRequest(
                            GatewayMessages.options(message.getFrontend(), options(message)),
                            GatewayMessages.inputs(message.getFrontendInputsMap())));
        }
        if (!message.hasDefinition()) {
            return new BuildRequest.Source.Driven(GatewayMessages.inputs(message.getFrontendInputsMap()));
        }
        return new BuildRequest.Source.Graph(
                Definition.decode(message.getDefinition().toByteArray()));
    }

    private static Map<String, String> options(SolveRequest message) {
        Map<String, String> options = new HashMap<>(message.getFrontendAttrsMap());
        options.remove(WORKER);
        return options;
    }

    private static Optional<Instant> epoch(@Nullable String seconds) {
        return seconds != null && seconds.matches("[0-9]{1,11}")
                ? Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds)))
                : Optional.empty();
    }

    private static void refuse(SolveRequest message) {
        refuse(
                message.getSourcePolicy().getRulesCount() > 0
                        || !message.getSourcePolicySession().isEmpty(),
                "a source policy");
        refuse(message.getProxyNetwork(), "the proxy network");
    }

    /** What the client allows its build's steps, which the daemon must allow too. */
    private static Set<Entitlement> entitlements(SolveRequest message, Set<Entitlement> allowed) {
        Set<Entitlement> granted = EnumSet.noneOf(Entitlement.class);
        for (String name : message.getEntitlementsList()) {
            granted.add(Entitlement.find(name)
                    .filter(allowed::contains)
                    .orElseThrow(() -> new DaemonFault(
                            Kind.PERMISSION_DENIED,
                            "granting entitlement " + name + " is not allowed by build daemon configuration;"
                                    + " start the daemon with --allow-insecure-entitlement " + name)));
        }
        return granted;
    }

    /** What is not done is never passed over in silence. */
    static void refuse(boolean asked, String what) {
        if (asked) {
            throw new DaemonFault(Kind.UNIMPLEMENTED, what + " is not supported by this daemon");
        }
    }

    private static DaemonFault wrong(String message) {
        return new DaemonFault(Kind.INVALID_ARGUMENT, message);
    }

    private static List<Setting> settings(Map<String, String> attributes) {
        return new TreeMap<>(attributes)
                .entrySet().stream()
                        .map(entry -> new Setting(entry.getKey(), entry.getValue()))
                        .toList();
    }

    static SolveResponse answer(List<Setting> settings) {
        SolveResponse.Builder response = SolveResponse.newBuilder();
        settings.forEach(setting -> response.putExporterResponse(setting.name(), setting.value()));
        return response.build();
    }
}
