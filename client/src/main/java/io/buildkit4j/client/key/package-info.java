/**
 * An ssh agent inside this process, for users who have key files and no agent: a <em>key</em> signs what it is given, and the
 * <em>agent</em> speaks for several of them (draft-miller-ssh-agent).
 */
@NullMarked
package io.buildkit4j.client.key;

import org.jspecify.annotations.NullMarked;
