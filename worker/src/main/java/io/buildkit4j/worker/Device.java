package io.buildkit4j.worker;

import java.util.Map;

/**
 * A device of this machine that steps may ask for.
 *
 * @param kind {@code vendor/class}
 * @param name within its kind
 * @param everybody what its file says of all its devices
 * @param own what it says of this one
 */
public record Device(
        String kind, String name, Map<String, String> annotations, DeviceEdits everybody, DeviceEdits own) {
    private static final String CLASS = "org.mobyproject.buildkit.device.class";
    private static final String ALLOWED = "org.mobyproject.buildkit.device.autoallow";

    /** Annotations are copied. */
    public Device {
        annotations = Map.copyOf(annotations);
    }

    /** {@code vendor/class=name}. */
    public String qualified() {
        return kind + "=" + name;
    }

    /** Whether its file says that any build may have it. */
    public boolean allowed() {
        return annotations.getOrDefault(ALLOWED, "").equals("true");
    }

    /** Whether it is of a class that somebody has invented for builds. */
    boolean isOf(String named) {
        return annotations.getOrDefault(CLASS, "").equals(named);
    }
}
