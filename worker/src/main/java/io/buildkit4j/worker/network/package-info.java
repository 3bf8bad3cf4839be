/**
 * Networks of steps that are not the machine's own. A <em>namespace</em> is a network with devices and addresses of its own,
 * made by ip(8) so that a container can join it; a <em>bridge</em> ties many of them to the machine, which translates their
 * addresses; a <em>plug-in</em> is a program by the container network interface's specification that does such work for us.
 */
@NullMarked
package io.buildkit4j.worker.network;

import org.jspecify.annotations.NullMarked;
