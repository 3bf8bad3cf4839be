package io.buildkit4j.llb;

import io.buildkit4j.image.Digest;
import io.buildkit4j.llb.Node.Output;
import io.buildkit4j.llb.codec.DefinitionCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** States to definitions and back. */
final class Graphs {
    private Graphs() {}

    static Definition marshal(Output result) {
        Map<Digest, Node> ordered = new LinkedHashMap<>();
        Deque<Node> stack = new ArrayDeque<>();
        Set<Digest> open = new HashSet<>();
        stack.push(result.node());
        while (!stack.isEmpty()) {
            Node node = stack.peek();
            Digest digest = node.entry().digest();
            if (ordered.containsKey(digest) || !open.add(digest)) {
                stack.pop();
                ordered.putIfAbsent(digest, node);
                continue;
            }
            for (Node input : node.inputs().reversed()) {
                if (!ordered.containsKey(input.entry().digest())) {
                    stack.push(input);
                }
            }
        }
        List<Definition.Entry> entries = new ArrayList<>();
        Map<Digest, OpMetadata> metadata = new LinkedHashMap<>();
        ordered.forEach((digest, node) -> {
            entries.add(node.entry());
            metadata.put(digest, metadata(node));
        });
        Definition.Entry terminal = DefinitionCodec.terminal(List.of(result.input()));
        entries.add(terminal);
        metadata.put(
                terminal.digest(),
                new OpMetadata(
                        false,
                        List.of(),
                        Optional.empty(),
                        Map.of("constraints", true, "platform", true),
                        Optional.empty(),
                        Optional.empty()));
        return Definition.of(entries, metadata, sources(ordered));
    }

    private static OpMetadata metadata(Node node) {
        StepNote note = node.note();
        Map<String, Boolean> needed = new LinkedHashMap<>();
        Capabilities.of(node.entry().op()).forEach(id -> needed.put(id, true));
        if (note.ignoreCache()) {
            needed.put("meta.ignorecache", true);
        }
        if (!note.description().isEmpty()) {
            needed.put("meta.description", true);
        }
        if (note.exportCache().isPresent()) {
            needed.put("meta.exportcache", true);
        }
        return new OpMetadata(
                note.ignoreCache(),
                note.description(),
                note.exportCache(),
                needed,
                note.progressGroup(),
                note.resources());
    }

    private static SourceMap sources(Map<Digest, Node> nodes) {
        Map<SourceMap.SourceFile, Integer> files = new LinkedHashMap<>();
        Map<Digest, List<SourceMap.Location>> locations = new LinkedHashMap<>();
        nodes.forEach((digest, node) -> {
            Map<Integer, List<SourceMap.Range>> byFile = new LinkedHashMap<>();
            for (StepNote.WrittenAt place : node.note().places()) {
                int file = files.computeIfAbsent(place.file(), _ -> files.size());
                byFile.computeIfAbsent(file, _ -> new ArrayList<>()).add(place.range());
            }
            if (!byFile.isEmpty()) {
                locations.put(
                        digest,
                        byFile.entrySet().stream()
                                .map(entry -> new SourceMap.Location(entry.getKey(), entry.getValue()))
                                .toList());
            }
        });
        return files.isEmpty() ? SourceMap.none() : new SourceMap(List.copyOf(files.keySet()), locations);
    }

    static Output output(Definition definition) {
        Map<Digest, Node> nodes = new HashMap<>();
        for (Definition.Entry entry : inOrder(definition)) {
            List<Node> inputs = new ArrayList<>();
            for (OpInput input : entry.inputs()) {
                inputs.add(nodes.get(input.digest()));
            }
            OpMetadata said = definition.metadata(entry.digest());
            List<StepNote.WrittenAt> places = new ArrayList<>();
            for (SourceMap.Location location :
                    definition.sources().locations().getOrDefault(entry.digest(), List.of())) {
                SourceMap.SourceFile file = definition.sources().files().get(location.file());
                location.ranges().forEach(range -> places.add(new StepNote.WrittenAt(file, range)));
            }
            StepNote note = new StepNote(
                    said.ignoreCache(),
                    said.description(),
                    said.exportCache(),
                    said.progressGroup(),
                    said.resources(),
                    places);
            nodes.put(entry.digest(), new Node(entry, inputs, note));
        }
        OpInput result = definition.result().orElseThrow();
        Node node = nodes.get(result.digest());
        if (node == null) {
            throw LlbFault.invalid("no op " + result.digest() + " in this definition");
        }
        return new Output(node, result.index());
    }

    private static List<Definition.Entry> inOrder(Definition definition) {
        Set<Digest> done = new HashSet<>();
        List<Definition.Entry> ordered = new ArrayList<>();
        List<Definition.Entry> waiting = new ArrayList<>(definition.steps());
        while (!waiting.isEmpty()) {
            List<Definition.Entry> later = new ArrayList<>();
            for (Definition.Entry entry : waiting) {
                boolean ready = entry.inputs().stream().allMatch(input -> done.contains(input.digest()));
                if (ready) {
                    done.add(entry.digest());
                    ordered.add(entry);
                } else {
                    later.add(entry);
                }
            }
            waiting = later;
        }
        return ordered;
    }
}
