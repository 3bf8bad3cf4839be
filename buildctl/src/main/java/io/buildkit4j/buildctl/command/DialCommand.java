package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.wire.Address;
import io.buildkit4j.wire.StreamBridge;

/** {@code buildctl dial-stdio}: what connection helpers run where the daemon is. Not in the help, since people do not call it. */
final class DialCommand {
    private DialCommand() {}

    static void run(Arguments global, Surroundings surroundings) {
        String address = global.text("addr")
                .or(() ->
                        java.util.Optional.ofNullable(surroundings.environment().get("BUILDKIT_HOST")))
                .filter(text -> !text.isEmpty())
                .orElse("unix:///run/buildkit/buildkitd.sock");
        StreamBridge.join(Address.parse(address), surroundings.in(), surroundings.out());
    }
}
