package io.buildkit4j.image;

import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** A request on its way, and how much of its body is gone. */
final class Sending {
    private final HttpRequest request;
    private final AtomicLong sent = new AtomicLong();
    private final long size;

    Sending(HttpRequest request) {
        this.request = request;
        this.size = request.bodyPublisher()
                .map(HttpRequest.BodyPublisher::contentLength)
                .orElse(0L);
    }

    /** Bytes of the body that were taken from where they come from. */
    long progress() {
        return sent.get();
    }

    /** Whether there was a body, and all of it is gone. */
    boolean complete() {
        return size > 0 && sent.get() >= size;
    }

    /** The request, whose body is counted. */
    HttpRequest watched() {
        Optional<HttpRequest.BodyPublisher> body = request.bodyPublisher().filter(publisher -> size > 0);
        return body.isEmpty()
                ? request
                : HttpRequest.newBuilder(request, (name, value) -> true)
                        .method(request.method(), HttpRequest.BodyPublishers.fromPublisher(counted(body.get()), size))
                        .build();
    }

    private Flow.Publisher<ByteBuffer> counted(HttpRequest.BodyPublisher body) {
        return subscriber -> body.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscriber.onSubscribe(subscription);
            }

            @Override
            public void onNext(ByteBuffer item) {
                sent.addAndGet(item.remaining());
                subscriber.onNext(item);
            }

            @Override
            public void onError(Throwable cause) {
                subscriber.onError(cause);
            }

            @Override
            public void onComplete() {
                subscriber.onComplete();
            }
        });
    }
}
