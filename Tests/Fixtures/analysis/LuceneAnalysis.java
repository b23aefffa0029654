import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.custom.CustomAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.KeywordAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionLengthAttribute;
import org.apache.lucene.analysis.tokenattributes.TypeAttribute;
import org.apache.lucene.util.ResourceLoader;

/**
 * What Lucene's analysers make of texts.
 *
 * fixture CASES.json: an array of {name, lucene, texts} becomes {name: [tokens of each text]}; a token is a line
 * "text TAB start TAB end TAB position increment TAB position length TAB type", and the last line is the end of the stream.
 *
 * hashes TEXTS.jsonl ANALYZER...: for each text (a JSON string a line) a line with one FNV-1a hash an analyser.
 */
public final class LuceneAnalysis {
    private static final ObjectMapper json = new ObjectMapper();

    /** Files that factories ask for, out of the case itself. */
    private static final class Inline implements ResourceLoader {
        private final JsonNode files;

        Inline(JsonNode files) {
            this.files = files;
        }

        @Override
        public InputStream openResource(String name) throws IOException {
            JsonNode file = files == null ? null : files.get(name);
            if (file == null) throw new IOException("no " + name);
            return new ByteArrayInputStream(file.asText().getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public <T> Class<? extends T> findClass(String name, Class<T> type) {
            try {
                return Class.forName(name).asSubclass(type);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public <T> T newInstance(String name, Class<T> type) {
            try {
                return findClass(name, type).getConstructor().newInstance();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Map<String, String> arguments(JsonNode node) {
        Map<String, String> map = new HashMap<>();
        if (node != null)
            for (Iterator<Map.Entry<String, JsonNode>> fields = node.fields(); fields.hasNext(); ) {
                Map.Entry<String, JsonNode> field = fields.next();
                map.put(field.getKey(), field.getValue().asText());
            }
        return map;
    }

    /** An analyser class under org.apache.lucene.analysis, or a chain of factories. */
    static Analyzer analyzer(JsonNode lucene) throws Exception {
        if (lucene.asText().equals("core.StopAnalyzer"))
            return new org.apache.lucene.analysis.core.StopAnalyzer(org.apache.lucene.analysis.en.EnglishAnalyzer.ENGLISH_STOP_WORDS_SET);
        if (lucene.isTextual())
            return (Analyzer) Class.forName("org.apache.lucene.analysis." + lucene.asText()).getConstructor().newInstance();
        CustomAnalyzer.Builder builder = CustomAnalyzer.builder(new Inline(lucene.get("files")));
        JsonNode tokenizer = lucene.get("tokenizer");
        builder.withTokenizer(tokenizer.get(0).asText(), arguments(tokenizer.get(1)));
        if (lucene.has("char_filter"))
            for (JsonNode filter : lucene.get("char_filter")) builder.addCharFilter(filter.get(0).asText(), arguments(filter.get(1)));
        if (lucene.has("filter"))
            for (JsonNode filter : lucene.get("filter")) builder.addTokenFilter(filter.get(0).asText(), arguments(filter.get(1)));
        return builder.build();
    }

    private static String tokens(Analyzer analyzer, String text) throws IOException {
        StringBuilder lines = new StringBuilder();
        try (TokenStream stream = analyzer.tokenStream("field", text)) {
            CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
            OffsetAttribute offset = stream.addAttribute(OffsetAttribute.class);
            PositionIncrementAttribute increment = stream.addAttribute(PositionIncrementAttribute.class);
            PositionLengthAttribute length = stream.addAttribute(PositionLengthAttribute.class);
            TypeAttribute type = stream.addAttribute(TypeAttribute.class);
            stream.reset();
            while (stream.incrementToken())
                lines.append(term.toString().replace("\n", "\\n").replace("\t", "\\t")).append('\t').append(offset.startOffset()).append('\t').append(offset.endOffset()).append('\t')
                    .append(increment.getPositionIncrement()).append('\t').append(length.getPositionLength()).append('\t')
                    .append(type.type()).append('\n');
            stream.end();
            lines.append(offset.endOffset()).append('\t').append(increment.getPositionIncrement());
        } catch (RuntimeException e) {
            return "! " + e.getClass().getSimpleName();
        }
        return lines.toString();
    }

    private static long hash(long hash, int value) {
        for (int shift = 0; shift < 32; shift += 8) hash = (hash ^ (value >>> shift & 0xFF)) * 0x100000001B3L;
        return hash;
    }

    private static long hash(Analyzer analyzer, String text) throws IOException {
        long hash = 0xCBF29CE484222325L;
        int position = -1;
        try (TokenStream stream = analyzer.tokenStream("field", text)) {
            CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
            OffsetAttribute offset = stream.addAttribute(OffsetAttribute.class);
            PositionIncrementAttribute increment = stream.addAttribute(PositionIncrementAttribute.class);
            stream.reset();
            while (stream.incrementToken()) {
                position += increment.getPositionIncrement();
                for (byte b : term.toString().getBytes(StandardCharsets.UTF_8)) hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
                hash = hash(hash(hash(hash, position), offset.startOffset()), offset.endOffset());
            }
            stream.end();
            hash = hash(hash(hash, position + increment.getPositionIncrement()), offset.endOffset());
        }
        return hash;
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        if (arguments[0].equals("fixture")) {
            ObjectNode all = json.createObjectNode();
            for (JsonNode test : json.readTree(new File(arguments[1]))) {
                ArrayNode results = all.putArray(test.get("name").asText());
                try (Analyzer analyzer = analyzer(test.get("lucene"))) {
                    for (JsonNode text : test.get("texts")) results.add(tokens(analyzer, text.asText()));
                } catch (Exception e) {
                    System.err.println(test.get("name") + ": " + e);
                    results.removeAll();
                    results.add("!! " + e);
                }
            }
            out.println(json.writeValueAsString(all));
        } else {
            Map<String, Analyzer> analyzers = new LinkedHashMap<>();
            for (int i = 2; i < arguments.length; i++) analyzers.put(arguments[i], analyzer(json.readTree("\"" + arguments[i] + "\"")));
            try (BufferedReader lines = Files.newBufferedReader(Path.of(arguments[1]))) {
                for (String line; (line = lines.readLine()) != null; ) {
                    String text = json.readTree(line).asText();
                    StringBuilder row = new StringBuilder();
                    for (Analyzer analyzer : analyzers.values()) row.append(String.format("%016x ", hash(analyzer, text)));
                    out.println(row.toString().trim());
                }
            }
        }
        out.flush();
    }
}
