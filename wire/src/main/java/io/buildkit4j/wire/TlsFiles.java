package io.buildkit4j.wire;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What one side of an encrypted connection shows and whom it trusts; all files are PEM.
 *
 * @param authorities certificates that the other side's must come from. A daemon that has them lets in only clients with such
 *     a certificate; a client without them trusts what the JDK trusts
 * @param certificate of this side, with those between it and its authority
 * @param key of that certificate, unencrypted, in PKCS #8 or, for RSA, PKCS #1
 * @param serverName that a client expects in the daemon's certificate; empty for the address's host
 */
public record TlsFiles(Optional<Path> authorities, Optional<Path> certificate, Optional<Path> key, String serverName) {}
