package io.buildkit4j.wire;

import io.buildkit4j.wire.Session.Credentials;
import io.buildkit4j.wire.Session.DirectoryRequest;
import io.buildkit4j.wire.Session.SendTarget;
import java.nio.channels.ByteChannel;
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
        Optional<Logins> logins,
        Optional<Secrets> secrets,
        Optional<Agents> agents,
        Optional<Stores> stores) {
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

    /** The user's secrets. */
    @FunctionalInterface
    public interface Secrets {
        /** By name; empty when there is none. At most 500 KiB. */
        Optional<byte[]> secret(String id) throws InterruptedException;
    }

    /** The user's ssh agents. */
    @FunctionalInterface
    public interface Agents {
        /**
         * A connection to one.
         *
         * @throws WireFault NOT_FOUND when there is none of that name
         */
        ByteChannel open(String id) throws InterruptedException;
    }

    /** Stores of content by name. */
    @FunctionalInterface
    public interface Stores {
        /**
         * The store of this name.
         *
         * @throws WireFault NOT_FOUND when there is none
         */
        SessionContent open(String name);
    }

    List<String> methods() {
        List<String> methods = new ArrayList<>();
        methods.add("/grpc.health.v1.Health/Check");
        methods.add("/grpc.health.v1.Health/Watch");
        directories.ifPresent(offered -> methods.add("/moby.filesync.v1.FileSync/DiffCopy"));
        targets.ifPresent(offered -> methods.add("/moby.filesync.v1.FileSend/DiffCopy"));
        logins.ifPresent(offered -> methods.add("/moby.filesync.v1.Auth/Credentials"));
        secrets.ifPresent(offered -> methods.add("/moby.buildkit.secrets.v1.Secrets/GetSecret"));
        agents.ifPresent(offered -> {
            methods.add("/moby.sshforward.v1.SSH/CheckAgent");
            methods.add("/moby.sshforward.v1.SSH/ForwardAgent");
        });
        stores.ifPresent(offered -> {
            for (String method : List.of("Info", "Read", "Write")) {
                methods.add("/containerd.services.content.v1.Content/" + method);
            }
        });
        return methods;
    }
}
