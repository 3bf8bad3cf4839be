/** Tests of device files. */
package io.buildkit4j.worker.device;
