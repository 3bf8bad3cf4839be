/** What registries are told: Docker's configuration file and the credential programs that it names. */
@NullMarked
package io.buildkit4j.client.credential;

import org.jspecify.annotations.NullMarked;
