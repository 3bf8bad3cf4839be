package io.buildkit4j.frontend.check;

import io.buildkit4j.frontend.stage.Stage;
import io.buildkit4j.image.Platform;

/** A base image that was made for another machine. */
final class InvalidBaseImagePlatform implements Rule {
    private static final Title TITLE =
            Title.of("InvalidBaseImagePlatform", "Base image platform does not match expected target platform", "");

    @Override
    public Title title() {
        return TITLE;
    }

    @Override
    public void founded(Stage stage, Platform wanted, Platform made, Findings found) {
        boolean same = wanted.os().equals(made.os()) && wanted.architecture().equals(made.architecture());
        if (!same) {
            String message = "Base image " + stage.image() + " was pulled with platform "
                    + Findings.quoted(made.toString()) + ", expected "
                    + Findings.quoted(wanted.toString()) + " for current build";
            found.add(TITLE, stage.from().statement(), message, stage.image());
        }
    }
}
