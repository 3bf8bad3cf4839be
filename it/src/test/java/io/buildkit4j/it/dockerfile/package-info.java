/** What of the Dockerfile language only shows when it is run: mounts, owners, links, ignore rules, contexts from elsewhere. */
@NullMarked
package io.buildkit4j.it.dockerfile;

import org.jspecify.annotations.NullMarked;
