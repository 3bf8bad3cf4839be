@org.jspecify.annotations.NullMarked
package io.buildkit4j.buildd.history;
