package io.buildkit4j.llb.codec;

import io.buildkit4j.image.Platform;
import io.buildkit4j.llb.Attribute;
import io.buildkit4j.llb.ExecMeta;
import io.buildkit4j.llb.ExecMount;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpFrame;
import io.buildkit4j.wire.proto.ops.BuildInput;
import io.buildkit4j.wire.proto.ops.BuildOp;
import io.buildkit4j.wire.proto.ops.CDIDevice;
import io.buildkit4j.wire.proto.ops.CacheOpt;
import io.buildkit4j.wire.proto.ops.CacheSharingOpt;
import io.buildkit4j.wire.proto.ops.DiffOp;
import io.buildkit4j.wire.proto.ops.ExecOp;
import io.buildkit4j.wire.proto.ops.HostIP;
import io.buildkit4j.wire.proto.ops.Input;
import io.buildkit4j.wire.proto.ops.LowerDiffInput;
import io.buildkit4j.wire.proto.ops.MergeInput;
import io.buildkit4j.wire.proto.ops.MergeOp;
import io.buildkit4j.wire.proto.ops.Meta;
import io.buildkit4j.wire.proto.ops.Mount;
import io.buildkit4j.wire.proto.ops.MountContentCache;
import io.buildkit4j.wire.proto.ops.MountType;
import io.buildkit4j.wire.proto.ops.NetMode;
import io.buildkit4j.wire.proto.ops.PassthroughOp;
import io.buildkit4j.wire.proto.ops.ProxyEnv;
import io.buildkit4j.wire.proto.ops.SSHOpt;
import io.buildkit4j.wire.proto.ops.SecretEnv;
import io.buildkit4j.wire.proto.ops.SecretOpt;
import io.buildkit4j.wire.proto.ops.SecurityMode;
import io.buildkit4j.wire.proto.ops.SourceOp;
import io.buildkit4j.wire.proto.ops.TmpfsOpt;
import io.buildkit4j.wire.proto.ops.Ulimit;
import io.buildkit4j.wire.proto.ops.UpperDiffInput;
import io.buildkit4j.wire.proto.ops.WorkerConstraints;

/** Ops as messages. Fields are written in order by protobuf itself; maps are filled in the order of their keys. */
final class OpWriter {
    private OpWriter() {}

    static io.buildkit4j.wire.proto.ops.Op write(Op op) {
        io.buildkit4j.wire.proto.ops.Op.Builder out = frame(op.frame());
        switch (op) {
            case Op.Source source -> out.setSource(source(source));
            case Op.Exec exec -> out.setExec(exec(exec));
            case Op.File file -> out.setFile(FileWriter.write(file));
            case Op.Merge merge -> {
                MergeOp.Builder layers = MergeOp.newBuilder();
                merge.layers()
                        .forEach(input ->
                                layers.addInputs(MergeInput.newBuilder().setInput(input)));
                out.setMerge(layers);
            }
            case Op.Diff diff ->
                out.setDiff(DiffOp.newBuilder()
                        .setLower(LowerDiffInput.newBuilder().setInput(diff.lower()))
                        .setUpper(UpperDiffInput.newBuilder().setInput(diff.upper())));
            case Op.Build build -> out.setBuild(build(build));
            case Op.Passthrough pass ->
                out.setPassthrough(PassthroughOp.newBuilder().setId(pass.id()).addAllOutputs(pass.outputs()));
        }
        return out.build();
    }

    private static io.buildkit4j.wire.proto.ops.Op.Builder frame(OpFrame frame) {
        io.buildkit4j.wire.proto.ops.Op.Builder out = io.buildkit4j.wire.proto.ops.Op.newBuilder();
        frame.inputs()
                .forEach(input -> out.addInputs(
                        Input.newBuilder().setDigest(input.digest().toString()).setIndex(input.index())));
        frame.platform().ifPresent(platform -> out.setPlatform(platform(platform)));
        frame.constraints()
                .ifPresent(filter ->
                        out.setConstraints(WorkerConstraints.newBuilder().addAllFilter(filter)));
        return out;
    }

    private static io.buildkit4j.wire.proto.ops.Platform platform(Platform platform) {
        return io.buildkit4j.wire.proto.ops.Platform.newBuilder()
                .setArchitecture(platform.architecture())
                .setOS(platform.os())
                .setVariant(platform.variant())
                .setOSVersion(platform.osVersion())
                .addAllOSFeatures(platform.osFeatures())
                .build();
    }

    private static SourceOp source(Op.Source source) {
        SourceOp.Builder out = SourceOp.newBuilder().setIdentifier(source.id().identifier());
        SourceIds.attributes(source.id()).forEach(out::putAttrs);
        return out.build();
    }

