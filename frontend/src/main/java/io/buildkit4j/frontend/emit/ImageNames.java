package io.buildkit4j.frontend.emit;

/** Names of images as users write them, in full. */
final class ImageNames {
    private ImageNames() {}

    static String full(String name) {
        int at = name.indexOf('@');
        String path = at < 0 ? name : name.substring(0, at);
        String digest = at < 0 ? "" : name.substring(at);
        int slash = path.indexOf('/');
        String host = slash < 0 ? "" : path.substring(0, slash);
        boolean named = host.contains(".") || host.contains(":") || host.equals("localhost");
        String full = path;
        if (slash < 0) {
            full = "docker.io/library/" + path;
        } else if (!named) {
            full = "docker.io/" + path;
        }
        boolean tagged = full.indexOf(':', full.lastIndexOf('/')) >= 0;
        return full + (tagged || !digest.isEmpty() ? "" : ":latest") + digest;
    }
}
