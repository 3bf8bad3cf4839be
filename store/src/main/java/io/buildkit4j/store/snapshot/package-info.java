/**
 * Snapshots on overlayfs. A <em>snapshot</em> has at most one directory of its own, {@code snapshots/ID/fs}, in overlay
 * form: removed names are character devices 0/0, replaced directories carry {@code trusted.overlay.opaque}. Its
 * <em>layers</em> are its own directory and those of what it stands on, the uppermost first; a merge or a diff has no
 * directory of its own and only lists layers. A committed snapshot is in memory at once and on disk, as a record, with the
 * next round of {@link io.buildkit4j.store.metadata.DeferredWrites}: after a crash it is there whole or not at all, and a
 * directory without a record is removed when the store is opened.
 */
@NullMarked
package io.buildkit4j.store.snapshot;

import org.jspecify.annotations.NullMarked;
