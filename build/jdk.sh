# Sourced: finds a JDK, 25 or later, by the file that every JDK has, and puts its launcher into `java`. Builtins only.
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
