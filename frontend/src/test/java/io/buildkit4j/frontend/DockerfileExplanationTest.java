package io.buildkit4j.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

class DockerfileExplanationTest {
    private static final String FILE = """
            ARG VERSION=1
            FROM golang:${VERSION} AS build
            ARG NAME=it
            COPY $NAME.go ./
            RUN --mount=type=cache,target=/c --mount=type=secret,id=token go build
            FROM build AS unused
            RUN true
            FROM scratch
            ADD https://example.org/"x".tar /
            COPY --from=build /a<b> /it
            CMD  it
            """;

    private static DockerfileExplanation explain(String text) throws InterruptedException {
        return DockerfileExplanation.of("Dockerfile", text, FrontendOptions.parse(Map.of()));
    }

    @Test
    void tellsWhatEachInstructionSaysAndNeeds() throws InterruptedException {
        assertThat(explain(FILE).text(80)).isEqualTo("""
                stage 0 build (needed)
                    2  FROM golang:${VERSION} AS build
                       <- image golang:1
                    3  ARG NAME=it
                    4  COPY $NAME.go ./
                       =  it.go ./
                       <- context: it.go
                       <- arguments: NAME
                    5  RUN --mount=type=cache,target=/c --mount=type=secret,id=token go build
                       <- cache /c
                       <- secret token
                       <- arguments: NAME

                stage 1 unused (not needed by the target)
                    6  FROM build AS unused
                       <- stage build
                    7  RUN true
                       <- arguments: NAME

                stage 2 (the target)
                    8  FROM scratch
                       <- nothing
                    9  ADD https://example.org/"x".tar /
                       <- address https://example.org/"x".tar
                   10  COPY --from=build /a<b> /it
                       <- stage build: /a<b>
                   11  CMD it

                1 finding:
                  - JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintend\u2026
                """);
    }

    @Test
    void placesAreExact() throws InterruptedException {
        JsonObject json = JsonParser.parseString(explain(FILE).json()).getAsJsonObject();
        JsonObject finding = json.getAsJsonArray("findings").get(0).getAsJsonObject();
        assertThat(finding.get("rule").getAsString()).isEqualTo("JSONArgsRecommended");
        assertThat(finding.get("range").toString())
                .isEqualTo("{\"start\":{\"line\":11,\"column\":5},\"end\":{\"line\":11,\"column\":7}}");
        assertThat(json.getAsJsonArray("stages")).hasSize(3);
    }

    @Test
    void aMistakeIsTold() {
        assertThatThrownBy(() -> explain("FROM alpine\nRUNE x\n"))
                .isInstanceOfSatisfying(
                        DockerfileFault.class,
                        fault -> assertThat(fault.place().first()).isEqualTo(2))
                .hasMessageContaining("did you mean RUN?");
    }

    @Test
    void theGraphForGraphvizHasAllBoxesAndArrows() throws InterruptedException {
        assertThat(explain(FILE).dot())
                .contains("n2 [label=\"stage-2\\nfrom scratch, 3 instructions\", style=bold];")
                .contains("n1 [label=\"unused\\n1 instruction\", style=dashed];")
                .contains("n0 -> n1;")
                .contains("n0 -> n2 [style=dashed, tooltip=\"COPY /a<b>\"];");
    }

    /** Whatever is in the file, the picture is XML, and no box hides another. */
    @Test
    void thePictureIsOneOfBoxesSideBySide()
            throws InterruptedException, ParserConfigurationException, SAXException, IOException {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            many.append("FROM ")
                    .append(i % 3 == 0 ? "image" + i : "s" + i / 2)
                    .append(" AS s")
                    .append(i)
                    .append('\n');
            many.append("COPY --from=s").append(i / 3).append(" /a&<\u0001 /b\n");
        }
        String text = many.toString().replace("--from=s0 ", "").replace("FROM s0 ", "FROM base ");
        String svg = explain(text).svg();
        Document document = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        NodeList groups = document.getElementsByTagName("g");
        List<double[]> boxes = new ArrayList<>();
        for (int i = 0; i < groups.getLength(); i++) {
            Element box = (Element)
                    ((Element) groups.item(i)).getElementsByTagName("rect").item(0);
            double left = Double.parseDouble(box.getAttribute("x"));
            double top = Double.parseDouble(box.getAttribute("y"));
            boxes.add(new double[] {left, top, left + Double.parseDouble(box.getAttribute("width")), top + 40});
        }
        assertThat(boxes).hasSizeGreaterThan(50);
        for (int i = 0; i < boxes.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(apart(boxes.get(i), boxes.get(j))).isTrue();
            }
        }
    }

    private static boolean apart(double[] one, double[] other) {
        return one[2] <= other[0] || other[2] <= one[0] || one[3] <= other[1] || other[3] <= one[1];
    }

    @Test
    void nestingAndGrowthHaveAnEnd() {
        assertThatThrownBy(() -> explain("FROM a\nENV a=" + "${a:-".repeat(100_000) + "}".repeat(100_000) + "\n"))
                .isInstanceOf(DockerfileFault.class)
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> explain("FROM a\nENV a=aaaaaaaaaa\n" + "ENV a=$a$a$a$a$a$a$a$a$a$a\n".repeat(30)))
                .isInstanceOf(DockerfileFault.class)
                .hasMessageContaining("longer than");
    }
}
