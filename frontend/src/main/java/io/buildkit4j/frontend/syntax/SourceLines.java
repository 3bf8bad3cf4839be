package io.buildkit4j.frontend.syntax;

import io.buildkit4j.frontend.DockerfileFault.Place;
import io.buildkit4j.llb.SourceMap.Range;
import java.util.ArrayList;
import java.util.List;

/** The lines of a text, for finding exact places in it. Lines count from 1, columns from 0 in UTF-16 units, ends excluded. */
public final class SourceLines {
    private final List<String> lines = new ArrayList<>();

    /** Of this text. */
    public SourceLines(String text) {
        for (String line : text.split("\n", -1)) {
            lines.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
        }
    }

    /** How many there are. */
    public int count() {
        return lines.size();
    }

    /** All of these lines but the space around them. */
    public Range range(int first, int last) {
        String begin = line(first);
        String end = line(last);
        int indent = begin.length() - begin.stripLeading().length();
        return new Range(first, indent, last, end.stripTrailing().length());
    }

    /**
     * Where a word stands in an instruction, after its keyword if it stands there, too; all of the instruction when it does
     * not, as where it goes on over several lines.
     */
    public Range find(Place place, String word) {
        String opening = line(place.first());
        int keyword = opening.length() - opening.stripLeading().length();
        int begin = keyword;
        while (begin < opening.length() && !Character.isWhitespace(opening.charAt(begin))) {
            begin++;
        }
        if (opening.startsWith(word, keyword) && keyword + word.length() == begin) {
            return new Range(place.first(), keyword, place.first(), begin);
        }
        for (int line = place.first(); line <= place.last() && !word.isEmpty(); line++) {
            int at = line(line).indexOf(word, line == place.first() ? begin : 0);
            if (at >= 0) {
                return new Range(line, at, line, at + word.length());
            }
        }
        return range(place.first(), place.last());
    }

    private String line(int number) {
        return number >= 1 && number <= lines.size() ? lines.get(number - 1) : "";
    }
}
