package io.buildkit4j.buildd.build;

import io.buildkit4j.buildd.DaemonFault;
import io.buildkit4j.exporter.CacheSpec;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.Described;
import io.buildkit4j.frontend.FrontendOptions;
import io.buildkit4j.frontend.FrontendRequest;
import io.buildkit4j.frontend.Gateway.ImageQuestion;
import io.buildkit4j.frontend.Gateway.ResolvedImage;
import io.buildkit4j.llb.Definition;
import io.buildkit4j.llb.Op;
import io.buildkit4j.solver.BuildEvent;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.worker.WorkContainer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The gateway of one build whose frontend runs elsewhere: at the client, or in a container. The frontend asks through it
 * until it returns what is to be built, or why it cannot. Safe for any thread; calls that are under way when the build ends
 * are interrupted.
 */
public final class Bridge implements AutoCloseable {
    private static final String IN_AN_IMAGE = "gateway.v0";
    private static final int DEEPEST = 16;

    private final Site site;
    private final Trees trees;
    private final Containers containers;
    private final BuildGateway gateway;
    private final Map<String, Definition> inputs;
    private final int depth;
    private final Builds calls = new Builds("the build has ended");

    /** Guards the two fields below; held for a few instructions only. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private @Nullable Outcome outcome;
    private @Nullable Fault failure;

    /** The build's own; the trees are closed with the build. */
    Bridge(Site site, Trees trees, Map<String, Definition> inputs) {
        this(site, trees, inputs, 0);
    }

    private Bridge(Site site, Trees trees, Map<String, Definition> inputs, int depth) {
        this.site = site;
        this.inputs = Map.copyOf(inputs);
        this.trees = trees;
        this.depth = depth;
        this.gateway = new BuildGateway(site);
        this.containers = new Containers(site, trees);
    }

    /** What is to be solved. */
    public sealed interface Question {
        /** A definition of the frontend's own. */
        record Graph(Definition definition) implements Question {}

        /** Something that another frontend describes. */
        record Written(String frontend, FrontendRequest request) implements Question {}
    }

    /** Something done for the frontend, told of in the words of clients when it fails. */
    private <T> T serve(Builds.Work<T> work) throws InterruptedException {
        return calls.run(() -> {
            try {
                return work.run();
            } catch (Fault fault) {
                throw site.blame().explain(fault, trees::add);
            }
        });
    }

    /**
     * Solves as far as an answer can be given: nothing runs but what a frontend needs to read, unless {@code evaluate}.
     *
     * @throws BuildFault with what is to blame
     */
    public Outcome solve(Question question, boolean evaluate) throws InterruptedException {
        return serve(() -> {
            Outcome answer = switch (question) {
                case Question.Graph(Definition definition) ->
                    new Outcome(List.of(new Outcome.Tree("", trees.add(definition))), false, List.of());
                case Question.Written(String name, FrontendRequest request) -> describe(name, request);
            };
            if (evaluate) {
                for (Outcome.Tree tree : answer.trees()) {
                    trees.solve(tree.id());
                }
            }
            return answer;
        });
    }

    /** A failure says which frontend it came out of, each one around another. */
    private Outcome describe(String name, FrontendRequest request) throws InterruptedException {
        try {
            return described(name, request);
        } catch (Fault failed) {
            throw site.blame()
                    .of(
                            name,
                            request.options().given("source").orElse(""),
                            site.blame().explain(failed, trees::add));
        }
    }

    private Outcome described(String name, FrontendRequest request) throws InterruptedException {
        if (name.equals(IN_AN_IMAGE)) {
            return ask(request);
        }
        Described described = site.workshop().frontend(name).describe(request, gateway);
        return switch (described) {
            case Described.Here(var builds) ->
                Outcomes.of(builds, builds.size() > 1 || request.options().multiPlatform(), trees::add);
            case Described.Elsewhere elsewhere -> ask(request, elsewhere);
            case Described.Answered(var notes) ->
                new Outcome(
                        List.of(),
                        false,
                        notes.stream()
                                .map(note -> new Outcome.Note(note.name(), note.text()))
                                .toList());
        };
    }

    /** A failure that says nothing of lines is the fault of the line that names the frontend. */
    private Outcome ask(FrontendRequest request, Described.Elsewhere elsewhere) throws InterruptedException {
        FrontendOptions options =
                request.options().replace("source", elsewhere.image()).replace("cmdline", elsewhere.line());
        try {
            return ask(new FrontendRequest(options, request.inputs()));
        } catch (Fault failed) {
            BuildFault known = site.blame().explain(failed);
            throw elsewhere.place().map(place -> site.blame().at(place, known)).orElse(known);
        }
    }

