package io.buildkit4j.frontend.emit;

/** Which sources of ADD are addresses. */
final class Remotes {
    private Remotes() {}

    static boolean isHttp(String source) {
        return source.startsWith("http://") || source.startsWith("https://");
    }

    static boolean isGit(String source) {
        int end = source.indexOf('#');
        String remote = end < 0 ? source : source.substring(0, end);
        boolean scheme = remote.startsWith("git://") || remote.startsWith("ssh://") || remote.startsWith("git@");
        return scheme || (isHttp(remote) && remote.endsWith(".git"));
    }

    static String fileName(String url) {
        String path = url.substring(url.indexOf("://") + 3);
        int query = path.indexOf('?');
        path = query < 0 ? path : path.substring(0, query);
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(slash + 1);
    }
}
