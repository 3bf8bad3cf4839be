/**
 * Carries results outside. A <em>spec</em> is what one output of a build asks for, parsed once; the <em>input</em> is what
 * the build made, one result for each platform; to <em>assemble</em> is to put an image's configuration, manifests and
 * perhaps index beside its layers in the content store; to <em>ship</em> is what comes after: to push, to archive, to send.
 */
@NullMarked
package io.buildkit4j.exporter;

import org.jspecify.annotations.NullMarked;
