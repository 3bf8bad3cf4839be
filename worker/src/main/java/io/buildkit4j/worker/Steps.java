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

    /**
     * An op of a build.
     *
     * @param seen whether another step of that build will look inside its result
     */
    record Asked(Op op, OpMetadata metadata, String name, Grants grants, boolean seen) {}

    /** Whether the op reads files of its inputs, rather than stacks their layers in another way. */
    static boolean looksInside(Op op) {
        return !(op instanceof Op.Merge || op instanceof Op.Diff || op instanceof Op.Passthrough);
    }

    /** Those of the machine, for whoever runs processes. */
    Devices devices() {
        return crews.devices();
    }

    /** What does the op; done once more where the disk is full and room can be made. */
    Step step(Asked asked) {
        return new RoomyStep(bare(asked), store, looksInside(asked.op()));
    }

    private Step bare(Asked asked) {
        Op op = asked.op();
        String name = asked.name();
        Grants grants = asked.grants();
        Crews.Member crew = crews.choose(op, grants);
        Platform wanted = op.platform().orElse(crew.crew().platforms().getFirst());
        return switch (op) {
            case Op.Source source -> source(source.id(), wanted, asked);
            case Op.Exec exec -> new ExecStep(exec, asked.metadata(), name, wanted, crew.machinery());
            case Op.File file -> new FileStep(file, name, store);
            case Op.Merge merge -> new TreeSteps.Merge(merge, name, store);
            case Op.Diff diff -> new TreeSteps.Diff(diff, name, store);
            case Op.Build build -> new BuildStep(build, store, definition -> new Loader(this).load(definition, grants));
            case Op.Passthrough passthrough -> new TreeSteps.Passthrough(passthrough);
        };
    }

    private Step source(SourceId id, Platform wanted, Asked asked) {
        String name = asked.name();
        Grants grants = asked.grants();
        return switch (id) {
            case SourceId.DockerImage image -> image(image, wanted, asked);
            case SourceId.Local local ->
                new LocalStep(local, grants.session(), directories, sessions, new LocalStep.Kept(store, listings));
            case SourceId.Git git -> new GitStep(git, repositories, store, new GitStep.Door(crews.grants(), policy));
            case SourceId.Http http -> new HttpStep(http, name, downloads, crews.grants(), sessions, store);
            case SourceId.OciLayout layout ->
                new ImageStep(
                        new ImageOrigin.InLayout(layout, wanted, images, sessions),
                        layout.layerLimit(),
                        Optional.empty(),
                        new ImageStep.Place(store, asked.seen()));
            case SourceId.Blob blob -> throw unsupported("source " + blob.scheme() + "://" + blob.reference());
            case SourceId.Unknown unknown ->
                AddedSourceStep.find(added, unknown, name, store)
                        .orElseThrow(() -> unsupported("source " + unknown.identifier()));
        };
    }

    private Step image(SourceId.DockerImage image, Platform wanted, Asked asked) {
        ImageResolver.Question question =
                new ImageResolver.Question(Reference.parse(image.reference()), wanted, image.mode());
        return new ImageStep(
                new ImageOrigin.InRegistry(question, images, sessions),
                image.layerLimit(),
                image.checksum(),
                new ImageStep.Place(store, asked.seen()));
    }

    private static WorkerFault unsupported(String what) {
        return new WorkerFault(Kind.UNIMPLEMENTED, what + " is not supported by this daemon");
    }
}
