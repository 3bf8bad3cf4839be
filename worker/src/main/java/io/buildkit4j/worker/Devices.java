package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.llb.Op;
import io.buildkit4j.worker.device.DeviceFiles;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The machine's devices, read from their files whenever somebody asks: drivers come and go without this daemon. */
record Devices(WorkerSettings.Devices settings) {
    /** All, by their qualified names. */
    List<Device> all() {
        return DeviceFiles.read(settings.directories()).devices();
    }

    /** Whether any build may have it. */
    boolean open(Device device) {
        return device.allowed()
                || settings.autoAllowed().contains(device.qualified())
                || settings.autoAllowed().contains(device.kind());
    }

    /**
     * What is asked for, each device once. A kind without a name is its first device, {@code *} all of them; a word that is no
     * kind is a class that devices are annotated with.
     *
     * @throws WorkerFault NOT_FOUND naming what is not there and must be
     */
    private List<Device> find(List<Op.CdiDevice> wanted) {
        DeviceFiles files = DeviceFiles.read(settings.directories());
        Map<String, Device> found = new LinkedHashMap<>();
        for (Op.CdiDevice each : wanted) {
            List<Device> matching = matching(files.devices(), each.name());
            if (matching.isEmpty() && !each.optional()) {
                throw new WorkerFault(
                        Kind.NOT_FOUND,
                        "there is no device " + each.name() + " in " + settings.directories() + files.complaints());
            }
            matching.forEach(device -> found.put(device.qualified(), device));
        }
        return List.copyOf(found.values());
    }

    private static List<Device> matching(List<Device> devices, String wanted) {
        int equals = wanted.indexOf('=');
        String kind = equals < 0 ? wanted : wanted.substring(0, equals);
        String name = equals < 0 ? "" : wanted.substring(equals + 1);
        List<Device> kin =
                devices.stream().filter(device -> device.kind().equals(kind)).toList();
        if (kin.isEmpty()) {
            return equals < 0
                    ? devices.stream().filter(device -> device.isOf(kind)).toList()
                    : List.of();
        }
        return switch (name) {
            case "" -> List.of(kin.getFirst());
            case "*" -> kin;
            default -> kin.stream().filter(device -> device.name().equals(name)).toList();
        };
    }

    /**
     * Lets pass what may be had.
     *
     * @throws WorkerFault PERMISSION_DENIED where a device needs the entitlement and there is none, and as {@link #edits}
     */
    void require(List<Op.CdiDevice> wanted, Grants grants) {
        if (!wanted.isEmpty() && !find(wanted).stream().allMatch(this::open)) {
            Loader.require(Entitlement.DEVICE, grants);
        }
    }

    /** All that they change; what a file says of all its devices comes first, and once. */
    DeviceEdits edits(List<Op.CdiDevice> wanted) {
        if (wanted.isEmpty()) {
            return DeviceEdits.NONE;
        }
        List<String> environment = new ArrayList<>();
        List<DeviceEdits.Node> nodes = new ArrayList<>();
        List<ProcessMount> mounts = new ArrayList<>();
        List<DeviceEdits.Hook> hooks = new ArrayList<>();
        List<Integer> groups = new ArrayList<>();
        Set<DeviceEdits> done = new HashSet<>();
        for (Device device : find(wanted)) {
            for (DeviceEdits edits : List.of(device.everybody(), device.own())) {
                if (done.add(edits)) {
                    environment.addAll(edits.environment());
                    nodes.addAll(edits.nodes());
                    mounts.addAll(edits.mounts());
                    hooks.addAll(edits.hooks());
                    groups.addAll(edits.groups());
                }
            }
        }
        return new DeviceEdits(environment, nodes, mounts, hooks, groups);
    }
}
