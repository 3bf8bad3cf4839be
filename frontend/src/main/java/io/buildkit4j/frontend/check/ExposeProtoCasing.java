package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.emit.Observer.Moment;
import io.buildkit4j.frontend.instruction.Instruction;
import java.util.Locale;

/** Protocols are lower case. */
final class ExposeProtoCasing implements Rule {
    private static final Title TITLE =
            Title.of("ExposeProtoCasing", "Protocol in EXPOSE instruction should be lowercase", "expose-proto-casing");

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
                String protocol = port.substring(port.indexOf('/') + 1);
                if (port.indexOf('/') >= 0 && !protocol.equals(protocol.toLowerCase(Locale.ROOT))) {
                    String message = "Defined protocol '" + port + "' in EXPOSE instruction should be lowercase";
                    found.add(TITLE, expose.statement(), message, port);
                }
            }
        }
    }
}
