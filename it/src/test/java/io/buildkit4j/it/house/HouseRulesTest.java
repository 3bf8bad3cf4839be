package io.buildkit4j.it.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static io.buildkit4j.it.house.Houses.handWritten;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.buildkit4j.footing.Fault;
import io.buildkit4j.footing.Uninterrupted;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Each test is one rule of docs/house.md; the failure names the class that broke it. */
class HouseRulesTest {
    private static final JavaClasses ALL = Houses.classes();

    /** Where child processes may be started: a container runtime, git, credential programs, the terminal's size. */
    private static final Set<String> PROCESS_PACKAGES = Set.of(
            "io.buildkit4j.worker.process",
            "io.buildkit4j.worker.network",
            "io.buildkit4j.worker.source.git",
            "io.buildkit4j.client.credential",
            "io.buildkit4j.client.relay",
            "io.buildkit4j.buildctl.terminal");

    /** Memory for kernel calls that is handed from call to call: it has no meaning between two of them. */
    private static final Set<String> MEMORY_POOLS = Set.of("io.buildkit4j.linux.Scratch.POOL");

    /** Modules and packages at whose doors wire messages become values. */
    private static final List<String> WIRE_DOORS = List.of(
            "io.buildkit4j.wire", "io.buildkit4j.llb.codec", "io.buildkit4j.client.door", "io.buildkit4j.buildd.door");

    @Test
    void doorsOpenDownwardsOnlyAndOnlyAtRootPackages() {
        classes().that(handWritten()).should(onlyUseOpenDoors()).check(ALL);
    }

