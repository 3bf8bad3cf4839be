package io.buildkit4j.frontend.emit;

import io.buildkit4j.llb.FileAction;
import io.buildkit4j.llb.FileAction.Account;
import io.buildkit4j.llb.FileAction.Owner;
import io.buildkit4j.llb.FileSteps;
import io.buildkit4j.llb.Op;
import java.util.Optional;

/** {@code USER[:GROUP]} as owners of files. */
final class Owners {
    private Owners() {}

    static Optional<Owner> of(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        String group = colon < 0 ? "" : text.substring(colon + 1);
        return Optional.of(new Owner(account(user), account(group)));
    }

    private static Optional<Account> account(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                text.matches("\\d{1,9}")
                        ? new Account.Numbered(Integer.parseInt(text))
                        : new Account.Named(text, Op.NONE));
    }

    static FileAction directory(String path, String owner, long time) {
        return new FileAction.MakeDirectory(FileSteps.open(), path, 0755, true, of(owner), time);
    }
}
