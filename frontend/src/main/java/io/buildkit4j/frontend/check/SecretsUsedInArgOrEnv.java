package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.emit.Observer.Moment;
import io.buildkit4j.frontend.instruction.Instruction;
import io.buildkit4j.frontend.syntax.Statement;
import java.util.List;
import java.util.regex.Pattern;

/** What is in the environment is in the image for all to read. */
final class SecretsUsedInArgOrEnv implements Rule {
    private static final Title TITLE = Title.of(
            "SecretsUsedInArgOrEnv",
            "Sensitive data should not be used in the ARG or ENV commands",
            "secrets-used-in-arg-or-env");

    private static final Pattern SECRET = words("apikey|auth|credentials?|key|password|pword|passwd|secret|token");
    private static final Pattern HARMLESS = words("public|file|version");

    private static Pattern words(String choice) {
        return Pattern.compile("(?:_|^)(?:" + choice + ")(?:_|$)", Pattern.CASE_INSENSITIVE);
    }

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void reached(Moment moment, Findings found) {
        List<String> names = switch (moment.instruction()) {
            case Instruction.Env env ->
                env.pairs().stream().map(Instruction.Pair::name).toList();
            case Instruction.Arg arg ->
                arg.arguments().stream().map(Instruction.Argument::name).toList();
            default -> List.<String>of();
        };
        Statement statement = moment.instruction().statement();
        for (String name : names) {
            if (SECRET.matcher(name).find() && !HARMLESS.matcher(name).find()) {
                String message = "Do not use ARG or ENV instructions for sensitive data (" + statement.keyword() + " "
                        + Findings.quoted(name) + ")";
                found.add(TITLE, statement, message, name);
            }
        }
    }
}
