package io.buildkit4j.worker.device;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.linux.FileStatus;
import io.buildkit4j.worker.Device;
import io.buildkit4j.worker.DeviceEdits;
import io.buildkit4j.worker.ProcessMount;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One file of the Container Device Interface, as its specification describes it up to version 1.0: JSON, also where it is
 * named as YAML, of which JSON is a part.
 */
record DeviceFile(Path file) {
    private static final String KIND =
            "[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?/[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?";
    private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?";
    private static final int TYPE = 0170000;

    /**
     * The devices.
     *
     * @throws WorkerFault INVALID_ARGUMENT naming the file and what is wrong with it
     */
    List<Device> devices() {
        try {
            JsonObject whole = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            String kind = text(whole, "kind");
            if (!kind.matches(KIND) || !whole.has("cdiVersion")) {
                throw wrong("needs a cdiVersion and a kind as vendor/class");
            }
            DeviceEdits everybody = edits(whole);
            Map<String, String> shared = annotations(whole);
            List<Device> devices = new ArrayList<>();
            for (JsonElement each : array(whole, "devices")) {
                JsonObject device = each.getAsJsonObject();
                String name = text(device, "name");
                if (!name.matches(NAME)) {
                    throw wrong("has a device that is called \"" + name + "\"");
                }
                Map<String, String> annotations = new HashMap<>(shared);
                annotations.putAll(annotations(device));
                devices.add(new Device(kind, name, annotations, everybody, edits(device)));
            }
            return devices;
        } catch (IOException failed) {
            throw wrong("cannot be read: " + failed.getMessage());
        } catch (JsonParseException | IllegalStateException | ClassCastException | NumberFormatException malformed) {
            throw wrong("is not as a device file should be, in JSON: " + malformed.getMessage());
        }
    }

    private WorkerFault wrong(String what) {
        return new WorkerFault(Kind.INVALID_ARGUMENT, file + " " + what);
    }

    private DeviceEdits edits(JsonObject holder) throws IOException {
        if (!holder.has("containerEdits")) {
            return DeviceEdits.NONE;
        }
        JsonObject edits = holder.getAsJsonObject("containerEdits");
        List<DeviceEdits.Node> nodes = new ArrayList<>();
        for (JsonElement node : array(edits, "deviceNodes")) {
            nodes.add(node(node.getAsJsonObject()));
        }
        List<ProcessMount> mounts = new ArrayList<>();
        for (JsonElement mount : array(edits, "mounts")) {
            mounts.add(mount(mount.getAsJsonObject()));
        }
        List<DeviceEdits.Hook> hooks = new ArrayList<>();
        for (JsonElement hook : array(edits, "hooks")) {
            hooks.add(hook(hook.getAsJsonObject()));
        }
        List<Integer> groups = new ArrayList<>();
        array(edits, "additionalGids").forEach(group -> groups.add(group.getAsInt()));
        return new DeviceEdits(texts(edits, "env"), nodes, mounts, hooks, groups);
    }

    /** What the file does not say of the device is what the machine's own is. */
    private DeviceEdits.Node node(JsonObject node) throws IOException {
        String path = absolute(node, "path");
        String host = node.has("hostPath") ? text(node, "hostPath") : path;
        String type = text(node, "type");
        long device = 0;
        if (type.isEmpty() || (!type.equals("p") && !node.has("major"))) {
            Map<String, Object> status = Files.readAttributes(Path.of(host), "unix:mode,rdev");
            device = (Long) Objects.requireNonNull(status.get("rdev"));
            type = switch ((Integer) Objects.requireNonNull(status.get("mode")) & TYPE) {
                case 0020000 -> "c";
                case 0060000 -> "b";
                case 0010000 -> "p";
                default -> throw wrong("names a device that is none: " + host);
            };
        }
        Optional<DeviceEdits.Owner> owner = node.has("uid") || node.has("gid")
                ? Optional.of(new DeviceEdits.Owner(
                        number(node, "uid").orElse(0), number(node, "gid").orElse(0)))
                : Optional.empty();
        String access = text(node, "permissions");
        return new DeviceEdits.Node(
                path,
                type.equals("u") ? "c" : type,
                node.has("major") ? node.get("major").getAsLong() : FileStatus.major(device),
                node.has("minor") ? node.get("minor").getAsLong() : FileStatus.minor(device),
                number(node, "fileMode"),
                access.isEmpty() ? "rwm" : access,
                owner);
    }

    private ProcessMount mount(JsonObject mount) {
        String destination = absolute(mount, "containerPath");
        List<String> options = texts(mount, "options");
        return switch (text(mount, "type")) {
            case "", "bind", "none" ->
                new ProcessMount.Bind(destination, Path.of(absolute(mount, "hostPath")), options.contains("ro"));
            case "tmpfs" -> new ProcessMount.Temporary(destination, 0);
            default -> throw wrong("mounts what is neither bind nor tmpfs at " + destination);
        };
    }

    private DeviceEdits.Hook hook(JsonObject hook) {
        return new DeviceEdits.Hook(
                text(hook, "hookName"),
                absolute(hook, "path"),
                texts(hook, "args"),
                texts(hook, "env"),
                number(hook, "timeout"));
    }

    private String absolute(JsonObject object, String key) {
        String path = text(object, key);
        if (!path.startsWith("/")) {
            throw wrong("needs an absolute " + key + ", not \"" + path + "\"");
        }
        return path;
    }

    private static Map<String, String> annotations(JsonObject object) {
        Map<String, String> annotations = new HashMap<>();
        if (object.has("annotations")) {
            object.getAsJsonObject("annotations")
                    .entrySet()
                    .forEach(entry ->
                            annotations.put(entry.getKey(), entry.getValue().getAsString()));
        }
        return annotations;
    }

    private static String text(JsonObject object, String key) {
        return object.has(key) ? object.get(key).getAsString() : "";
    }

    private static OptionalInt number(JsonObject object, String key) {
        return object.has(key) ? OptionalInt.of(object.get(key).getAsInt()) : OptionalInt.empty();
    }

    private static JsonArray array(JsonObject object, String key) {
        return object.has(key) ? object.getAsJsonArray(key) : new JsonArray();
    }

    private static List<String> texts(JsonObject object, String key) {
        return array(object, key).asList().stream()
                .map(JsonElement::getAsString)
                .toList();
    }
}
