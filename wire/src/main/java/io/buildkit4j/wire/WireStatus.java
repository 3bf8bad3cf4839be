package io.buildkit4j.wire;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Faults as gRPC statuses and back: one kind, one code; messages are kept, typed details travel in the trailers. */
public final class WireStatus {
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private WireStatus() {}

    /** The code that tells of this kind. */
    public static Status.Code code(Kind kind) {
        return switch (kind) {
            case UNKNOWN -> Status.Code.UNKNOWN;
            case INVALID_ARGUMENT -> Status.Code.INVALID_ARGUMENT;
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
            case FAILED_PRECONDITION -> Status.Code.FAILED_PRECONDITION;
            case OUT_OF_RANGE -> Status.Code.OUT_OF_RANGE;
            case UNAVAILABLE -> Status.Code.UNAVAILABLE;
            case UNIMPLEMENTED -> Status.Code.UNIMPLEMENTED;
            case PERMISSION_DENIED -> Status.Code.PERMISSION_DENIED;
            case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
            case RESOURCE_EXHAUSTED -> Status.Code.RESOURCE_EXHAUSTED;
            case ABORTED -> Status.Code.ABORTED;
            case CANCELED -> Status.Code.CANCELLED;
            case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
            case DATA_LOSS -> Status.Code.DATA_LOSS;
            case INTERNAL -> Status.Code.INTERNAL;
        };
    }

    /** The kind that a code tells of; OK is no fault and gives UNKNOWN. */
    public static Kind kind(Status.Code code) {
        return switch (code) {
            case OK, UNKNOWN -> Kind.UNKNOWN;
            case INVALID_ARGUMENT -> Kind.INVALID_ARGUMENT;
            case NOT_FOUND -> Kind.NOT_FOUND;
            case ALREADY_EXISTS -> Kind.ALREADY_EXISTS;
            case FAILED_PRECONDITION -> Kind.FAILED_PRECONDITION;
            case OUT_OF_RANGE -> Kind.OUT_OF_RANGE;
            case UNAVAILABLE -> Kind.UNAVAILABLE;
            case UNIMPLEMENTED -> Kind.UNIMPLEMENTED;
            case PERMISSION_DENIED -> Kind.PERMISSION_DENIED;
            case UNAUTHENTICATED -> Kind.UNAUTHENTICATED;
            case RESOURCE_EXHAUSTED -> Kind.RESOURCE_EXHAUSTED;
            case ABORTED -> Kind.ABORTED;
            case CANCELLED -> Kind.CANCELED;
            case DEADLINE_EXCEEDED -> Kind.DEADLINE_EXCEEDED;
            case DATA_LOSS -> Kind.DATA_LOSS;
            case INTERNAL -> Kind.INTERNAL;
        };
    }

    /** What a caller is told of this failure; a wire fault's own details go with it. */
    public static StatusRuntimeException of(Throwable thrown) {
        if (thrown instanceof StatusRuntimeException known && known.getTrailers() != null) {
            return known; // it carries its details already
        }
        return of(thrown, thrown instanceof WireFault fault ? fault.details() : List.of());
    }

    /** What a caller is told of this failure, with these typed details. */
    public static StatusRuntimeException of(Throwable thrown, List<FaultDetail> details) {
        Status status = switch (thrown) {
            case Fault fault -> code(fault.kind()).toStatus().withDescription(fault.getMessage());
            case StatusRuntimeException known -> known.getStatus();
            case StatusException known -> known.getStatus();
            case InterruptedException cancelled -> Status.CANCELLED.withDescription("canceled");
            default -> Status.INTERNAL.withDescription(thrown.toString());
        };
        return status.withCause(thrown).asRuntimeException(trailers(status, details));
    }

    private static Metadata trailers(Status status, List<FaultDetail> details) {
        Metadata trailers = new Metadata();
        if (!details.isEmpty()) {
            trailers.put(DETAILS, packed(status, details).build().toByteArray());
        }
        return trailers;
    }

    /** The fault that a failed call tells of. What is no gRPC failure becomes INTERNAL. */
    public static WireFault fault(Throwable thrown) {
        return switch (thrown) {
            case WireFault fault -> fault;
            case StatusRuntimeException failed -> fault(failed.getStatus(), failed.getTrailers());
            case StatusException failed -> fault(failed.getStatus(), failed.getTrailers());
            case Fault fault -> new WireFault(fault.kind(), fault.getMessage(), fault);
            default -> new WireFault(Kind.INTERNAL, thrown.toString(), thrown);
        };
    }

    /** The fault that a status message tells of, with its details. */
    public static WireFault fault(io.buildkit4j.wire.proto.status.Status status) {
        Status.Code code = Status.fromCodeValue(status.getCode()).getCode();
        return new WireFault(kind(code), status.getMessage(), details(status), null);
    }

    /** This failure as a status message. */
    public static io.buildkit4j.wire.proto.status.Status message(Throwable thrown, List<FaultDetail> details) {
        StatusRuntimeException failed = of(thrown, details);
        return packed(failed.getStatus(), details).build();
    }

    private static io.buildkit4j.wire.proto.status.Status.Builder packed(Status status, List<FaultDetail> details) {
        var packed = io.buildkit4j.wire.proto.status.Status.newBuilder()
                .setCode(status.getCode().value())
                .setMessage(String.valueOf(status.getDescription()));
        for (FaultDetail detail : details) {
            packed.addDetails(
                    Any.newBuilder().setTypeUrl(detail.type()).setValue(ByteString.copyFromUtf8(detail.json())));
        }
        return packed;
    }

    private static List<FaultDetail> details(io.buildkit4j.wire.proto.status.Status packed) {
        return packed.getDetailsList().stream()
                .map(any -> new FaultDetail(any.getTypeUrl(), any.getValue().toStringUtf8()))
                .toList();
    }

    /** The fault that a status tells of, with the details in its trailers. */
    public static WireFault fault(Status status, @Nullable Metadata trailers) {
        return new WireFault(kind(status.getCode()), message(status), details(trailers), status.getCause());
    }

    private static String message(Status status) {
        String description = status.getDescription();
        Throwable cause = status.getCause();
        if (cause != null
                && cause.getMessage() != null
                && (description == null || description.equals("io exception"))) {
            return "connection lost: " + cause.getMessage();
        }
        return description == null ? "failed without a message: " + status.getCode() : description;
    }

    private static List<FaultDetail> details(@Nullable Metadata trailers) {
        byte[] packed = trailers == null ? null : trailers.get(DETAILS);
        if (packed == null) {
            return List.of();
        }
        try {
            return details(io.buildkit4j.wire.proto.status.Status.parseFrom(packed));
        } catch (InvalidProtocolBufferException garbled) {
            return List.of(); // details are a courtesy: a peer that garbles them still has its message heard
        }
    }
}