    private static BuildOp build(Op.Build build) {
        BuildOp.Builder out = BuildOp.newBuilder().setBuilder(build.builder());
        build.buildInputs()
                .forEach(input -> out.putInputs(
                        input.name(),
                        BuildInput.newBuilder().setInput(input.input()).build()));
        build.definition().ifPresent(definition -> out.setDef(DefinitionCodec.message(definition)));
        for (Attribute attribute : build.attributes()) {
            out.putAttrs(attribute.key(), attribute.value());
        }
        return out.build();
    }

    private static ExecOp exec(Op.Exec exec) {
        ExecOp.Builder out = ExecOp.newBuilder().setMeta(meta(exec.meta()));
        exec.mounts().forEach(mount -> out.addMounts(mount(mount)));
        out.setNetwork(
                switch (exec.network()) {
                    case DEFAULT -> NetMode.UNSET;
                    case HOST -> NetMode.HOST;
                    case NONE -> NetMode.NONE;
                });
        out.setSecurity(exec.security() == Op.SecurityMode.INSECURE ? SecurityMode.INSECURE : SecurityMode.SANDBOX);
        exec.secrets()
                .forEach(secret -> out.addSecretenv(SecretEnv.newBuilder()
                        .setID(secret.id())
                        .setName(secret.name())
                        .setOptional(secret.optional())));
        exec.devices()
                .forEach(device -> out.addCdiDevices(
                        CDIDevice.newBuilder().setName(device.name()).setOptional(device.optional())));
        return out.build();
    }

    private static Meta meta(ExecMeta meta) {
        Meta.Builder out = Meta.newBuilder()
                .addAllArgs(meta.args())
                .addAllEnv(meta.environment())
                .setCwd(meta.workingDirectory())
                .setUser(meta.user())
                .setHostname(meta.hostname())
                .setCgroupParent(meta.cgroupParent())
                .setRemoveMountStubsRecursive(meta.removeMountStubsRecursive())
                .addAllValidExitCodes(meta.validExitCodes());
        meta.proxy()
                .ifPresent(proxy -> out.setProxyEnv(ProxyEnv.newBuilder()
                        .setHttpProxy(proxy.http())
                        .setHttpsProxy(proxy.https())
                        .setFtpProxy(proxy.ftp())
                        .setNoProxy(proxy.no())
                        .setAllProxy(proxy.all())));
        meta.extraHosts()
                .forEach(host -> out.addExtraHosts(
                        HostIP.newBuilder().setHost(host.host()).setIP(host.address())));
        meta.ulimits()
                .forEach(limit -> out.addUlimit(Ulimit.newBuilder()
                        .setName(limit.name())
                        .setSoft(limit.soft())
                        .setHard(limit.hard())));
        return out.build();
    }

    private static Mount mount(ExecMount mount) {
        ExecMount.MountFrame frame = mount.frame();
        Mount.Builder out = Mount.newBuilder()
                .setInput(frame.input())
                .setSelector(frame.selector())
                .setDest(frame.destination())
                .setOutput(frame.output())
                .setReadonly(frame.readOnly())
                .setResultID(frame.resultId())
                .setContentCache(
                        switch (frame.contentCache()) {
                            case DEFAULT -> MountContentCache.DEFAULT;
                            case ON -> MountContentCache.ON;
                            case OFF -> MountContentCache.OFF;
                        });
        switch (mount) {
            case ExecMount.Bind _ -> out.setMountType(MountType.BIND);
            case ExecMount.Cache cache ->
                out.setMountType(MountType.CACHE)
                        .setCacheOpt(CacheOpt.newBuilder()
                                .setID(cache.id())
                                .setSharing(
                                        switch (cache.sharing()) {
                                            case SHARED -> CacheSharingOpt.SHARED;
                                            case PRIVATE -> CacheSharingOpt.PRIVATE;
                                            case LOCKED -> CacheSharingOpt.LOCKED;
                                        }));
            case ExecMount.Tmpfs tmpfs ->
                out.setMountType(MountType.TMPFS)
                        .setTmpfsOpt(TmpfsOpt.newBuilder().setSize(tmpfs.size()));
            case ExecMount.Secret secret -> out.setMountType(MountType.SECRET).setSecretOpt(secret(secret.grant()));
            case ExecMount.Ssh ssh -> out.setMountType(MountType.SSH).setSSHOpt(ssh(ssh.grant()));
        }
        return out.build();
    }

    private static SecretOpt secret(ExecMount.Grant grant) {
        return SecretOpt.newBuilder()
                .setID(grant.id())
                .setUid(grant.uid())
                .setGid(grant.gid())
                .setMode(grant.mode())
                .setOptional(grant.optional())
                .build();
    }

    private static SSHOpt ssh(ExecMount.Grant grant) {
        return SSHOpt.newBuilder()
                .setID(grant.id())
                .setUid(grant.uid())
                .setGid(grant.gid())
                .setMode(grant.mode())
                .setOptional(grant.optional())
                .build();
    }
}
