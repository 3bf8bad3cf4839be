package io.buildkit4j.wire;

import io.buildkit4j.wire.Session.Credentials;
import io.buildkit4j.wire.Session.DirectoryRequest;
import io.buildkit4j.wire.Session.SendTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a client serves in its session; what is absent is not offered at all.
 *
 * @param name shown to people, usually that of the client's directory
 * @param sharedKey tells that two sessions' directories are the same; may be empty
 */
public record SessionOffer(
        String name,
        String sharedKey,
        Optional<Directories> directories,
        Optional<Targets> targets,
        Optional<Logins> logins) {
    /** Local directories by name. */
    @FunctionalInterface
    public interface Directories {
        /**
         * The wanted part of a directory.
         *
         * @throws WireFault NOT_FOUND when it is not offered
         */
        FileSource open(DirectoryRequest request);
    }

    /** Places for results. */
    @FunctionalInterface
    public interface Targets {
        /**
         * The place for one result.
         *
         * @throws WireFault NOT_FOUND when nothing is expected under that id
         */
        FileTarget open(SendTarget target);
    }

    /** What registries are told. */
    @FunctionalInterface
    public interface Logins {
        /** For a registry host; empty when nothing is known. */
        Optional<Credentials> credentials(String host) throws InterruptedException;
    }

    List<String> methods() {
        List<String> methods = new ArrayList<>();
        methods.add("/grpc.health.v1.Health/Check");
        methods.add("/grpc.health.v1.Health/Watch");
        directories.ifPresent(offered -> methods.add("/moby.filesync.v1.FileSync/DiffCopy"));
        targets.ifPresent(offered -> methods.add("/moby.filesync.v1.FileSend/DiffCopy"));
        logins.ifPresent(offered -> methods.add("/moby.filesync.v1.Auth/Credentials"));
        return methods;
    }
}
