package io.buildkit4j.client;

/** What program a daemon is. */
public record DaemonInfo(String name, String version, String revision) {}
