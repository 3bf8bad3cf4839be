package io.buildkit4j.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The project's .proto files as the compiler left them, a {@code FileDescriptorSet} (google/protobuf/descriptor.proto). Only
 * what reflection asks for is read; the lite runtime has no descriptors.
 */
final class ProtoFiles {
    private static final String RESOURCE = "/META-INF/buildkit4j/protos.bin";

    private final Map<String, ProtoFile> byName = new LinkedHashMap<>();
    private final Map<String, ProtoFile> bySymbol = new HashMap<>();

    private ProtoFiles() {}

    /** A file: its bytes, and the names of those that it imports. */
    private record ProtoFile(String name, ByteString bytes, List<String> imports) {}

    /** Reads them all. */
    static ProtoFiles load() {
        ProtoFiles files = new ProtoFiles();
        try (InputStream in = ProtoFiles.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the build left no " + RESOURCE);
            }
            each(ByteString.readFrom(in), (field, value) -> {
                if (field == 1) {
                    files.add(value);
                }
            });
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return files;
    }

    private void add(ByteString bytes) throws IOException {
        String name = text(bytes, 1);
        String prefix = text(bytes, 2).isEmpty() ? "" : text(bytes, 2) + ".";
        List<String> imports = new ArrayList<>();
        List<String> symbols = new ArrayList<>();
        each(bytes, (field, value) -> {
            switch (field) {
                case 3 -> imports.add(value.toStringUtf8());
                case 4 -> message(prefix, value, symbols);
                case 5 -> symbols.add(prefix + text(value, 1));
                case 6 -> service(prefix, value, symbols);
                default -> {}
            }
        });
        ProtoFile file = new ProtoFile(name, bytes, imports);
        byName.put(name, file);
        symbols.forEach(symbol -> bySymbol.put(symbol, file));
    }

    private static void message(String prefix, ByteString message, List<String> symbols) throws IOException {
        String name = prefix + text(message, 1);
        symbols.add(name);
        each(message, (field, value) -> {
            switch (field) {
                case 2, 8 -> symbols.add(name + "." + text(value, 1)); // a field, a oneof
                case 3 -> message(name + ".", value, symbols);
                case 4 -> symbols.add(name + "." + text(value, 1));
                default -> {}
            }
        });
    }

    private static void service(String prefix, ByteString service, List<String> symbols) throws IOException {
        String name = prefix + text(service, 1);
        symbols.add(name);
        each(service, (field, value) -> {
            if (field == 2) {
                symbols.add(name + "." + text(value, 1));
            }
        });
    }

    /** Hears of a field that is bytes, text or a message. */
    @FunctionalInterface
    private interface Field {
        void found(int number, ByteString value) throws IOException;
    }

    private static void each(ByteString message, Field heard) throws IOException {
        CodedInputStream in = message.newCodedInput();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                heard.found(WireFormat.getTagFieldNumber(tag), in.readBytes());
            } else {
                in.skipField(tag);
            }
        }
    }

    private static String text(ByteString message, int number) throws IOException {
        StringBuilder text = new StringBuilder();
        each(message, (field, value) -> {
            if (field == number) {
                text.append(value.toStringUtf8());
            }
        });
        return text.toString();
    }

    /** The file of this name and all that it needs, itself first. */
    Optional<List<ByteString>> named(String name) {
        return Optional.ofNullable(byName.get(name)).map(this::withImports);
    }

    /** The file that declares a service, method, message, field or enum by its full name. */
    Optional<List<ByteString>> declaring(String symbol) {
        return Optional.ofNullable(bySymbol.get(symbol)).map(this::withImports);
    }

    private List<ByteString> withImports(ProtoFile wanted) {
        Map<String, ByteString> found = new LinkedHashMap<>();
        ArrayDeque<ProtoFile> open = new ArrayDeque<>(List.of(wanted));
        while (!open.isEmpty()) {
            ProtoFile file = open.poll();
            if (found.putIfAbsent(file.name(), file.bytes()) == null) {
                file.imports().stream().map(byName::get).forEach(open::add);
            }
        }
        return List.copyOf(found.values());
    }
}
