/**
 * Devices of the machine by the Container Device Interface: an <em>edit</em> is what a device changes about a process, a
 * <em>kind</em> is {@code vendor/class}, and a <em>device file</em> describes devices of one kind.
 */
@NullMarked
package io.buildkit4j.worker.device;

import org.jspecify.annotations.NullMarked;
