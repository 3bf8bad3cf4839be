package io.buildkit4j.buildd.door;

import io.buildkit4j.buildd.build.Builds;
import io.buildkit4j.buildd.build.Workshop;
import io.buildkit4j.buildd.log.Log;
import io.buildkit4j.wire.ConnectedSessions;

/** What the door leads to. */
public record Rooms(Builds builds, Workshop workshop, ConnectedSessions sessions, Log log) {}
