package io.buildkit4j.it.house;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The project's classes and its floor plan. */
final class Houses {
    static final String BASE = "io.buildkit4j";

    /** Each module and the modules it may open a door to. `buildctl` may use of `buildd` only the embedded start. */
    static final Map<String, Set<String>> DOORS = Map.ofEntries(
            Map.entry("footing", Set.of()),
            Map.entry("image", Set.of("footing")),
            Map.entry("linux", Set.of("footing")),
            Map.entry("wire", Set.of("footing")),
            Map.entry("llb", Set.of("footing", "image", "wire")),
            Map.entry("solver", Set.of("footing", "image")),
            Map.entry("store", Set.of("footing", "image", "linux", "wire")),
            Map.entry("frontend", Set.of("footing", "image", "llb", "wire")),
            Map.entry("worker", Set.of("footing", "image", "linux", "wire", "llb", "solver", "store")),
            Map.entry("exporter", Set.of("footing", "image", "wire", "llb", "solver", "store")),
            Map.entry("client", Set.of("footing", "image", "linux", "wire", "llb")),
            Map.entry(
                    "buildd",
                    Set.of(
                            "footing",
                            "image",
                            "linux",
                            "wire",
                            "llb",
                            "solver",
                            "store",
                            "frontend",
                            "worker",
                            "exporter")),
            Map.entry("buildctl", Set.of("footing", "image", "wire", "llb", "frontend", "client", "buildd")));

    private Houses() {}

    static JavaClasses classes() {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .withImportOption(location -> !location.contains("/it/target/") && !location.contains("/bench/target/"))
                .importPackages(BASE);
    }

    /** The module that a class belongs to, or the empty text for classes that are not the project's. */
    static String module(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith(BASE + ".")) {
            return "";
        }
        String rest = name.substring(BASE.length() + 1);
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    static boolean generated(JavaClass type) {
        return type.getPackageName().startsWith(BASE + ".wire.proto");
    }

    static DescribedPredicate<JavaClass> handWritten() {
        return DescribedPredicate.describe(
                "written by hand", type -> !module(type).isEmpty() && !generated(type));
    }

    /** Whether other modules may name this class: it is in its module's root package or generated for the wire. */
    static boolean atTheDoor(JavaClass type) {
        return generated(type) || type.getPackageName().equals(BASE + "." + module(type));
    }

    static List<String> drawers() {
        return List.of("util", "utils", "common", "helper", "helpers", "misc", "base", "impl", "internal");
    }
}
