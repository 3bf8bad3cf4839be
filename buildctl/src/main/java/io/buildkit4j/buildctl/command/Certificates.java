package io.buildkit4j.buildctl.command;

import io.buildkit4j.buildctl.UsageFault;
import io.buildkit4j.buildctl.flags.Arguments;
import io.buildkit4j.wire.TlsFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The flags that say how a connection is encrypted. */
final class Certificates {
    private Certificates() {}

    /** Nothing when no flag asks for encryption. */
    static Optional<TlsFiles> read(Arguments global) {
        Optional<Path> folder = global.text("tlsdir").map(Path::of);
        Optional<Path> authorities = file(global, "tlscacert", folder, "ca.pem", "ca.crt");
        Optional<Path> certificate = file(global, "tlscert", folder, "cert.pem", "tls.crt");
        Optional<Path> key = file(global, "tlskey", folder, "key.pem", "tls.key");
        Optional<String> name = global.text("tlsservername");
        if (authorities.isEmpty() && certificate.isEmpty() && key.isEmpty() && name.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TlsFiles(authorities, certificate, key, name.orElse("")));
    }

    private static Optional<Path> file(
            Arguments global, String flag, Optional<Path> folder, String usual, String inClusters) {
        Optional<Path> given = global.text(flag).map(Path::of);
        if (given.isPresent() || folder.isEmpty()) {
            return given;
        }
        for (String name : new String[] {usual, inClusters}) {
            if (Files.exists(folder.get().resolve(name))) {
                return Optional.of(folder.get().resolve(name));
            }
        }
        throw new UsageFault("--tlsdir " + folder.get() + " has neither " + usual + " nor " + inClusters);
    }
}
