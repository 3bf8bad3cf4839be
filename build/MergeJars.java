import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Puts all jars of a folder into one, stored rather than compressed, so that a program that starts opens one file instead of
 * forty: {@code java build/MergeJars.java FOLDER JAR}. As on a class path, the first of two entries of one name wins; lists of
 * services are joined. The same jars give the same bytes.
 */
final class MergeJars {
    private static final String SERVICES = "META-INF/services/";
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    private final ZipOutputStream out;
    private final Set<String> names = new HashSet<>();
    private final Map<String, String> services = new TreeMap<>();

    private MergeJars(ZipOutputStream out) {
        this.out = out;
    }

    public static void main(String[] words) throws IOException {
        Path target = Path.of(words[1]);
        Path aside = Path.of(words[1] + ".new");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(aside))) {
            MergeJars merged = new MergeJars(out);
            merged.put(MANIFEST, "Manifest-Version: 1.0\nMulti-Release: true\n\n".getBytes(StandardCharsets.UTF_8));
            for (Path jar : jars(Path.of(words[0]))) {
                merged.add(jar);
            }
            for (Map.Entry<String, String> service : merged.services.entrySet()) {
                merged.put(service.getKey(), service.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        Files.move(aside, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList());
        }
    }

    private void add(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            zip.stream().filter(entry -> !entry.isDirectory()).forEach(entry -> {
                try (InputStream in = zip.getInputStream(entry)) {
                    add(entry.getName(), in.readAllBytes());
                } catch (IOException failed) {
                    throw new UncheckedIOException(jar + ": " + entry.getName(), failed);
                }
            });
        }
    }

    private void add(String name, byte[] bytes) throws IOException {
        if (name.startsWith(SERVICES)) {
            services.merge(name, new String(bytes, StandardCharsets.UTF_8) + "\n", String::concat);
        } else if (!name.equals("module-info.class") && !isSignature(name) && !name.equals(MANIFEST)) {
            put(name, bytes);
        }
    }

    /** A signature is of one jar, and the merged one is another. */
    private static boolean isSignature(String name) {
        return name.startsWith("META-INF/") && name.matches(".*\\.(SF|RSA|DSA|EC)");
    }

    private void put(String name, byte[] bytes) throws IOException {
        if (!names.add(name)) {
            return;
        }
        ZipEntry entry = new ZipEntry(name);
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(checksum.getValue());
        entry.setTime(315_619_200_000L); // 1980, the first year that a zip can name
        out.putNextEntry(entry);
        out.write(bytes);
        out.closeEntry();
    }
}
