package io.buildkit4j.llb;

import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.Definition.Entry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What makes a list of entries a graph. */
final class DefinitionRules {
    private DefinitionRules() {}

    static void check(List<Entry> entries) {
        if (entries.size() < 2 || !entries.getLast().isTerminal()) {
            throw LlbFault.invalid("invalid definition: entry " + (entries.size() - 1)
                    + ", the last, must have inputs only and follow at least one op");
        }
        if (entries.getLast().inputs().isEmpty()) {
            throw LlbFault.invalid("invalid definition: the last op has no inputs");
        }
        Map<Digest, Integer> places = HashMap.newHashMap(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.isTerminal() && i < entries.size() - 1) {
                throw LlbFault.invalid("invalid definition: entry " + i + " (" + entry.digest() + ") has no op");
            }
            Integer earlier = places.putIfAbsent(entry.digest(), i);
            if (earlier != null) {
                throw LlbFault.invalid(
                        "invalid definition: entries " + earlier + " and " + i + " are the same op " + entry.digest());
            }
        }
        if (!inOrder(entries, places)) {
            acyclic(entries, places);
        }
    }

    /** Whether each entry uses earlier ones only, as is usual; then there is no cycle. */
    private static boolean inOrder(List<Entry> entries, Map<Digest, Integer> places) {
        boolean inOrder = true;
        for (int i = 0; i < entries.size(); i++) {
            for (OpInput input : entries.get(i).inputs()) {
                Integer place = places.get(input.digest());
                if (place == null) {
                    throw LlbFault.invalid("invalid definition: entry " + i + " ("
                            + entries.get(i).digest() + ") uses " + input.digest()
                            + ", which is not in the definition");
                }
                inOrder &= place < i;
            }
        }
        return inOrder;
    }

    /** A cycle needs a broken hash; its price is that of one walk, and it would never end elsewhere. */
    private static void acyclic(List<Entry> entries, Map<Digest, Integer> places) {
        Set<Integer> done = new HashSet<>();
        Set<Integer> open = new HashSet<>();
        java.util.ArrayDeque<Integer> stack = new java.util.ArrayDeque<>();
        stack.push(entries.size() - 1);
        while (!stack.isEmpty()) {
            int at = stack.peek();
            if (done.contains(at) || !open.add(at)) {
                stack.pop();
                open.remove(at);
                done.add(at);
                continue;
            }
            for (OpInput input : entries.get(at).inputs()) {
                int next = places.getOrDefault(input.digest(), -1);
                if (open.contains(next)) {
                    throw LlbFault.invalid("invalid definition: entry " + at + " depends on itself");
                }
                if (!done.contains(next)) {
                    stack.push(next);
                }
            }
        }
    }
}
