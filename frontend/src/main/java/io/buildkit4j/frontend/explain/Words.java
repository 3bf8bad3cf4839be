package io.buildkit4j.frontend.explain;

import io.buildkit4j.frontend.check.Finding;
import io.buildkit4j.frontend.explain.Account.Need;
import io.buildkit4j.frontend.explain.Account.Step;
import io.buildkit4j.frontend.explain.Account.Told;
import java.util.List;

/** An account as text for a terminal. */
final class Words {
    private final Account account;
    private final int columns;
    private final StringBuilder out = new StringBuilder();

    Words(Account account, int columns) {
        this.account = account;
        this.columns = Math.max(40, columns);
    }

    String write() {
        for (Told told : account.stages()) {
            stage(told);
        }
        List<Finding> findings = account.findings();
        if (!findings.isEmpty()) {
            out.append(findings.size()).append(findings.size() == 1 ? " finding:\n" : " findings:\n");
            findings.forEach(finding -> line("  - ", finding.line()));
        }
        return out.toString();
    }

    private void stage(Told told) {
        int index = told.stage().index();
        String part = index == account.target()
                ? "the target"
                : account.needed().contains(index) ? "needed" : "not needed by the target";
        line("", "stage " + index + told.stage().name().map(name -> " " + name).orElse("") + " (" + part + ")");
        String from = told.stage().parent().isPresent()
                ? "stage "
                        + account.stages()
                                .get(told.stage().parent().get())
                                .stage()
                                .label()
                : told.base().equals("scratch") ? "nothing" : "image " + told.base();
        numbered(
                told.stage().from().statement().place().first(),
                told.stage().from().statement().original());
        line("       <- ", from);
        for (Step step : told.steps()) {
            numbered(step.line(), step.instruction().statement().original());
            if (!step.expanded().equals(step.instruction().statement().rest())) {
                line("       =  ", step.expanded());
            }
            for (Need need : step.needs()) {
                line("       <- ", need.text());
            }
            if (!step.arguments().isEmpty()) {
                line("       <- ", "arguments: " + String.join(" ", step.arguments()));
            }
        }
        out.append('\n');
    }

    private void numbered(int line, String text) {
        line(String.format(java.util.Locale.ROOT, "%5d  ", line), text);
    }

    /** One line of the terminal, whatever is in the text. */
    private void line(String head, String text) {
        String flat = text.replaceAll("\\p{Cntrl}+", " ").replaceAll(" {2,}", " ");
        int room = columns - head.length();
        out.append(head);
        out.append(flat.length() <= room ? flat : flat.substring(0, room - 1) + "\u2026");
        out.append('\n');
    }
}
