# Sourced by bin/buildctl and bin/buildd with `cache` and `main` set; builtins only, because every process started
# here is paid for by every command. Finds a JDK, the jars and the AOT cache, and becomes the JVM.
. "$top/build/jdk.sh"

# One file to open instead of forty, where build/aot has made it.
jars=$top/lib
[ -d "$jars" ] || jars=$top/buildctl/target/dist
path=$jars/merged/buildkit4j.jar
if [ ! -e "$path" ]; then
    path=
    for jar in "$jars"/*.jar; do
        path=$path${path:+:}$jar
    done
    if [ ! -e "$jar" ]; then
        echo "error: there are no jars in $jars; build them with ./quickstart or: mvn -DskipTests package" >&2
        exit 1
    fi
fi

# A cache that is missing, of another JDK or of other jars is passed over without a word. JVM warnings would go to standard
# output, where a definition or an archive may be. BUILDKIT4J_AOT_OUTPUT makes this a training run (build/aot).
if [ -n "${BUILDKIT4J_AOT_OUTPUT:-}" ]; then
    aot=-XX:AOTCacheOutput=$BUILDKIT4J_AOT_OUTPUT
else
    aot=-XX:AOTCache=$jars/merged/$cache.aot
fi
exec "$java" $flags "$aot" -Xlog:disable -Xlog:all=off \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$path" "$main" "$@"
