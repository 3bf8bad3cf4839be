package io.buildkit4j.it.extending;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.Uninterrupted;
import io.buildkit4j.worker.ProcessExecutor;
import io.buildkit4j.worker.ProcessExit;
import io.buildkit4j.worker.ProcessOutput;
import io.buildkit4j.worker.ProcessRequest;
import io.buildkit4j.worker.RunningProcess;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Runs steps by unshare(1), with the machine's network and root's powers: for builds that are trusted. */
final class UnshareExecutor implements ProcessExecutor {
    @Override
    public ProcessExit run(ProcessRequest request, ProcessOutput output) throws InterruptedException {
        if (!request.mounts().isEmpty()) {
            throw new WorkerFault(Kind.UNIMPLEMENTED, "this worker mounts nothing: use another one");
        }
        ProcessRequest.Command command = request.command();
        List<String> words = new ArrayList<>(List.of("unshare", "--fork", "--pid", "--mount", "--kill-child"));
        words.addAll(List.of("--root=" + request.root(), "--wd=" + command.directory()));
        words.addAll(List.of(
                "--setgid=" + command.identity().gid(),
                "--setuid=" + command.identity().uid()));
        words.add("--");
        words.addAll(command.arguments());
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().clear();
        command.environment().stream()
                .map(variable -> variable.split("=", 2))
                .forEach(halves -> builder.environment().put(halves[0], halves[1]));
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return await(process, output);
        } catch (IOException failed) {
            throw new WorkerFault(Kind.FAILED_PRECONDITION, "cannot start unshare: " + failed.getMessage(), failed);
        }
    }

    /** An interrupt kills unshare, and the kernel all that it has started. */
    private static ProcessExit await(Process process, ProcessOutput output) throws InterruptedException {
        Thread pump = Thread.ofVirtual().start(() -> hand(process.getInputStream(), output));
        try {
            return new ProcessExit(process.waitFor(), false);
        } finally {
            process.destroyForcibly();
            Uninterrupted.join(pump);
        }
    }

    private static void hand(InputStream from, ProcessOutput output) {
        byte[] buffer = new byte[8192];
        try {
            for (int count = from.read(buffer); count > 0; count = from.read(buffer)) {
                output.write(1, buffer, 0, count);
            }
        } catch (IOException ended) {
            // it was killed
        }
    }

    @Override
    public RunningContainer start(ProcessRequest request, RunningProcess.Streams streams, ProcessOutput output) {
        throw new WorkerFault(Kind.UNIMPLEMENTED, "this worker runs steps only");
    }
}
