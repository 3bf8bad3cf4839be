package io.buildkit4j.llb.codec;

import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Attribute;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.LlbFault;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpFrame;
import io.buildkit4j.llb.OpInput;
import io.buildkit4j.wire.proto.ops.BuildOp;
import io.buildkit4j.wire.proto.ops.ExecOp;
import io.buildkit4j.wire.proto.ops.Meta;
import io.buildkit4j.wire.proto.ops.Mount;
import io.buildkit4j.wire.proto.ops.ProxyEnv;
import io.buildkit4j.wire.proto.ops.SSHOpt;
import io.buildkit4j.wire.proto.ops.SecretOpt;
import java.util.List;
import java.util.Optional;

/** Messages as ops; every index is checked. */
final class OpReader {
    private OpReader() {}

    static Op read(io.buildkit4j.wire.proto.ops.Op in) {
        OpFrame frame = frame(in);
        int inputs = frame.inputs().size();
        return switch (in.getOpCase()) {
            case SOURCE ->
                new Op.Source(
                        frame,
                        SourceIds.read(
                                in.getSource().getIdentifier(), in.getSource().getAttrsMap()));
            case EXEC -> exec(frame, in.getExec());
            case FILE -> FileReader.read(frame, in.getFile());
            case MERGE ->
                new Op.Merge(
                        frame,
                        in.getMerge().getInputsList().stream()
                                .map(input -> OpCodec.inputIndex(input.getInput(), inputs, "merge input"))
                                .toList());
            case DIFF ->
                new Op.Diff(
                        frame,
                        OpCodec.inputIndex(in.getDiff().getLower().getInput(), inputs, "diff lower input"),
                        OpCodec.inputIndex(in.getDiff().getUpper().getInput(), inputs, "diff upper input"));
            case BUILD -> build(frame, in.getBuild());
            case PASSTHROUGH ->
                new Op.Passthrough(
                        frame, in.getPassthrough().getId(), in.getPassthrough().getOutputsList());
            case OP_NOT_SET -> throw LlbFault.invalid("it says nothing to do, or something that is not known here");
        };
    }

    private static OpFrame frame(io.buildkit4j.wire.proto.ops.Op in) {
        List<OpInput> inputs = in.getInputsList().stream().map(OpCodec::input).toList();
        Optional<Platform> platform = in.hasPlatform() ? Optional.of(platform(in.getPlatform())) : Optional.empty();
        Optional<List<String>> constraints =
                in.hasConstraints() ? Optional.of(in.getConstraints().getFilterList()) : Optional.empty();
        return new OpFrame(inputs, platform, constraints);
    }

    private static Platform platform(io.buildkit4j.wire.proto.ops.Platform in) {
        return new Platform(
                in.getOS(), in.getArchitecture(), in.getVariant(), in.getOSVersion(), in.getOSFeaturesList());
    }

    private static Op build(OpFrame frame, BuildOp in) {
        return new Op.Build(
                frame,
                OpCodec.index(in.getBuilder(), "builder"),
                in.getInputsMap().entrySet().stream()
                        .map(entry -> new Op.BuildInput(
                                entry.getKey(),
                                OpCodec.inputIndex(
                                        entry.getValue().getInput(),
                                        frame.inputs().size(),
                                        "build input")))
                        .sorted(java.util.Comparator.comparing(Op.BuildInput::name))
                        .toList(),
                in.hasDef() ? Optional.of(DefinitionCodec.read(in.getDef())) : Optional.empty(),
                in.getAttrsMap().entrySet().stream()
                        .map(entry -> new Attribute(entry.getKey(), entry.getValue()))
                        .toList());
    }

