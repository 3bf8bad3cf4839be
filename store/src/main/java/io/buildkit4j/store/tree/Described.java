package io.buildkit4j.store.tree;

import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.linux.HostFiles;
import io.buildkit4j.store.TreeWriter.Attributes;

/** Reads and writes what a file has besides its bytes, without overlayfs's own marks. */
record Described(OverlayMarks marks) {
    Attributes of(FileStatus status, String host) {
        return new Attributes(
                status.mode(), status.uid(), status.gid(), status.modified(), marks.shown(HostFiles.attributes(host)));
    }

    void apply(String host, Attributes attributes, boolean withMode) {
        HostFiles.setOwner(host, attributes.uid(), attributes.gid());
        for (var attribute : attributes.xattrs().entrySet()) {
            if (!marks.own(attribute.getKey())) {
                HostFiles.setAttribute(host, attribute.getKey(), attribute.getValue());
            }
        }
        if (withMode) {
            HostFiles.setMode(host, attributes.mode());
        }
        HostFiles.setModified(host, attributes.modified());
    }

    /** Makes it what the attributes say, whatever it had before. */
    void replace(String host, Attributes attributes) {
        for (String name : marks.shown(HostFiles.attributes(host)).keySet()) {
            if (!attributes.xattrs().containsKey(name)) {
                HostFiles.removeAttribute(host, name);
            }
        }
        apply(host, attributes, !HostFiles.status(host).isLink());
    }
}
