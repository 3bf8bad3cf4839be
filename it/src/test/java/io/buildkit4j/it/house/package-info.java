/** The rules of the house, held against the compiled classes of every module: docs/house.md names each. */
@NullMarked
package io.buildkit4j.it.house;

import org.jspecify.annotations.NullMarked;
