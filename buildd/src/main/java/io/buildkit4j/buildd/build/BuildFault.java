package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.wire.FaultDetail;
import java.util.List;

/** A build failed; besides the reason it knows which step and which lines are to blame, as clients can show them. */
public final class BuildFault extends DaemonFault {
    private static final long serialVersionUID = 1L;

    private final transient List<FaultDetail> details;

    /** Kind and message are the cause's. */
    BuildFault(Fault cause, List<FaultDetail> details) {
        super(cause.kind(), cause.getMessage(), cause);
        this.details = List.copyOf(details);
    }

    /** Typed details in BuildKit's error vocabulary. */
    public List<FaultDetail> details() {
        return details;
    }
}
