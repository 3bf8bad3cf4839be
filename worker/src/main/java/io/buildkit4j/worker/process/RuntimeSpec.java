package io.buildkit4j.worker.process;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.worker.Isolation;
import io.buildkit4j.worker.ProcessMount;
import io.buildkit4j.worker.ProcessRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The {@code config.json} of a bundle, as the OCI runtime specification's config pages describe it. */
public final class RuntimeSpec {
    private static final List<String> MASKED = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/sys/firmware",
            "/sys/devices/virtual/powercap");
    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private final ProcessRequest request;
    private final Capabilities capabilities;
    private final boolean privileged;
    private final DeviceSpec devices;

    /** For one container. */
    public RuntimeSpec(ProcessRequest request, Capabilities capabilities) {
        this.request = request;
        this.capabilities = capabilities;
        this.privileged = request.isolation().privileged();
        this.devices = new DeviceSpec(request.devices());
    }

    /** The whole document; {@code files} are mounts that the executor adds, before the request's own. */
    public JsonObject json(String cgroup, List<ProcessMount> files, boolean terminal) {
        JsonObject root = new JsonObject();
        root.addProperty("path", request.root().toString());
        root.addProperty("readonly", request.readOnlyRoot());
        JsonObject spec = new JsonObject();
        spec.addProperty("ociVersion", "1.0.2");
        JsonObject process = process(devices.command(request.command()), capabilities.granted(privileged), terminal);
        spec.add("process", process);
        spec.add("root", root);
        spec.addProperty("hostname", request.isolation().hostname());
        spec.add("mounts", mounts(files));
        spec.add("linux", linux(cgroup));
        devices.hooks().ifPresent(hooks -> spec.add("hooks", hooks));
        return spec;
    }

    /** The part that tells of one process. */
    public static JsonObject process(ProcessRequest.Command command, Collection<String> granted, boolean terminal) {
        JsonObject user = new JsonObject();
        user.addProperty("uid", Integer.toUnsignedLong(command.identity().uid()));
        user.addProperty("gid", Integer.toUnsignedLong(command.identity().gid()));
        JsonArray groups = new JsonArray();
        command.identity().groups().forEach(gid -> groups.add(Integer.toUnsignedLong(gid)));
        user.add("additionalGids", groups);
        JsonObject process = new JsonObject();
        process.addProperty("terminal", terminal);
        process.add("user", user);
        process.add("args", texts(command.arguments()));
        process.add("env", texts(command.environment()));
        process.addProperty("cwd", command.directory());
        process.add("capabilities", grants(granted));
        process.add("rlimits", limits(command.limits()));
        // As builds expect it: sudo and other set-user-id programs work in a step.
        process.addProperty("noNewPrivileges", false);
        return process;
    }

    private static JsonObject grants(Collection<String> names) {
        JsonArray granted = texts(names);
        JsonObject sets = new JsonObject();
        sets.add("bounding", granted);
        sets.add("effective", granted);
        sets.add("permitted", granted);
        return sets;
    }

    private static JsonArray limits(List<ProcessRequest.ResourceLimit> limits) {
        JsonArray array = new JsonArray();
        for (ProcessRequest.ResourceLimit limit : limits) {
            JsonObject object = new JsonObject();
            object.addProperty("type", "RLIMIT_" + limit.name().toUpperCase(Locale.ROOT));
            object.addProperty("soft", limit.soft());
            object.addProperty("hard", limit.hard());
            array.add(object);
        }
        return array;
    }

    private JsonArray mounts(List<ProcessMount> files) {
        String access = privileged ? "rw" : "ro";
        JsonArray mounts = new JsonArray();
        mounts.add(mount("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")));
        mounts.add(mount("/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")));
        mounts.add(mount(
                "/dev/pts",
                "devpts",
                "devpts",
                List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")));
        mounts.add(mount("/dev/shm", "tmpfs", "shm", List.of("nosuid", "noexec", "nodev", "mode=1777", "size=65536k")));
        mounts.add(mount("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")));
        mounts.add(mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", access)));
        mounts.add(
                mount("/sys/fs/cgroup", "cgroup", "cgroup", List.of("nosuid", "noexec", "nodev", "relatime", access)));
        files.forEach(mount -> mounts.add(mount(mount)));
        request.mounts().forEach(mount -> mounts.add(mount(mount)));
        return mounts;
    }

    private static JsonObject mount(ProcessMount mount) {
        return switch (mount) {
            case ProcessMount.Bind bind ->
                mount(
                        bind.destination(),
                        "bind",
                        bind.source().toString(),
                        List.of("rbind", bind.readOnly() ? "ro" : "rw", "rprivate"));
            case ProcessMount.Temporary memory -> {
                List<String> options = new ArrayList<>(List.of("nosuid", "nodev", "mode=1777"));
                if (memory.size() > 0) {
                    options.add("size=" + memory.size());
                }
                yield mount(memory.destination(), "tmpfs", "tmpfs", options);
            }
        };
    }

    private static JsonObject mount(String destination, String type, String source, List<String> options) {
        JsonObject mount = new JsonObject();
        mount.addProperty("destination", destination);
        mount.addProperty("type", type);
        mount.addProperty("source", source);
        mount.add("options", texts(options));
        return mount;
    }

    private JsonObject linux(String cgroup) {
        JsonObject linux = new JsonObject();
        linux.addProperty("cgroupsPath", cgroup);
        linux.add("namespaces", namespaces());
        linux.add("resources", resources());
        linux.add("devices", devices.nodes(request.command().identity()));
        if (!privileged) {
            linux.add("maskedPaths", texts(MASKED));
            linux.add("readonlyPaths", texts(READ_ONLY));
            linux.add("seccomp", SystemCallFilter.json());
        }
        return linux;
    }

    private JsonArray namespaces() {
        JsonArray namespaces = new JsonArray();
        for (String type : List.of("pid", "ipc", "uts", "mount")) {
            namespaces.add(namespace(type));
        }
        switch (request.isolation().network()) {
            case Isolation.Network.Host host -> {}
            case Isolation.Network.None none -> namespaces.add(namespace("network"));
            case Isolation.Network.Inside(Path made) -> {
                JsonObject network = namespace("network");
                network.addProperty("path", made.toString());
                namespaces.add(network);
            }
        }
        return namespaces;
    }

    private static JsonObject namespace(String type) {
        JsonObject namespace = new JsonObject();
        namespace.addProperty("type", type);
        return namespace;
    }

    private JsonObject resources() {
        JsonObject device = new JsonObject();
        device.addProperty("allow", privileged);
        device.addProperty("access", "rwm");
        JsonArray rules = new JsonArray();
        rules.add(device);
        devices.rules().forEach(rules::add);
        JsonObject resources = new JsonObject();
        resources.add("devices", rules);
        JsonObject processes = new JsonObject();
        positive(processes, "limit", request.isolation().bounds().mostProcesses());
        resources.add("pids", processes);
        Optional<Isolation.Resources> wanted = request.isolation().resources();
        wanted.ifPresent(limits -> {
            JsonObject memory = new JsonObject();
            positive(memory, "limit", limits.memory());
            positive(memory, "swap", limits.memorySwap());
            resources.add("memory", memory);
            JsonObject cpu = new JsonObject();
            positive(cpu, "shares", limits.cpuShares());
            positive(cpu, "period", limits.cpuPeriod());
            positive(cpu, "quota", limits.cpuQuota());
            given(cpu, "cpus", limits.cpusetCpus());
            given(cpu, "mems", limits.cpusetMemories());
            resources.add("cpu", cpu);
        });
        return resources;
    }

    private static void positive(JsonObject object, String name, long value) {
        if (value > 0) {
            object.addProperty(name, value);
        }
    }

    private static void given(JsonObject object, String name, String value) {
        if (!value.isEmpty()) {
            object.addProperty(name, value);
        }
    }

    static JsonArray texts(Collection<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        return array;
    }
}
