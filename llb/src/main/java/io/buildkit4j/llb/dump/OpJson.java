package io.buildkit4j.llb.dump;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.codec.OpCodec;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** What a step does, as JSON. */
final class OpJson {
    private OpJson() {}

    // departs from MethodLength: one case for each kind of op, and splitting would hide the table
    static JsonObject write(Op op) {
        JsonObject body = new JsonObject();
        String kind = switch (op) {
            case Op.Source source -> {
                body.addProperty("identifier", source.id().identifier());
                JsonObject attributes = JsonLines.attributes(OpCodec.attributes(source.id()));
                if (!attributes.isEmpty()) {
                    body.add("attrs", attributes);
                }
                yield "source";
            }
            case Op.Exec exec -> {
                exec(body, exec);
                yield "exec";
            }
            case Op.File file -> {
                JsonArray actions = new JsonArray();
                file.actions().forEach(action -> actions.add(action(action)));
                body.add("actions", actions);
                yield "file";
            }
            case Op.Merge merge -> {
                JsonArray layers = new JsonArray();
                merge.layers().forEach(input -> layers.add(input(input)));
                body.add("inputs", layers);
                yield "merge";
            }
            case Op.Diff diff -> {
                body.add("lower", input(diff.lower()));
                body.add("upper", input(diff.upper()));
                yield "diff";
            }
            case Op.Build build -> {
                body.addProperty("builder", build.builder());
                body.add("attrs", JsonLines.attributes(build.attributes()));
                yield "build";
            }
            case Op.Passthrough pass -> {
                body.addProperty("id", pass.id());
                yield "passthrough";
            }
        };
        JsonObject json = new JsonObject();
        json.add(kind, body);
        return json;
    }

    private static JsonObject input(int index) {
        JsonObject json = new JsonObject();
        json.addProperty("input", index);
        return json;
    }

    private static void exec(JsonObject body, Op.Exec exec) {
        ExecMeta meta = exec.meta();
        JsonObject json = new JsonObject();
        put(json, "args", meta.args());
        put(json, "env", meta.environment());
        put(json, "cwd", meta.workingDirectory());
        put(json, "user", meta.user());
        put(json, "hostname", meta.hostname());
        if (!meta.validExitCodes().isEmpty()) {
            JsonArray codes = new JsonArray();
            meta.validExitCodes().forEach(codes::add);
            json.add("validExitCodes", codes);
        }
        hosts(json, meta);
        confinement(json, meta);
        body.add("meta", json);
        JsonArray mounts = new JsonArray();
        exec.mounts().forEach(mount -> mounts.add(mount(mount)));
        body.add("mounts", mounts);
        put(
                body,
                "network",
                exec.network() == Op.NetworkMode.DEFAULT ? "" : exec.network().name());
        put(
                body,
                "security",
                exec.security() == Op.SecurityMode.SANDBOX
                        ? ""
                        : exec.security().name());
        secrets(body, exec);
    }

    private static void secrets(JsonObject body, Op.Exec exec) {
        if (!exec.secrets().isEmpty()) {
            JsonArray secrets = new JsonArray();
            exec.secrets().forEach(secret -> {
                JsonObject one = new JsonObject();
                put(one, "ID", secret.id());
                put(one, "name", secret.name());
                put(one, "optional", secret.optional());
                secrets.add(one);
            });
            body.add("secretenv", secrets);
        }
    }

    private static void hosts(JsonObject json, ExecMeta meta) {
        if (!meta.extraHosts().isEmpty()) {
            JsonArray hosts = new JsonArray();
            meta.extraHosts().forEach(host -> {
                JsonObject one = new JsonObject();
                put(one, "Host", host.host());
                put(one, "IP", host.address());
                hosts.add(one);
            });
            json.add("extraHosts", hosts);
        }
    }

    private static void confinement(JsonObject json, ExecMeta meta) {
        meta.proxy().ifPresent(proxy -> {
            JsonObject values = new JsonObject();
            put(values, "HttpProxy", proxy.http());
            put(values, "HttpsProxy", proxy.https());
            put(values, "FtpProxy", proxy.ftp());
            put(values, "NoProxy", proxy.no());
            put(values, "AllProxy", proxy.all());
            json.add("proxyEnv", values);
        });
        if (!meta.ulimits().isEmpty()) {
            JsonArray limits = new JsonArray();
            meta.ulimits().forEach(limit -> {
                JsonObject one = new JsonObject();
                put(one, "Name", limit.name());
                one.addProperty("Soft", limit.soft());
                one.addProperty("Hard", limit.hard());
                limits.add(one);
            });
            json.add("ulimit", limits);
        }
        put(json, "cgroupParent", meta.cgroupParent());
        put(json, "removeMountStubsRecursive", meta.removeMountStubsRecursive());
    }

    private static void number(JsonObject json, String key, long number, long otherwise) {
        if (number != otherwise) {
            json.addProperty(key, number);
        }
    }

