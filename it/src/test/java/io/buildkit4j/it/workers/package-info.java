/** What every worker does alike, whoever runs its processes, and what several of them are in one daemon. */
package io.buildkit4j.it.workers;
