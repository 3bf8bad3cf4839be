package io.buildkit4j.worker.device;

import io.buildkit4j.footing.Fault;
import io.buildkit4j.worker.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the device files of some directories say. A device in a later directory stands for one of the same name in an earlier
 * one; two in one directory contradict each other, and neither is there.
 *
 * @param devices by their qualified names
 * @param problems of files that could not be read, each naming its file
 */
public record DeviceFiles(List<Device> devices, List<String> problems) {
    /** Lists are copied. */
    public DeviceFiles {
        devices = List.copyOf(devices);
        problems = List.copyOf(problems);
    }

    /** Reads them; directories need not be there. */
    public static DeviceFiles read(List<Path> directories) {
        Map<String, Device> all = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        for (Path directory : directories) {
            Map<String, Device> here = new TreeMap<>();
            Set<String> twice = new HashSet<>();
            for (Path file : files(directory, problems)) {
                for (Device device : devices(file, problems)) {
                    if (here.put(device.qualified(), device) != null && twice.add(device.qualified())) {
                        problems.add(
                                file + ": device " + device.qualified() + " is in another file of the directory too");
                    }
                }
            }
            all.putAll(here);
            twice.forEach(all::remove);
        }
        return new DeviceFiles(List.copyOf(all.values()), problems);
    }

    private static List<Path> files(Path directory, List<String> problems) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().matches(".*[.](json|yaml|yml)"))
                    .sorted()
                    .toList();
        } catch (IOException failed) {
            problems.add(directory + ": " + failed.getMessage());
            return List.of();
        }
    }

    private static List<Device> devices(Path file, List<String> problems) {
        try {
            return new DeviceFile(file).devices();
        } catch (Fault wrong) {
            problems.add(String.valueOf(wrong.getMessage()));
            return List.of();
        }
    }

    /** Why there may be fewer than there should; empty where nothing was wrong. */
    public String complaints() {
        return problems.isEmpty() ? "" : "; " + String.join("; ", problems);
    }
}