    private static JsonObject mount(ExecMount mount) {
        JsonObject json = new JsonObject();
        json.addProperty("input", mount.input());
        put(json, "selector", mount.frame().selector());
        json.addProperty("dest", mount.destination());
        json.addProperty("output", mount.output());
        put(json, "readonly", mount.frame().readOnly());
        switch (mount) {
            case ExecMount.Bind _ -> {}
            case ExecMount.Cache cache -> {
                json.addProperty("mountType", "CACHE");
                JsonObject options = new JsonObject();
                put(options, "ID", cache.id());
                options.addProperty("sharing", cache.sharing().name());
                json.add("cacheOpt", options);
            }
            case ExecMount.Tmpfs tmpfs -> {
                json.addProperty("mountType", "TMPFS");
                JsonObject options = new JsonObject();
                number(options, "size", tmpfs.size(), 0);
                json.add("TmpfsOpt", options);
            }
            case ExecMount.Secret secret -> grant(json, "SECRET", "secretOpt", secret.grant());
            case ExecMount.Ssh ssh -> grant(json, "SSH", "SSHOpt", ssh.grant());
        }
        return json;
    }

    private static void grant(JsonObject json, String type, String key, ExecMount.Grant grant) {
        json.addProperty("mountType", type);
        JsonObject options = new JsonObject();
        put(options, "ID", grant.id());
        number(options, "uid", grant.uid(), 0);
        number(options, "gid", grant.gid(), 0);
        options.addProperty("mode", grant.mode());
        put(options, "optional", grant.optional());
        json.add(key, options);
    }

    // departs from MethodLength: one case for each action, and splitting would hide the table
    private static JsonObject action(FileAction action) {
        JsonObject json = new JsonObject();
        json.addProperty("input", action.frame().input());
        json.addProperty("secondaryInput", action.frame().secondaryInput());
        json.addProperty("output", action.frame().output());
        JsonObject body = new JsonObject();
        switch (action) {
            case FileAction.Copy copy -> {
                put(body, "src", copy.source());
                put(body, "dest", copy.destination());
                owner(body, copy.owner());
                body.addProperty("mode", copy.mode());
                put(body, "modeStr", copy.symbolicMode());
                put(body, "followSymlink", copy.traits().followSymlink());
                put(body, "dirCopyContents", copy.traits().directoryContents());
                put(body, "attemptUnpackDockerCompatibility", copy.traits().unpack());
                put(body, "createDestPath", copy.traits().createDestination());
                put(body, "allowWildcard", copy.traits().allowWildcard());
                put(body, "allowEmptyWildcard", copy.traits().allowEmptyWildcard());
                put(body, "include_patterns", copy.include());
                put(body, "exclude_patterns", copy.exclude());
                put(body, "required_paths", copy.required());
                number(body, "timestamp", copy.timestamp(), FileAction.KEEP_TIME);
                json.add("copy", body);
            }
            case FileAction.MakeFile file -> {
                put(body, "path", file.path());
                body.addProperty("mode", file.mode());
                put(
                        body,
                        "data",
                        StandardCharsets.US_ASCII
                                .decode(Base64.getEncoder().encode(file.data()))
                                .toString());
                owner(body, file.owner());
                number(body, "timestamp", file.timestamp(), FileAction.KEEP_TIME);
                json.add("mkfile", body);
            }
            case FileAction.MakeDirectory directory -> {
                put(body, "path", directory.path());
                body.addProperty("mode", directory.mode());
                put(body, "makeParents", directory.makeParents());
                owner(body, directory.owner());
                number(body, "timestamp", directory.timestamp(), FileAction.KEEP_TIME);
                json.add("mkdir", body);
            }
            case FileAction.Remove remove -> {
                put(body, "path", remove.path());
                put(body, "allowNotFound", remove.allowNotFound());
                put(body, "allowWildcard", remove.allowWildcard());
                json.add("rm", body);
            }
            case FileAction.Symlink link -> {
                put(body, "oldpath", link.target());
                put(body, "newpath", link.path());
                json.add("symlink", body);
            }
        }
        return json;
    }

    private static void owner(JsonObject body, Optional<FileAction.Owner> owner) {
        owner.ifPresent(both -> {
            JsonObject json = new JsonObject();
            both.user().ifPresent(half -> json.add("user", account(half)));
            both.group().ifPresent(half -> json.add("group", account(half)));
            body.add("owner", json);
        });
    }

    private static JsonObject account(FileAction.Account account) {
        JsonObject json = new JsonObject();
        switch (account) {
            case FileAction.Account.Named named -> {
                JsonObject name = new JsonObject();
                name.addProperty("name", named.name());
                name.addProperty("input", named.input());
                json.add("byName", name);
            }
            case FileAction.Account.Numbered numbered -> json.addProperty("byID", numbered.id());
        }
        return json;
    }

    static void put(JsonObject json, String key, String text) {
        if (!text.isEmpty()) {
            json.addProperty(key, text);
        }
    }

    static void put(JsonObject json, String key, boolean flag) {
        if (flag) {
            json.addProperty(key, true);
        }
    }

    static void put(JsonObject json, String key, List<String> texts) {
        if (!texts.isEmpty()) {
            JsonArray array = new JsonArray();
            texts.forEach(array::add);
            json.add(key, array);
        }
    }
}
