package io.buildkit4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

class CancelStepsTest extends CancelStepsContract {
    @Override
    Crew.Runner runner() {
        return new Crew.Runner.Oci("runc");
    }

    @Override
    String place() {
        return "containers";
    }

    @Override
    void nothingOfItsOwnIsLeft() {
        assertThat(directory.resolve("worker/containers/state")).isEmptyDirectory();
    }
}
