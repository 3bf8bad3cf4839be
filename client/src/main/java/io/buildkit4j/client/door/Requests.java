package io.buildkit4j.client.door;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.buildkit4j.client.ClientFault;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.client.SolveRequest.CacheEntry;
import io.buildkit4j.client.SolveRequest.Export;
import io.buildkit4j.client.files.LocalCaches;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Digest;
import io.buildkit4j.wire.proto.control.CacheOptions;
import io.buildkit4j.wire.proto.control.CacheOptionsEntry;
import io.buildkit4j.wire.proto.control.Exporter;
import io.buildkit4j.wire.proto.ops.Definition;
import io.buildkit4j.wire.proto.ops.OpMetadata;

/** Requests, written as messages. */
final class Requests {
    private Requests() {}

    static io.buildkit4j.wire.proto.control.SolveRequest solve(SolveRequest request, String reference, String session) {
        var message = io.buildkit4j.wire.proto.control.SolveRequest.newBuilder()
                .setRef(reference)
                .setSession(session)
                .setFrontend(request.frontend())
                .putAllFrontendAttrs(request.options())
                .addAllEntitlements(request.permits().entitlements())
                .setCache(caches(request));
        if (request.definition().length > 0) {
            message.setDefinition(definition(request));
        }
        if (request.noCache() && !request.frontend().isEmpty()) {
            message.putFrontendAttrs("no-cache", request.options().getOrDefault("no-cache", ""));
        }
        for (Export export : request.exports()) {
            message.addExporters(Exporter.newBuilder().setType(export.type()).putAllAttrs(export.attributes()));
        }
        if (request.exports().size() == 1) {
            // daemons of old know one exporter only
            Export only = request.exports().getFirst();
            message.setExporterDeprecated(only.type()).putAllExporterAttrsDeprecated(only.attributes());
        }
        return message.build();
    }

    private static Definition definition(SolveRequest request) {
        try {
            Definition definition = Definition.parseFrom(request.definition());
            return request.noCache() ? uncached(definition) : definition;
        } catch (InvalidProtocolBufferException garbled) {
            throw new ClientFault(
                    Kind.INVALID_ARGUMENT, "the definition is not an encoded pb.Definition: " + garbled.getMessage());
        }
    }

    private static Definition uncached(Definition definition) {
        Definition.Builder builder = definition.toBuilder();
        for (ByteString op : definition.getDefList()) {
            String digest = Digest.of(op.toByteArray()).toString();
            OpMetadata metadata = definition.getMetadataOrDefault(digest, OpMetadata.getDefaultInstance());
            builder.putMetadata(
                    digest, metadata.toBuilder().setIgnoreCache(true).build());
        }
        return builder.build();
    }

    private static CacheOptions caches(SolveRequest request) {
        CacheOptions.Builder caches = CacheOptions.newBuilder();
        request.cacheExports().forEach(entry -> caches.addExports(cache(entry)));
        request.cacheImports().forEach(entry -> caches.addImports(cache(LocalCaches.resolved(entry))));
        return caches.build();
    }

    private static CacheOptionsEntry cache(CacheEntry entry) {
        return CacheOptionsEntry.newBuilder()
                .setType(entry.type())
                .putAllAttrs(entry.attributes())
                .build();
    }
}
