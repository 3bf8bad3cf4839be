package io.buildkit4j.worker.rootfs;

import io.buildkit4j.footing.Kind;
import io.buildkit4j.store.TreeEntry;
import io.buildkit4j.store.TreeReader;
import io.buildkit4j.worker.ProcessRequest.Identity;
import io.buildkit4j.worker.WorkerFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Users and groups of one file system, by its own {@code /etc/passwd} and {@code /etc/group} (passwd(5), group(5)). */
public final class Accounts {
    private static final long LARGEST = 16 << 20;

    private final TreeReader tree;

    /** Files are read when a name is asked for. */
    public Accounts(TreeReader tree) {
        this.tree = tree;
    }

    private record User(String name, int uid, int gid) {}

    private record Group(String name, int gid, List<String> members) {}

    /**
     * Whom a process runs as.
     *
     * @param text {@code user} or {@code user:group}, each a name or a number; empty for root
     * @throws WorkerFault when a name is not known; an unknown number is taken as it is
     */
    public Identity identity(String text) {
        if (text.isEmpty()) {
            return Identity.ROOT;
        }
        int colon = text.indexOf(':');
        String userText = colon < 0 ? text : text.substring(0, colon);
        String groupText = colon < 0 ? "" : text.substring(colon + 1);
        OptionalInt uid = number(userText);
        Optional<User> user = uid.isPresent() && !groupText.isEmpty() ? Optional.empty() : user(userText, uid);
        if (user.isEmpty() && uid.isEmpty()) {
            throw new WorkerFault(
                    Kind.INVALID_ARGUMENT,
                    "user \"" + userText + "\" is not in /etc/passwd of the step's root: add it, or use a number");
        }
        int own = user.map(User::uid).orElseGet(() -> uid.orElse(0));
        if (!groupText.isEmpty()) {
            int gid = gid(groupText);
            return new Identity(own, gid, List.of(gid));
        }
        int gid = user.map(User::gid).orElse(0);
        List<Integer> groups = new ArrayList<>(List.of(gid));
        user.ifPresent(known -> memberships(known.name())
                .filter(other -> !groups.contains(other))
                .forEach(groups::add));
        return new Identity(own, gid, groups);
    }

    /** The number of a user by name or number. */
    public int uid(String text) {
        return number(text)
                .orElseGet(() -> user(text, OptionalInt.empty())
                        .map(User::uid)
                        .orElseThrow(() -> new WorkerFault(
                                Kind.INVALID_ARGUMENT,
                                "user \"" + text + "\" is not in /etc/passwd of the file system: use a number")));
    }

    /** The number of a group by name or number. */
    public int gid(String text) {
        return number(text)
                .orElseGet(() -> groups().stream()
                        .filter(group -> group.name().equals(text))
                        .findFirst()
                        .map(Group::gid)
                        .orElseThrow(() -> new WorkerFault(
                                Kind.INVALID_ARGUMENT,
                                "group \"" + text + "\" is not in /etc/group of the file system: use a number")));
    }

    private java.util.stream.Stream<Integer> memberships(String user) {
        return groups().stream().filter(group -> group.members().contains(user)).map(Group::gid);
    }

    private Optional<User> user(String name, OptionalInt uid) {
        for (String[] fields : lines("/etc/passwd")) {
            if (fields.length < 4) {
                continue;
            }
            OptionalInt number = number(fields[2]);
            OptionalInt gid = number(fields[3]);
            boolean wanted = fields[0].equals(name) || (uid.isPresent() && uid.equals(number));
            if (wanted && number.isPresent() && gid.isPresent()) {
                return Optional.of(new User(fields[0], number.getAsInt(), gid.getAsInt()));
            }
        }
        return Optional.empty();
    }

    private List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        for (String[] fields : lines("/etc/group")) {
            OptionalInt gid = fields.length < 3 ? OptionalInt.empty() : number(fields[2]);
            if (gid.isPresent()) {
                List<String> members = fields.length < 4 ? List.of() : List.of(fields[3].split(",", -1));
                groups.add(new Group(fields[0], gid.getAsInt(), members));
            }
        }
        return groups;
    }

    private List<String[]> lines(String path) {
        Optional<TreeEntry> file = tree.find(path, true).filter(entry -> entry.isFile() && entry.size() <= LARGEST);
        if (file.isEmpty()) {
            return List.of();
        }
        try (InputStream in = tree.open(file.get())) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(line -> line.split(":", -1))
                    .toList();
        } catch (IOException failed) {
            throw new WorkerFault(Kind.INTERNAL, "cannot read " + path + ": " + failed.getMessage(), failed);
        }
    }

    private static OptionalInt number(String text) {
        if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalInt.empty();
        }
        long value = Long.parseLong(text);
        return value > 0xFFFF_FFFEL ? OptionalInt.empty() : OptionalInt.of((int) value);
    }
}
