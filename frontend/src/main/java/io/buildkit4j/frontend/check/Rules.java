package io.buildkit4j.frontend.check;

import java.util.List;

/** All rules there are. */
public final class Rules {
    private Rules() {}

    /** New ones, for one file. */
    static List<Rule> all() {
        return List.of(
                new StageNameCasing(),
                new FromAsCasing(),
                new NoEmptyContinuation(),
                new ConsistentInstructionCasing(),
                new DuplicateStageName(),
                new ReservedStageName(),
                new JSONArgsRecommended(),
                new MaintainerDeprecated(),
                new UndefinedArgInFrom(),
                new WorkdirRelativePath(),
                new UndefinedVar(),
                new MultipleInstructionsDisallowed(),
                new LegacyKeyValueFormat(),
                new InvalidBaseImagePlatform(),
                new RedundantTargetPlatform(),
                new SecretsUsedInArgOrEnv(),
                new InvalidDefaultArgInFrom(),
                new FromPlatformFlagConstDisallowed(),
                new CopyIgnoredFile(),
                new InvalidDefinitionDescription(),
                new ExposeProtoCasing(),
                new ExposeInvalidFormat());
    }

    /** How they are known. */
    public static List<Title> titles() {
        return all().stream().map(Rule::title).toList();
    }
}
