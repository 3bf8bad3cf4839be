/**
 * The metadata database. A <em>table</em> is a set of key and value pairs of one concern, kept in memory too. A write is
 * either waited for, and then durable, or <em>deferred</em>: written with others of its time after the file system was
 * synchronised once, so that a record which speaks of files is never there without them.
 */
@NullMarked
package io.buildkit4j.store.metadata;

import org.jspecify.annotations.NullMarked;
