/**
 * What a Dockerfile means, told without building it: an <em>account</em> has its stages, their steps with variables expanded,
 * and what each step <em>needs</em> besides the step before it. It is told as text, as JSON, or as a picture of the stages:
 * in Graphviz' language, or drawn here. Nothing is looked up, so a base image is taken for one that says nothing.
 */
@NullMarked
package io.buildkit4j.frontend.explain;

import org.jspecify.annotations.NullMarked;
