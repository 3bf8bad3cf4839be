/** Explanations and plans as people and programs read them: a table, and JSON whose fields are described in docs/explain.md. */
@NullMarked
package io.buildkit4j.buildctl.explain;

import org.jspecify.annotations.NullMarked;
