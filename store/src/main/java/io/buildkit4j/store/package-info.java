/**
 * What this machine has. A <em>blob</em> is content by digest. A <em>snapshot</em> is one directory of changes over a
 * parent: {@code active} while it is written, {@code committed} and never changed after. A <em>ref</em> is a hold on a
 * committed snapshot: it keeps it and all its parents and is closed by its holder. A <em>record</em> is what usage and
 * garbage collection speak of: one ref's snapshot with its size, age and use.
 *
 * <pre>
 * lock                  pid of the process whose directory this is
 * metadata.db           SQLite: records, and the tables of others; metadata.db.damaged is the last one set aside
 * content/              blobs, as an OCI image layout
 * snapshots/ID/fs       the changes of one snapshot, in overlay form
 * snapshots/ID/work     of the kernel, only while a snapshot is written through a mount
 * snapshots/ID/hashes   memo of content hashes
 * flat/ID.WHAT-BYTES    many layers below a snapshot in one directory of hard links
 * snapshots/empty       the lowest layer of every mount
 * mounts/N              where snapshots are mounted
 * tmp/                  what is not complete; emptied when the store is opened
 * native/               SQLite's library
 * </pre>
 *
 * What a crash can leave: nothing is synchronised when a snapshot is committed or a blob stored. Records follow in rounds,
 * each after one synchronisation of the file system, so a record that is there speaks of files that are. A snapshot without
 * a record is removed, a blob without one is hashed before it is used, and a record without its files is dropped.
 */
@NullMarked
package io.buildkit4j.store;

import org.jspecify.annotations.NullMarked;
