import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The flags of an example, {@code --name value} or {@code --name=value}, with what they are when nobody says otherwise. */
record Flags(Map<String, String> values) {
    static Flags parse(List<String> arguments, Map<String, String> defaults) {
        Map<String, String> values = new LinkedHashMap<>(defaults);
        for (int i = 0; i < arguments.size(); i++) {
            String name = arguments.get(i).replaceFirst("^--?", "").replaceFirst("=.*", "");
            boolean inOne = arguments.get(i).contains("=");
            if (!arguments.get(i).startsWith("-") || !defaults.containsKey(name) || (!inOne && i + 1 == arguments.size())) {
                System.err.println("error: what does " + arguments.get(i) + " mean? the flags, each with a value, are --"
                        + String.join(", --", new java.util.TreeSet<>(defaults.keySet())));
                System.exit(1);
            }
            values.put(name, inOne ? arguments.get(i).substring(arguments.get(i).indexOf('=') + 1) : arguments.get(++i));
        }
        return new Flags(values);
    }

    String get(String name) {
        return values.get(name);
    }
}
