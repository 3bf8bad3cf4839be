package io.buildkit4j.wire;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The headers of the call that the current thread serves. A {@link Listener} sees to it that every call has them. */
public final class RequestHeaders {
    private static final Context.Key<Metadata> CURRENT = Context.key("request-headers");

    private final Metadata metadata;

    RequestHeaders(Metadata metadata) {
        this.metadata = metadata;
    }

    /** Of the call that this thread serves; empty outside a call. */
    public static RequestHeaders current() {
        Metadata metadata = CURRENT.get();
        return new RequestHeaders(metadata == null ? new Metadata() : metadata);
    }

    /** The first value of a header; names are case-insensitive. */
    public Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    /** All values of a header, in order. */
    public List<String> all(String name) {
        Iterable<String> values = metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        return values == null
                ? List.of()
                : StreamSupport.stream(values.spliterator(), false).toList();
    }

    /** The names of all textual headers, in lower case. */
    public List<String> names() {
        return metadata.keys().stream().filter(name -> !name.endsWith("-bin")).toList();
    }

    static ServerInterceptor interceptor() {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                return Contexts.interceptCall(Context.current().withValue(CURRENT, headers), call, headers, next);
            }
        };
    }
}
