package io.buildkit4j.solver;

/**
 * One output of a vertex.
 *
 * @param output index of the output, from 0
 */
public record Edge<R>(Vertex<R> vertex, int output) {}
