package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.progress.Display;
import io.buildkit4j.client.Progress;
import io.buildkit4j.footing.Uninterrupted;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * All displays of one build, drawn by one thread of their own, so that a live terminal's clock goes on between frames. Frames
 * queue up to a limit; then whoever brings them waits, and the daemon keeps the rest.
 */
final class LiveDisplays implements AutoCloseable {
    private static final int QUEUED = 64;

    private final List<Display> displays;
    /** An empty element is the end. */
    private final BlockingQueue<Optional<Progress>> frames = new ArrayBlockingQueue<>(QUEUED);

    private final Thread drawing;

    LiveDisplays(List<Display> displays) {
        this.displays = List.copyOf(displays);
        drawing = Thread.ofPlatform().daemon().name("progress").start(this::draw);
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // this thread is never interrupted: it ends with the last frame
    private void draw() {
        boolean ended = false;
        while (!ended) {
            try {
                Optional<Progress> frame = frames.poll(100, TimeUnit.MILLISECONDS);
                if (frame == null) {
                    displays.forEach(Display::tick);
                } else if (frame.isPresent()) {
                    displays.forEach(display -> display.show(frame.get()));
                } else {
                    ended = true;
                }
            } catch (InterruptedException impossible) {
                ended = true;
            }
        }
        displays.forEach(Display::close);
    }

    void show(Progress frame) {
        put(Optional.of(frame));
    }

    @Override
    public void close() {
        put(Optional.empty());
        Uninterrupted.join(drawing);
    }

    /** An interrupted build still shows how it ended, so an interrupt waits until the frame is queued. */
    private void put(Optional<Progress> frame) {
        boolean interrupted = false;
        boolean queued = false;
        while (!queued && drawing.isAlive()) {
            try {
                queued = frames.offer(frame, 100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
