/**
 * What builds say, kept on disk as it arrives. A <em>journal</em> is one build's events in one file, in order and unclipped;
 * it is written by one {@link io.buildkit4j.buildd.journal.JournalWriter} and followed from any offset, while it is written
 * or after a restart, by any number of {@link io.buildkit4j.buildd.journal.JournalReader}s. A <em>frame</em> is one event in
 * the file: length, checksum, event; what follows a torn frame is absent.
 */
@NullMarked
package io.buildkit4j.buildd.journal;

import org.jspecify.annotations.NullMarked;
