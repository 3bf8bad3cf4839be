/** Where the client's values become messages of the daemon's services, and answers become values. */
@NullMarked
package io.buildkit4j.client.door;

import org.jspecify.annotations.NullMarked;