    /** Asks the frontend in an image, through a bridge of its own to the same trees. */
    private Outcome ask(FrontendRequest request) throws InterruptedException {
        if (depth == DEEPEST) {
            throw new DaemonFault(
                    Kind.FAILED_PRECONDITION, DEEPEST + " frontends ask one another: does one of them ask itself?");
        }
        FrontendImage image = FrontendImage.find(request, gateway);
        image.check(request);
        try (Bridge below = new Bridge(site, trees, request.inputs(), depth + 1)) {
            return new FrontendContainer(site, image, below).run(request.options());
        }
    }

    /** How many frontends stand between this one and the client. */
    int depth() {
        return depth;
    }

    /** Lets caches help from now on; those that cannot be read are passed over. */
    public void importCaches(List<CacheSpec> caches) throws InterruptedException {
        serve(() -> {
            site.imports().add(site, caches);
            return caches;
        });
    }

    /** Looks up an image, as a step of the build. */
    public ResolvedImage resolveImage(ImageQuestion question) throws InterruptedException {
        return serve(() -> gateway.resolveImage(question));
    }

    /** Something read from a tree. */
    @FunctionalInterface
    public interface Reading<T> {
        /** Reads. */
        T read(TreeReader tree) throws InterruptedException;
    }

    /** Reads from the tree with this id, which is made now if it has not been. */
    public <T> T read(String id, Reading<T> reading) throws InterruptedException {
        return serve(() -> reading.read(trees.solve(id).tree()));
    }

    /** Makes the tree with this id. */
    public void evaluate(String id) throws InterruptedException {
        serve(() -> trees.solve(id));
    }

    /**
     * A container that a frontend wants.
     *
     * @param asked mounts, network, host name and extra hosts count; the inputs are {@code trees}, by their ids
     */
    public record ContainerOrder(String id, Op.Exec asked, List<String> trees) {
        /** The list is copied. */
        public ContainerOrder {
            trees = List.copyOf(trees);
        }
    }

    /** Makes a container. */
    public void open(ContainerOrder order) throws InterruptedException {
        serve(() -> {
            containers.open(order);
            return order;
        });
    }

    /** The container that the frontend calls by this id. It stays this object's to close. */
    public WorkContainer container(String id) {
        return containers.find(id);
    }

    /** Ends a container and all of its processes. */
    public void release(String id) {
        containers.release(id);
    }

    /** Something that goes on while the frontend is there, such as a process of its; interrupted when it is not. */
    public void attend(Builds.Work<?> work) throws InterruptedException {
        serve(work);
    }

    /** The definition behind an id. */
    public Definition definition(String id) {
        return trees.definition(id);
    }

    /** Definitions that the client gave to the frontend, by name. */
    public Map<String, Definition> inputs() {
        return inputs;
    }

    /** Tells the user something about a step. */
    public void warn(BuildEvent.Warned warning) {
        site.events().accept(warning);
    }

    /** The frontend's last word: this is to be built. */
    public void finish(Outcome answer) {
        answer.trees().forEach(tree -> trees.definition(tree.id()));
        end(answer, null);
    }

    /** The frontend's last word: it cannot. */
    public void fail(Fault reason) {
        end(null, reason);
    }

    private void end(@Nullable Outcome answer, @Nullable Fault reason) {
        lock.lock();
        try {
            if (outcome != null || failure != null) {
                throw new DaemonFault(Kind.FAILED_PRECONDITION, "the frontend has returned already");
            }
            outcome = answer;
            failure = reason;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the frontend's last word. */
    Plan await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (outcome == null && failure == null) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
        Optional<Fault> failed = failure();
        if (failed.isPresent()) {
            throw failed.get();
        }
        return plan(outcome().orElseThrow());
    }

    /** What is to be built for an answer. */
    Plan plan(Outcome answer) {
        return Outcomes.plan(
                answer,
                site.workshop().worker().platforms().getFirst(),
                site.request().epoch(),
                trees::definition);
    }

    /** Whether the frontend has said its last word. */
    boolean hasReturned() {
        return outcome().isPresent() || failure().isPresent();
    }

    /** The last word, if it was an answer. */
    Optional<Outcome> outcome() {
        lock.lock();
        try {
            return Optional.ofNullable(outcome);
        } finally {
            lock.unlock();
        }
    }

    /** The last word, if it was a failure. */
    Optional<Fault> failure() {
        lock.lock();
        try {
            return Optional.ofNullable(failure);
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts the calls that are under way, and ends the containers. */
    @Override
    public void close() {
        calls.close();
        containers.close();
    }
}
