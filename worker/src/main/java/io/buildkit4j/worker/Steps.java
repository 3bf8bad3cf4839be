package io.buildkit4j.worker;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.image.Platform;
import io.buildkit4j.image.Reference;
import io.buildkit4j.llb.Op;
import io.buildkit4j.llb.OpMetadata;
import io.buildkit4j.llb.SourceId;
import io.buildkit4j.store.Store;
import io.buildkit4j.worker.listing.Listings;
import io.buildkit4j.worker.source.git.GitRepositories;
import io.buildkit4j.worker.source.http.Downloads;
import io.buildkit4j.worker.source.http.PrivateAddresses;
import io.buildkit4j.worker.source.local.LocalDirectories;
import java.util.List;
import java.util.Optional;

/** Finds for each op what does it. */
record Steps(
        Store store,
        Crews crews,
        ImageResolver images,
        SessionDoor sessions,
        LocalDirectories directories,
        GitRepositories repositories,
        Downloads downloads,
        Listings listings,
        PrivateAddresses policy,
        List<Source> added) {

    /** As {@link #step}; done once more where the disk is full and room can be made. */
    Step roomy(Op op, OpMetadata metadata, String name, Grants grants) {
        return new RoomyStep(step(op, metadata, name, grants), store);
    }

    /** Those of the machine, for whoever runs processes. */
    Devices devices() {
        return crews.devices();
    }

    Step step(Op op, OpMetadata metadata, String name, Grants grants) {
        Crews.Member crew = crews.choose(op, grants);
        Platform wanted = op.platform().orElse(crew.crew().platforms().getFirst());
        return switch (op) {
            case Op.Source source -> source(source.id(), wanted, name, grants);
            case Op.Exec exec -> new ExecStep(exec, metadata, name, wanted, crew.machinery());
            case Op.File file -> new FileStep(file, name, store);
            case Op.Merge merge -> new TreeSteps.Merge(merge, name, store);
            case Op.Diff diff -> new TreeSteps.Diff(diff, name, store);
            case Op.Build build -> new BuildStep(build, store, definition -> new Loader(this).load(definition, grants));
            case Op.Passthrough passthrough -> new TreeSteps.Passthrough(passthrough);
        };
    }

    private Step source(SourceId id, Platform wanted, String name, Grants grants) {
        return switch (id) {
            case SourceId.DockerImage image -> image(image, wanted);
            case SourceId.Local local ->
                new LocalStep(local, grants.session(), directories, sessions, new LocalStep.Kept(store, listings));
            case SourceId.Git git -> new GitStep(git, repositories, store, new GitStep.Door(crews.grants(), policy));
            case SourceId.Http http -> new HttpStep(http, name, downloads, crews.grants(), sessions, store);
            case SourceId.OciLayout layout ->
                new ImageStep(
                        new ImageOrigin.InLayout(layout, wanted, images, sessions),
                        layout.layerLimit(),
                        Optional.empty(),
                        store);
            case SourceId.Blob blob -> throw unsupported("source " + blob.scheme() + "://" + blob.reference());
            case SourceId.Unknown unknown ->
                AddedSourceStep.find(added, unknown, name, store)
                        .orElseThrow(() -> unsupported("source " + unknown.identifier()));
        };
    }

    private Step image(SourceId.DockerImage image, Platform wanted) {
        ImageResolver.Question question =
                new ImageResolver.Question(Reference.parse(image.reference()), wanted, image.mode());
        return new ImageStep(
                new ImageOrigin.InRegistry(question, images, sessions), image.layerLimit(), image.checksum(), store);
    }

    private static WorkerFault unsupported(String what) {
        return new WorkerFault(Kind.UNIMPLEMENTED, what + " is not supported by this daemon");
    }
}
