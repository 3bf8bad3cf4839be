# Sourced by bin/buildctl and bin/buildd with `program` and `main` set; builtins only, because every process started here
# is paid for by every command. Finds a JDK, the jars and the AOT cache, and becomes the JVM.

# 25 or later, by the file that every JDK has.
fits() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    while read -r line; do
        case $line in
        JAVA_VERSION=\"2[5-9]* | JAVA_VERSION=\"[3-9][0-9]*) return 0 ;;
        esac
    done <"$1/release"
    return 1
}

java=
for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25* /usr/lib/jvm/*; do
    if fits "$home"; then
        java=$home/bin/java
        break
    fi
done
if [ -z "$java" ]; then
    echo "error: no JDK 25 or later found in \$JAVA_HOME or below /usr/lib/jvm" >&2
    exit 1
fi

jars=$top/lib
[ -d "$jars" ] || jars=$top/buildctl/target/dist
path=
for jar in "$jars"/*.jar; do
    path=$path${path:+:}$jar
done
if [ ! -e "$jar" ]; then
    echo "error: there are no jars in $jars; build them with ./quickstart or: mvn -DskipTests package" >&2
    exit 1
fi

# A cache that is missing, of another JDK or of other jars is passed over without a word. JVM warnings would go to standard
# output, where a definition or an archive may be. BUILDKIT4J_AOT_OUTPUT makes this a training run (build/aot).
if [ -n "${BUILDKIT4J_AOT_OUTPUT:-}" ]; then
    aot=-XX:AOTCacheOutput=$BUILDKIT4J_AOT_OUTPUT
else
    aot=-XX:AOTCache=$jars/$program.aot
fi
exec "$java" $flags "$aot" -Xlog:disable -Xlog:all=off \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$path" "$main" "$@"