    private static Op exec(OpFrame frame, ExecOp in) {
        int inputs = frame.inputs().size();
        return new Op.Exec(
                frame,
                meta(in.getMeta()),
                in.getMountsList().stream().map(mount -> mount(mount, inputs)).toList(),
                switch (in.getNetwork()) {
                    case UNSET -> Op.NetworkMode.DEFAULT;
                    case HOST -> Op.NetworkMode.HOST;
                    case NONE -> Op.NetworkMode.NONE;
                    case UNRECOGNIZED -> throw LlbFault.invalid("unknown network mode " + in.getNetworkValue());
                },
                switch (in.getSecurity()) {
                    case SANDBOX -> Op.SecurityMode.SANDBOX;
                    case INSECURE -> Op.SecurityMode.INSECURE;
                    case UNRECOGNIZED -> throw LlbFault.invalid("unknown security mode " + in.getSecurityValue());
                },
                in.getSecretenvList().stream()
                        .map(secret -> new Op.SecretVariable(secret.getID(), secret.getName(), secret.getOptional()))
                        .toList(),
                in.getCdiDevicesList().stream()
                        .map(device -> new Op.CdiDevice(device.getName(), device.getOptional()))
                        .toList());
    }

    private static ExecMeta meta(Meta in) {
        ProxyEnv proxy = in.getProxyEnv();
        return new ExecMeta(
                in.getArgsList(),
                in.getEnvList(),
                in.getCwd(),
                in.getUser(),
                in.hasProxyEnv()
                        ? Optional.of(new ExecMeta.Proxy(
                                proxy.getHttpProxy(),
                                proxy.getHttpsProxy(),
                                proxy.getFtpProxy(),
                                proxy.getNoProxy(),
                                proxy.getAllProxy()))
                        : Optional.empty(),
                in.getExtraHostsList().stream()
                        .map(host -> new ExecMeta.HostAddress(host.getHost(), host.getIP()))
                        .toList(),
                in.getHostname(),
                in.getUlimitList().stream()
                        .map(limit -> new ExecMeta.Ulimit(limit.getName(), limit.getSoft(), limit.getHard()))
                        .toList(),
                in.getCgroupParent(),
                in.getRemoveMountStubsRecursive(),
                in.getValidExitCodesList());
    }

    // departs from MethodLength: one case for each kind on the wire, and splitting would hide the table
    private static ExecMount mount(Mount in, int inputs) {
        ExecMount.MountFrame frame = new ExecMount.MountFrame(
                OpCodec.inputIndex(in.getInput(), inputs, "mount input"),
                in.getSelector(),
                in.getDest(),
                OpCodec.index(in.getOutput(), "mount output"),
                in.getReadonly(),
                in.getResultID(),
                switch (in.getContentCache()) {
                    case DEFAULT -> ExecMount.ContentCache.DEFAULT;
                    case ON -> ExecMount.ContentCache.ON;
                    case OFF -> ExecMount.ContentCache.OFF;
                    case UNRECOGNIZED -> throw LlbFault.invalid("unknown content cache " + in.getContentCacheValue());
                });
        return switch (in.getMountType()) {
            case BIND -> new ExecMount.Bind(frame);
            case CACHE ->
                new ExecMount.Cache(
                        frame,
                        in.getCacheOpt().getID(),
                        switch (in.getCacheOpt().getSharing()) {
                            case SHARED -> ExecMount.CacheSharing.SHARED;
                            case PRIVATE -> ExecMount.CacheSharing.PRIVATE;
                            case LOCKED -> ExecMount.CacheSharing.LOCKED;
                            case UNRECOGNIZED ->
                                throw LlbFault.invalid("unknown cache sharing of mount " + in.getDest());
                        });
            case TMPFS -> new ExecMount.Tmpfs(frame, in.getTmpfsOpt().getSize());
            case SECRET -> {
                SecretOpt opt = in.getSecretOpt();
                yield new ExecMount.Secret(
                        frame,
                        new ExecMount.Grant(opt.getID(), opt.getUid(), opt.getGid(), opt.getMode(), opt.getOptional()));
            }
            case SSH -> {
                SSHOpt opt = in.getSSHOpt();
                yield new ExecMount.Ssh(
                        frame,
                        new ExecMount.Grant(opt.getID(), opt.getUid(), opt.getGid(), opt.getMode(), opt.getOptional()));
            }
            case UNRECOGNIZED -> throw LlbFault.invalid("unknown type of mount " + in.getDest());
        };
    }
}
