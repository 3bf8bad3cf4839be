package io.buildkit4j.frontend.context;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.footing.RootedPath;
import io.buildkit4j.frontend.FrontendFault;
import io.buildkit4j.llb.Attribute;
import io.buildkit4j.llb.SourceId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a git repository as users write it: {@code REMOTE[?QUERY][#REF[:DIRECTORY]]}. An address with http or https
 * is one only if its path ends with {@code .git}. What a query may say is on the page of build contexts in Docker's manual.
 *
 * @param remote for git, without query and fragment
 * @param ref branch, tag or commit; empty for the default branch
 * @param directory below the repository's root; empty for the root
 * @param checksum the commit, or its first digits; empty where it does not matter
 * @param keepGitDirectory whether {@code .git} is wanted, where the address says so
 * @param submodules whether they are wanted, where the address says so
 * @param modificationTimes whose time files bear, the word that the query has; empty where not said
 * @param fetchByCommit whether the checksum is fetched whatever the ref means now
 * @param local whether a local path could look the same: {@code github.com/...}
 */
public record GitAddress(
        String remote,
        String ref,
        String directory,
        String checksum,
        Optional<Boolean> keepGitDirectory,
        Optional<Boolean> submodules,
        String modificationTimes,
        boolean fetchByCommit,
        boolean local) {
    private static final Pattern SCHEME = Pattern.compile("^([a-zA-Z0-9]+)://.*", Pattern.DOTALL);
    private static final Pattern SHELL =
            Pattern.compile("^([a-zA-Z0-9-_]+)@([a-zA-Z0-9-.]+):([^?#]*)(?:\\?([^#]*))?(?:#(.*))?$");

    /**
     * Reads an address; nothing where the text is something else.
     *
     * @throws FrontendFault INVALID_ARGUMENT when it is an address whose query is wrong
     */
    public static Optional<GitAddress> parse(String text) {
        if (text.startsWith("./") || text.startsWith("../")) {
            return Optional.empty();
        }
        boolean local = text.startsWith("github.com/");
        String address = local ? "https://" + text : text;
        Matcher shell = SHELL.matcher(address);
        if (!SCHEME.matcher(address).matches()) {
            return shell.matches()
                    ? Optional.of(read(
                            shell.group(1) + "@" + shell.group(2) + ":" + shell.group(3),
                            or(shell.group(4)),
                            or(shell.group(5)),
                            false))
                    : Optional.empty();
        }
        int hash = address.indexOf('#');
        String before = hash < 0 ? address : address.substring(0, hash);
        int mark = before.indexOf('?');
        String remote = mark < 0 ? before : before.substring(0, mark);
        if (!isRepository(remote, local)) {
            return Optional.empty();
        }
        String fragment = hash < 0
                ? ""
                : URLDecoder.decode(address.substring(hash + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
        return Optional.of(read(remote, mark < 0 ? "" : before.substring(mark + 1), fragment, local));
    }

    private static String or(@org.jspecify.annotations.Nullable String text) {
        return text == null ? "" : text;
    }

    private static boolean isRepository(String remote, boolean local) {
        return switch (scheme(remote)) {
            case "http", "https" -> local || remote.endsWith(".git");
            case "git", "ssh" -> true;
            default -> false;
        };
    }

    private static String scheme(String remote) {
        int colon = remote.indexOf("://");
        return colon < 0 ? "ssh" : remote.substring(0, colon).toLowerCase(java.util.Locale.ROOT);
    }

    private static GitAddress read(String remote, String query, String fragment, boolean local) {
        int colon = fragment.indexOf(':');
        GitQuery said = GitQuery.read(
                query,
                colon < 0 ? fragment : fragment.substring(0, colon),
                colon < 0 ? "" : RootedPath.inside(fragment.substring(colon + 1)));
        return new GitAddress(
                remote,
                said.ref,
                said.directory,
                said.checksum,
                said.keepGitDirectory,
                said.submodules,
                said.modificationTimes,
                said.fetchByCommit,
                local);
    }

    /** The same, with what an instruction says about it where the address does not. */
    public GitAddress with(Optional<Boolean> keep, String wanted) {
        return new GitAddress(
                remote,
                ref,
                directory,
                checksum.isEmpty() ? wanted : checksum,
                keepGitDirectory.or(() -> keep),
                submodules,
                modificationTimes,
                fetchByCommit,
                local);
    }

    /** The same, with times of its files where the address does not say. */
    public GitAddress timed(String times) {
        return new GitAddress(
                remote,
                ref,
                directory,
                checksum,
                keepGitDirectory,
                submodules,
                modificationTimes.isEmpty() ? times : modificationTimes,
                fetchByCommit,
                local);
    }

    /** The same, with its {@code .git}. */
    public GitAddress keepingGitDirectory() {
        return new GitAddress(
                remote,
                ref,
                directory,
                checksum,
                Optional.of(true),
                submodules,
                modificationTimes,
                fetchByCommit,
                local);
    }

    /** As the graph has it. */
    public SourceId.Git source() {
        List<Attribute> rest = new ArrayList<>();
        if (fetchByCommit) {
            rest.add(new Attribute("git.fetchbycommit", "true"));
        }
        if (!modificationTimes.isEmpty()) {
            rest.add(new Attribute("git.mtime", modificationTimes));
        }
        String fragment = directory.isEmpty() ? ref : ref + ":" + directory;
        return new SourceId.Git(
                place() + (fragment.isEmpty() ? "" : "#" + fragment),
                remote,
                keepGitDirectory.orElse(false),
                checksum,
                !submodules.orElse(true),
                new SourceId.GitAccess(
                        "GIT_AUTH_HEADER", "GIT_AUTH_TOKEN", "", scheme(remote).equals("ssh") ? "default" : ""),
                rest);
    }

    /** Host and path, which are the same for all ways to the repository. */
    private String place() {
        int colon = remote.indexOf("://");
        String rest = colon < 0 ? remote.replaceFirst(":", "/") : remote.substring(colon + 3);
        int slash = rest.indexOf('/');
        String host = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : RootedPath.inside(rest.substring(slash));
        return host.substring(host.lastIndexOf('@') + 1) + "/" + path;
    }

    /** What a query says, pair by pair. */
    private static final class GitQuery {
        private final String query;
        private String ref;
        private String directory;
        private String tag = "";
        private String branch = "";
        private String checksum = "";
        private Optional<Boolean> keepGitDirectory = Optional.empty();
        private Optional<Boolean> submodules = Optional.empty();
        private String modificationTimes = "";
        private boolean fetchByCommit;

        private GitQuery(String query, String ref, String directory) {
            this.query = query;
            this.ref = ref;
            this.directory = directory;
        }

        static GitQuery read(String query, String ref, String directory) {
            GitQuery said = new GitQuery(query, ref, directory);
            List<String> seen = new ArrayList<>();
            for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                String key = decoded(equals < 0 ? pair : pair.substring(0, equals));
                if (seen.contains(key)) {
                    throw wrong("query \"" + key + "\" has multiple values");
                }
                seen.add(key);
                said.pair(key, equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
            said.settle();
            return said;
        }

        private static String decoded(String text) {
            try {
                return URLDecoder.decode(text, StandardCharsets.UTF_8);
            } catch (IllegalArgumentException broken) {
                throw wrong("query \"" + text + "\" is not well encoded");
            }
        }

        private void pair(String key, String value) {
            boolean flag = key.equals("submodules") || key.equals("keep-git-dir") || key.equals("fetch-by-commit");
            if (value.isEmpty() && !flag) {
                throw wrong("query \"" + key + "\" has no value");
            }
            switch (key) {
                case "ref" -> ref = same("ref", ref, value);
                case "tag" -> tag = value;
                case "branch" -> branch = value;
                case "subdir" -> directory = same("subdir", directory, value);
                case "checksum", "commit" -> checksum = value;
                case "keep-git-dir" -> keepGitDirectory = Optional.of(flag(key, value));
                case "submodules" -> submodules = Optional.of(flag(key, value));
                case "fetch-by-commit" -> fetchByCommit = flag(key, value);
                case "mtime" -> {
                    if (!value.equals("checkout") && !value.equals("commit")) {
                        throw wrong("invalid mtime value: \"" + value + "\" (must be \"checkout\" or \"commit\")");
                    }
                    modificationTimes = value;
                }
                default -> throw wrong("unexpected query \"" + key + "\" in \"" + query + "\"");
            }
        }

        private void settle() {
            if (!tag.isEmpty() && !branch.isEmpty()) {
                throw wrong("branch conflicts with tag");
            }
            ref = tag.isEmpty() ? ref : same("ref", ref, full(tag, "refs/tags/"));
            ref = branch.isEmpty() ? ref : same("ref", ref, full(branch, "refs/heads/"));
        }

        private static String full(String name, String prefix) {
            return name.startsWith(prefix) ? name : prefix + name;
        }

        private static String same(String what, String before, String now) {
            if (!before.isEmpty() && !before.equals(now)) {
                throw wrong(what + " conflicts: \"" + before + "\" vs \"" + now + "\"");
            }
            return now;
        }

        private static boolean flag(String key, String value) {
            return switch (value) {
                case "", "1", "t", "T", "true", "TRUE", "True" -> true;
                case "0", "f", "F", "false", "FALSE", "False" -> false;
                default -> throw wrong("invalid " + key + " value: \"" + value + "\"");
            };
        }

        private static FrontendFault wrong(String what) {
            return new FrontendFault(Kind.INVALID_ARGUMENT, what);
        }
    }
}
