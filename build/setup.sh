# Sourced by quickstart, run-tests and the scripts in build/: finds or installs what the build needs and says what it does.
# Sets JAVA_HOME and puts the right Maven first on PATH. Expects to be sourced from the top of the checkout.

say() { printf '%s\n' "==> $*" >&2; }

# Runs a command that asks for a package only when the package's file is missing. Usage: need FILE PACKAGE
missing_packages=""
need() { [ -e "$1" ] || missing_packages="$missing_packages $2"; }

install_missing() {
    [ -n "$missing_packages" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        say "these Debian packages are missing and only root can install them:$missing_packages"
        exit 1
    fi
    say "installing Debian packages:$missing_packages"
    log=$(mktemp)
    # policy-rc.d keeps packages from starting services on their own while they are installed
    if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing_packages; } >"$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 20 "$log" >&2
        say "apt-get failed; its whole output is in $log"
        exit 1
    fi
    missing_packages=""
}

# The newest JDK of at least 25 below the usual folders.
find_jdk() {
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        [ -x "$home/bin/javac" ] || continue
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null)
        if [ "${version:-0}" -ge 25 ]; then
            JAVA_HOME=$home
            export JAVA_HOME
            return 0
        fi
    done
    return 1
}

setup_jdk() {
    find_jdk && return 0
    if apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1; then
        need /usr/lib/jvm/java-25-openjdk-amd64/bin/javac openjdk-25-jdk-headless
        install_missing
        find_jdk && return 0
    fi
    say "no JDK 25 found below /usr/lib/jvm, and this Debian has no package of it; install one there or set JAVA_HOME"
    exit 1
}

# Debian's Maven is older than the protobuf plugin allows; it fetches a newer one as an ordinary artifact, and that one builds.
maven_version=3.9.16
setup_maven() {
    maven_home=$PWD/.build/apache-maven-$maven_version
    if [ ! -x "$maven_home/bin/mvn" ]; then
        need /usr/bin/mvn maven
        install_missing
        say "fetching Maven $maven_version through the system's Maven"
        mkdir -p .build
        # from outside the checkout: the build's JVM options are for the JDK and Maven that come next
        (cd .build && MAVEN_OPTS= /usr/bin/mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy \
            -Dartifact=org.apache.maven:apache-maven:$maven_version:tar.gz:bin -DoutputDirectory="$PWD" >maven-copy.log 2>&1) || {
            tail -n 20 .build/maven-copy.log >&2
            exit 1
        }
        tar -xzf ".build/apache-maven-$maven_version-bin.tar.gz" -C .build
        rm -f ".build/apache-maven-$maven_version-bin.tar.gz"
    fi
    PATH=$maven_home/bin:$PATH
    export PATH
}

# What running builds needs: a runtime, git, and a static busybox to make a first base image of.
setup_runtime() {
    need /usr/sbin/runc runc
    need /usr/bin/git git
    need /bin/busybox busybox-static
    install_missing
}

# Docker's own build client, as Debian's unstable suite has it: unpacked below .build, not installed. The mirror is the one that
# this machine's packages come from; keys, lists and archives are kept apart from the machine's own.
setup_buildx() {
    [ ! -x .build/docker-buildx ] || return 0
    mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian //p' | head -n 1)
    if [ -z "$mirror" ]; then
        apt-get update >/dev/null 2>&1 || true
        mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian //p' | head -n 1)
    fi
    if [ -z "$mirror" ]; then
        say "no Debian mirror is configured here, and docker-buildx comes from one; put its binary at .build/docker-buildx"
        exit 1
    fi
    say "fetching docker-buildx from Debian's unstable suite"
    apt=$(mktemp -d)
    mkdir -p "$apt/lists/partial" "$apt/archives/partial" .build
    chmod 755 "$apt"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n' "$mirror" >"$apt/sources.list"
    private() {
        apt-get -q -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists" \
            -o Dir::Cache="$apt" -o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
    }
    if { private update && (cd "$apt" && private download docker-buildx) && dpkg-deb -x "$apt"/docker-buildx_*.deb "$apt/root"; } \
        >"$apt/log" 2>&1; then
        cp "$apt/root/usr/libexec/docker/cli-plugins/docker-buildx" .build/docker-buildx
        rm -rf "$apt"
    else
        tail -n 20 "$apt/log" >&2
        say "docker-buildx could not be had; the whole output is in $apt/log"
        exit 1
    fi
}

# Real peers that the tests run against.
setup_peers() {
    setup_buildx
    need /usr/bin/docker-registry docker-registry
    need /usr/bin/skopeo skopeo
    need /usr/bin/umoci umoci
    need /usr/bin/dot graphviz
    need /usr/bin/xz xz-utils
    need /usr/sbin/debootstrap debootstrap
    need /usr/bin/setfattr attr
    need /usr/bin/unzip unzip
    need /usr/bin/ssh-agent openssh-client
    need /usr/bin/openssl openssl
    need /usr/bin/containerd containerd
    need /usr/bin/htpasswd apache2-utils
    need /usr/sbin/sshd openssh-server
    need /usr/sbin/nft nftables
    need /sbin/ip iproute2
    need /usr/lib/cni/bridge containernetworking-plugins
    install_missing
}
