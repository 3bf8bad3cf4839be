package io.buildkit4j.worker.process;

import io.buildkit4j.worker.ProcessExecutor;
import java.nio.file.Path;

class RuncEscapeTest extends EscapeContract {
    @Override
    protected ProcessExecutor open(Path state) {
        return RuncExecutor.open("runc", state);
    }
}
