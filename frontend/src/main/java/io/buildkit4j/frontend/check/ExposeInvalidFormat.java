package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.emit.Observer.Moment;
import io.buildkit4j.frontend.instruction.Instruction;

/** Where a port is reachable is said when the container is run. */
final class ExposeInvalidFormat implements Rule {
    private static final Title TITLE = Title.of(
            "ExposeInvalidFormat",
            "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release",
            "expose-invalid-format");

    private Reading file = Reading.NOTHING;

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void read(Reading file, Findings found) {
        this.file = file;
    }

    @Override
    public void reached(Moment moment, Findings found) {
        if (moment.instruction() instanceof Instruction.Expose expose) {
            for (String port : ExposedPorts.of(expose, moment.values(), file)) {
                if (port.indexOf(':') >= 0) {
                    String message = "EXPOSE instruction should not define an IP address or host-port mapping, found '"
                            + port + "'";
                    found.add(TITLE, expose.statement(), message, port);
                }
            }
        }
    }
}
