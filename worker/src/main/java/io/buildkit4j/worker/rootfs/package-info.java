/**
 * What a root file system needs before a process runs on it and after: who the users named in it are, and the <em>stubs</em>,
 * empty files and directories that mounts are made on and that must not stay.
 */
@NullMarked
package io.buildkit4j.worker.rootfs;

import org.jspecify.annotations.NullMarked;
