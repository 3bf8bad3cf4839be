package io.buildkit4j.client;

import io.buildkit4j.image.Digest;
import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.wire.FileStat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a frontend may ask of the daemon while it thinks. All methods may block and be called by several threads; they throw
 * {@link ClientFault} with the kind that the daemon gave.
 */
public interface FrontendGateway {
    /** What the user asked for, such as {@code filename} and {@code build-arg:NAME}. */
    Map<String, String> options();

    /** What the daemon builds for, its own platform first. */
    List<Platform> platforms() throws InterruptedException;

    /** Definitions that the client gave for frontends to use, by their names. */
    Map<String, Definition> inputs() throws InterruptedException;

    /** The definition's tree. Nothing runs before somebody looks into it, or it is returned. */
    BuiltTree solve(Definition definition) throws InterruptedException;

    /** What another frontend answers, such as {@code dockerfile.v0} or, with the option {@code source}, {@code gateway.v0}. */
    FrontendAnswer ask(String frontend, Map<String, String> options, Map<String, Definition> inputs)
            throws InterruptedException;

    /** Makes the tree now. */
    void evaluate(BuiltTree tree) throws InterruptedException;

    /** A file of the tree, at most 16 MiB; nothing when it is not there. */
    Optional<byte[]> read(BuiltTree tree, String path) throws InterruptedException;

    /** Entries of a directory of the tree. */
    List<FileStat> list(BuiltTree tree, String path) throws InterruptedException;

    /** An entry of the tree, a link as such; nothing when it is not there. */
    Optional<FileStat> find(BuiltTree tree, String path) throws InterruptedException;

    /** What an image's name stands for now. */
    ImageFound resolve(String reference, Platform platform) throws InterruptedException;

    /** A container for processes that are no steps of the build. */
    GatewayContainer open(ContainerRequest request) throws InterruptedException;

    /** Tells the user something about a step. */
    void warn(Digest step, String message) throws InterruptedException;

    /** The digest of what the name stands for, and the configuration of the platform's image as JSON. */
    record ImageFound(Digest digest, String config) {}
}
