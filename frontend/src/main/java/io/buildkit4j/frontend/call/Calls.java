package io.buildkit4j.frontend.call;

import com.google.gson.JsonObject;
import io.buildkit4j.footing.Kind;
import io.buildkit4j.frontend.Described;
import io.buildkit4j.frontend.instruction.Spelling;
import io.buildkit4j.wire.FaultDetail;
import io.buildkit4j.wire.WireFault;
import java.util.List;

/** All calls there are. */
public final class Calls {
    private static final List<Call> ALL =
            List.of(new Outline(), new Targets(), new Describe(), new Lint(), new Convert());

    private Calls() {}

    static List<Call> all() {
        return ALL;
    }

    /**
     * Answers.
     *
     * @throws WireFault UNIMPLEMENTED with the detail that clients know, when there is no such call
     */
    public static Described.Answered answer(String name, Asked asked) throws InterruptedException {
        for (Call call : ALL) {
            if (call.announced().name().equals(name)) {
                return new Described.Answered(call.answer(asked));
            }
        }
        JsonObject detail = new JsonObject();
        detail.addProperty("name", name);
        List<String> names = ALL.stream().map(call -> call.announced().name()).toList();
        throw new WireFault(
                Kind.UNIMPLEMENTED,
                "unsupported request " + name + Spelling.suggestion(name, names, ""),
                List.of(FaultDetail.of("Subrequest", detail.toString())),
                null);
    }
}
