/** What the store costs by itself: content hashes for each file. */
@NullMarked
package io.buildkit4j.bench.store;

import org.jspecify.annotations.NullMarked;
