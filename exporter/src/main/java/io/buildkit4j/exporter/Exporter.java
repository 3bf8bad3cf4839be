package io.buildkit4j.exporter;

/** A kind of output that is added to those of {@link ExportSpec}. Safe for any thread. */
public interface Exporter {
    /** What clients write after {@code type=}; none of this daemon's own. */
    String type();

    /**
     * Makes one output.
     *
     * @throws ExporterFault INVALID_ARGUMENT naming an attribute that is wrong, and what else goes wrong
     */
    Exported export(ExportSpec.Added spec, ExportInput input, ExportContext context) throws InterruptedException;
}
