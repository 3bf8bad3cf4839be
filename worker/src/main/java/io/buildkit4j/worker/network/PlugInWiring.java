package io.buildkit4j.worker.network;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.worker.WorkerFault;
import io.buildkit4j.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Namespaces that plug-ins connect, as the container network interface's specification (version 1.0) says. */
final class PlugInWiring implements Wiring {
    private static final int MOST = 4096;

    private final WorkerSettings.Network.PlugIns settings;
    private final Turf turf;
    private final JsonObject list;
    /** What the last plug-in answered, by number: taking apart needs it. */
    private final Map<Integer, JsonObject> results = new ConcurrentHashMap<>();

    private PlugInWiring(WorkerSettings.Network.PlugIns settings, Turf turf, JsonObject list) {
        this.settings = settings;
        this.turf = turf;
        this.list = list;
    }

    static PlugInWiring open(WorkerSettings.Network.PlugIns settings) {
        JsonObject list = read(settings.configuration());
        PlugInWiring wiring = new PlugInWiring(settings, Turf.take("cni", 256), list);
        for (String left : Namespaces.named(wiring.prefix())) {
            wiring.disconnect(Integer.parseInt(left.substring(wiring.prefix().length())));
        }
        return wiring;
    }

    /** A list of plug-ins, or one by itself, which is a list of one. */
    private static JsonObject read(Path file) {
        try {
            JsonObject read = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            if (read.has("plugins")) {
                return read;
            }
            JsonObject list = new JsonObject();
            JsonArray plugIns = new JsonArray();
            plugIns.add(read);
            list.add("cniVersion", read.get("cniVersion"));
            list.add("name", read.get("name"));
            list.add("plugins", plugIns);
            return list;
        } catch (IOException | JsonParseException | IllegalStateException bad) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION,
                    "cannot read the network configuration " + file + ": " + bad.getMessage(),
                    bad);
        }
    }

    private String prefix() {
        return "buildkit4j-cni-" + turf.number() + "-";
    }

    @Override
    public String connect(int number) {
        String name = prefix() + number;
        Tool.must(List.of("ip", "netns", "add", name), "");
        Tool.ip(List.of("-n", name), "link set lo up");
        JsonObject result = new JsonObject();
        for (JsonObject plugIn : plugIns()) {
            result = call("ADD", plugIn, name, result);
            results.put(number, result);
        }
        return name;
    }

    private List<JsonObject> plugIns() {
        List<JsonObject> all = new ArrayList<>();
        for (JsonElement plugIn : list.getAsJsonArray("plugins")) {
            all.add(plugIn.getAsJsonObject());
        }
        return all;
    }

    private JsonObject call(String command, JsonObject plugIn, String name, JsonObject previous) {
        JsonObject input = plugIn.deepCopy();
        input.add("cniVersion", list.get("cniVersion"));
        input.add("name", list.get("name"));
        if (previous.size() > 0) {
            input.add("prevResult", previous);
        }
        Path binary = settings.binaries().resolve(plugIn.get("type").getAsString());
        Tool.Outcome outcome = Tool.run(
                List.of(binary.toString()),
                input.toString(),
                Map.of(
                        "CNI_COMMAND",
                        command,
                        "CNI_CONTAINERID",
                        name,
                        "CNI_NETNS",
                        Namespaces.path(name).toString(),
                        "CNI_IFNAME",
                        "eth0",
                        "CNI_PATH",
                        settings.binaries().toString()));
        if (!outcome.succeeded() && command.equals("ADD")) {
            throw new WorkerFault(
                    Kind.FAILED_PRECONDITION,
                    "network plug-in " + binary + " fails: " + outcome.output().strip());
        }
        return outcome.output().isBlank() || command.equals("DEL")
                ? previous
                : JsonParser.parseString(outcome.output()).getAsJsonObject();
    }

    /** The last plug-in is told first; what one of them cannot undo does not keep the others from it. */
    @Override
    public void disconnect(int number) {
        JsonObject result = results.getOrDefault(number, new JsonObject());
        for (JsonObject plugIn : plugIns().reversed()) {
            try {
                call("DEL", plugIn, prefix() + number, result);
            } catch (WorkerFault absent) {
                // it is not there, and so it has done nothing that could be undone
            }
        }
        results.remove(number);
        Namespaces.remove(prefix() + number);
    }

    @Override
    public int capacity() {
        return MOST;
    }

    @Override
    public void close() {
        turf.close();
    }
}
