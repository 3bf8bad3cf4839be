/**
 * What directories of clients looked like, kept after they are gone. A <em>listing</em> is the list of a tree's entries with
 * a print of each, kept under the tree's content digest; a <em>selection</em> is the text by which a key says which part of a
 * tree counts.
 */
@NullMarked
package io.buildkit4j.worker.listing;

import org.jspecify.annotations.NullMarked;
