package io.buildkit4j.worker;

import io.buildkit4j.llb.Attribute;
import io.buildkit4j.store.TreeWriter;
import java.util.List;

/** A kind of source that is added to those of {@link io.buildkit4j.llb.SourceId}. Safe for any thread. */
public interface Source {
    /** What its identifiers begin with, before {@code ://}; none of this daemon's own. */
    String scheme();

    /**
     * What tells two contents apart: where it is the same, the content is. Asked by every build, so it should be cheaper than
     * the content.
     */
    String version(Wanted wanted) throws InterruptedException;

    /** Writes that version into an empty tree, or fails: what is written is found by this version from then on. */
    void fetch(Wanted wanted, String version, TreeWriter tree) throws InterruptedException;

    /**
     * What a build names.
     *
     * @param place what follows {@code ://}
     * @param attributes of the source in the definition, sorted by key
     */
    record Wanted(String place, List<Attribute> attributes) {
        /** The list is copied. */
        public Wanted {
            attributes = List.copyOf(attributes);
        }
    }
}
