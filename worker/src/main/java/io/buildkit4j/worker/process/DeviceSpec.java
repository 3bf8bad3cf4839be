package io.buildkit4j.worker.process;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.worker.DeviceEdits;
import io.buildkit4j.worker.ProcessRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The parts of a runtime specification that devices add. */
record DeviceSpec(DeviceEdits edits) {
    /** The process with their variables, which count more than its own, and groups. */
    ProcessRequest.Command command(ProcessRequest.Command plain) {
        List<String> environment = new ArrayList<>(plain.environment());
        for (String variable : edits.environment()) {
            String name = variable.substring(0, variable.indexOf('=') + 1);
            environment.removeIf(own -> own.startsWith(name));
            environment.add(variable);
        }
        List<Integer> groups = new ArrayList<>(plain.identity().groups());
        edits.groups().stream().filter(group -> !groups.contains(group)).forEach(groups::add);
        return new ProcessRequest.Command(
                plain.arguments(),
                environment,
                plain.directory(),
                new ProcessRequest.Identity(
                        plain.identity().uid(), plain.identity().gid(), groups),
                plain.limits());
    }

    /** Their files; what nobody says is the process's. */
    JsonArray nodes(ProcessRequest.Identity identity) {
        JsonArray nodes = new JsonArray();
        for (DeviceEdits.Node node : edits.nodes()) {
            JsonObject file = numbers(node);
            file.addProperty("path", node.path());
            DeviceEdits.Owner owner = node.owner().orElse(new DeviceEdits.Owner(identity.uid(), identity.gid()));
            file.addProperty("uid", Integer.toUnsignedLong(owner.uid()));
            file.addProperty("gid", Integer.toUnsignedLong(owner.gid()));
            node.mode().ifPresent(mode -> file.addProperty("fileMode", mode));
            nodes.add(file);
        }
        return nodes;
    }

    /** What may be done to them. */
    List<JsonObject> rules() {
        List<JsonObject> rules = new ArrayList<>();
        for (DeviceEdits.Node node : edits.nodes()) {
            if (!node.type().equals("p")) {
                JsonObject rule = numbers(node);
                rule.addProperty("allow", true);
                rule.addProperty("access", node.access());
                rules.add(rule);
            }
        }
        return rules;
    }

    private static JsonObject numbers(DeviceEdits.Node node) {
        JsonObject numbers = new JsonObject();
        numbers.addProperty("type", node.type());
        numbers.addProperty("major", node.major());
        numbers.addProperty("minor", node.minor());
        return numbers;
    }

    /** Their hooks by the moment, if there are any. */
    Optional<JsonObject> hooks() {
        JsonObject hooks = new JsonObject();
        for (DeviceEdits.Hook hook : edits.hooks()) {
            JsonObject call = new JsonObject();
            call.addProperty("path", hook.path());
            call.add("args", RuntimeSpec.texts(hook.arguments()));
            call.add("env", RuntimeSpec.texts(hook.environment()));
            hook.timeout().ifPresent(seconds -> call.addProperty("timeout", seconds));
            if (!hooks.has(hook.moment())) {
                hooks.add(hook.moment(), new JsonArray());
            }
            hooks.getAsJsonArray(hook.moment()).add(call);
        }
        return hooks.isEmpty() ? Optional.empty() : Optional.of(hooks);
    }
}