    private static ArchCondition<JavaClass> onlyUseOpenDoors() {
        return new ArchCondition<>("use other modules only downwards and only at their doors") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String from = Houses.module(type);
                type.getDirectDependenciesFromSelf().forEach(dependency -> {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    String to = Houses.module(target);
                    if (to.isEmpty() || to.equals(from)) {
                        return;
                    }
                    boolean open = Houses.DOORS.getOrDefault(from, Set.of()).contains(to) && Houses.atTheDoor(target);
                    if (!open) {
                        events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                    }
                });
            }
        };
    }

    @Test
    void theCommandLineUsesOfTheDaemonOnlyTheEmbeddedStart() {
        classes()
                .that()
                .resideInAPackage("io.buildkit4j.buildctl..")
                .should(new ArchCondition<>("use of buildd only EmbeddedDaemon") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getDirectDependenciesFromSelf().forEach(dependency -> {
                            JavaClass target = dependency.getTargetClass();
                            if (Houses.module(target).equals("buildd")
                                    && !target.getName().startsWith("io.buildkit4j.buildd.EmbeddedDaemon")) {
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                            }
                        });
                    }
                })
                .check(ALL);
    }

    /** A module's root package is its door: it names the rooms behind it, and they speak its types. */
    @Test
    void roomsHaveNoCycles() {
        slices().matching("io.buildkit4j.(**)")
                .that(DescribedPredicate.describe(
                        "are rooms behind a door", slice -> slice.stream().noneMatch(Houses::atTheDoor)))
                .should()
                .beFreeOfCycles()
                .check(ALL);
    }

    @Test
    void nothingIsNamedAfterADrawer() {
        classes()
                .that(handWritten())
                .should(new ArchCondition<>("be named by a noun of the field") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        String name = type.getSimpleName();
                        boolean drawer = List.of(type.getPackageName().split("\\.", -1)).stream()
                                        .anyMatch(Houses.drawers()::contains)
                                || name.matches("Abstract.*|.*(Manager|Utils?|Helper|Impl)");
                        if (drawer) {
                            events.add(SimpleConditionEvent.violated(type, type.getName() + " is a drawer"));
                        }
                    }
                })
                .check(ALL);
    }

    @Test
    void wireTypesStayAtTheDoors() {
        noClasses()
                .that(handWritten())
                .and()
                .resideOutsideOfPackages(
                        WIRE_DOORS.stream().map(name -> name + "..").toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.protobuf..", "io.grpc..", "io.buildkit4j.wire.proto..")
                .check(ALL);
    }

    @Test
    void onlyLinuxCallsTheKernel() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.buildkit4j.linux..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(ALL);
    }

    @Test
    void processesAreStartedOnlyInNamedPackages() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        PROCESS_PACKAGES.stream().map(name -> name + "..").toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .orShould()
                .callMethod(Runtime.class, "exec", String[].class)
                .check(ALL);
    }

    @Test
    void nothingIsInjectedOrLoadedByName() {
        noClasses()
                .that(handWritten())
                .should()
                .dependOnClassesThat()
                .areAssignableTo(java.util.ServiceLoader.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta.inject..", "javax.inject..", "com.google.inject..")
                .check(ALL);
    }

    @Test
    void thereIsNoStaticMutableState() {
        fields().that()
                .areDeclaredInClassesThat(handWritten())
                .and()
                .areStatic()
                .should(new ArchCondition<>("be final and hold no mutable thing") {
                    @Override
                    public void check(JavaField field, ConditionEvents events) {
                        boolean synthetic = field.getModifiers().contains(JavaModifier.SYNTHETIC)
                                || field.getName().startsWith("$");
                        String type = field.getRawType().getName();
                        boolean mutable = !field.getModifiers().contains(JavaModifier.FINAL)
                                || type.matches("java\\.util\\.(HashMap|ArrayList|HashSet|LinkedHashMap|TreeMap)")
                                || type.matches("java\\.util\\.concurrent\\.(Concurrent.*|atomic\\..*|.*Queue)");
                        if (mutable && !synthetic && !MEMORY_POOLS.contains(field.getFullName())) {
                            events.add(SimpleConditionEvent.violated(field, field.getFullName() + " is mutable"));
                        }
                    }
                })
                .check(ALL);
    }

    @Test
    void everyExceptionIsAFault() {
        classes()
                .that(handWritten())
                .and()
                .areAssignableTo(Throwable.class)
                .should()
                .beAssignableTo(Fault.class)
                .check(ALL);
    }

    @Test
    void everyModuleHasOneRootOfItsFaults() {
        for (String module : new TreeSet<>(Houses.DOORS.keySet())) {
            List<String> roots = ALL.stream()
                    .filter(type -> Houses.module(type).equals(module))
                    .filter(type -> type.getRawSuperclass()
                            .map(parent -> parent.isEquivalentTo(Fault.class))
                            .orElse(false))
                    .map(JavaClass::getSimpleName)
                    .toList();
            assertThat(roots).as("direct subclasses of Fault in " + module).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void signaturesSpeakOfNoThreads() {
        Set<String> machinery = Set.of(
                Thread.class.getName(),
                CompletableFuture.class.getName(),
                Executor.class.getName(),
                Future.class.getName());
        List<String> broken = ALL.stream()
                .filter(handWritten())
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(unit -> speaksOf(unit, machinery))
                // what it waits for is the caller's own thread
                .filter(unit -> !unit.getOwner().isEquivalentTo(Uninterrupted.class))
                .map(JavaCodeUnit::getFullName)
                .toList();
        assertThat(broken).isEmpty();
    }

    private static boolean speaksOf(JavaCodeUnit unit, Set<String> types) {
        return types.contains(unit.getRawReturnType().getName())
                || unit.getRawParameterTypes().stream().anyMatch(type -> types.contains(type.getName()));
    }

    @Test
    void stringMapsAreLabelsOrAnnotations() {
        List<String> broken = ALL.stream()
                .filter(handWritten())
                .filter(type -> WIRE_DOORS.stream().noneMatch(type.getPackageName()::startsWith))
                .flatMap(type -> type.getFields().stream())
                .filter(field -> field.getType().getName().equals("java.util.Map<java.lang.String, java.lang.String>"))
                .filter(field -> !StringMaps.allowed(field))
                .map(JavaField::getFullName)
                .toList();
        assertThat(broken).isEmpty();
    }

    @Test
    void tellsHowMuchIsPrivateToItsPackage() {
        List<JavaClass> own = ALL.stream()
                .filter(handWritten())
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .toList();
        long open = own.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .count();
        System.out.printf("%d of %d top-level types are public (%d %%)%n", open, own.size(), 100 * open / own.size());
        assertThat(own).isNotEmpty();
    }
}
