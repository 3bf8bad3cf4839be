/**
 * One file system out of a stack of directories, without a mount. A <em>layer</em> is a directory in overlayfs's format:
 * a character device 0/0 is a <em>whiteout</em>, the mark that a name of the layers below is gone; an <em>opaque</em>
 * directory hides what the layers below have in it. A <em>part</em> is what one layer holds of a merged directory.
 */
@NullMarked
package io.buildkit4j.store.tree;

import org.jspecify.annotations.NullMarked;
