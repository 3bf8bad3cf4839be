package io.buildkit4j.client.door;

import io.buildkit4j.client.BuildFrontend;
import io.buildkit4j.client.ProgressListener;
import io.buildkit4j.client.SolveRequest;
import io.buildkit4j.client.SolveResult;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Uninterrupted;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;

/** A build whose frontend runs here, on a thread of its own. */
final class Driving {
    private static final Metadata.Key<String> BUILD =
            Metadata.Key.of("buildkit-controlapi-buildid", Metadata.ASCII_STRING_MARSHALLER);

    private final Channel channel;
    private final Solving solving;

    Driving(Channel channel, Solving solving) {
        this.channel = channel;
        this.solving = solving;
    }

    SolveResult run(SolveRequest request, BuildFrontend frontend, ProgressListener progress)
            throws InterruptedException {
        String reference = Solving.newReference();
        Metadata headers = new Metadata();
        headers.put(BUILD, reference);
        GatewayCalls gateway = new GatewayCalls(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                request.options());
        Thread driver = Thread.ofVirtual().name("frontend").start(() -> drive(gateway, frontend));
        try {
            return solving.run(request, reference, progress);
        } finally {
            driver.interrupt();
            Uninterrupted.join(driver);
        }
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // the interrupt ends this thread
    private static void drive(GatewayCalls gateway, BuildFrontend frontend) {
        try {
            gateway.serve(frontend);
        } catch (InterruptedException | Fault told) {
            // the build says how it ended
        }
    }
}
