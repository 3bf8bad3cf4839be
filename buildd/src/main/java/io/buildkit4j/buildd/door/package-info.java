/**
 * The daemon's door: the gRPC services that clients call. Messages are turned into values on the way in and values into
 * messages on the way out; nothing behind the door knows of either gRPC or protobuf.
 */
@NullMarked
package io.buildkit4j.buildd.door;

import org.jspecify.annotations.NullMarked;
