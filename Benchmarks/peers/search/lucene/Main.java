import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.custom.CustomAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.util.Version;

/** Lucene as the reference and as a peer; started by the script `lucene` beside this file, which says how. */
final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    System.setOut(new PrintStream(System.out, true, StandardCharsets.UTF_8));
    Map<String, String> options = new HashMap<>();
    for (int i = 1; i + 1 < arguments.length; i += 2) options.put(arguments[i], arguments[i + 1]);
    Schema schema = new Schema(Set.of(options.getOrDefault("--text", "title,text").split(",")),
        Set.of(options.getOrDefault("--numbers", "").split(",")), options.get("--combine"));
    Analyzer analyzer = analyzer(options.getOrDefault("--analyzer", "standard"));
    Analyzer synonyms = options.containsKey("--synonyms") ? synonyms(options.get("--synonyms")) : analyzer;
    switch (arguments.length == 0 ? "" : arguments[0]) {
      case "version" -> System.out.println(Version.LATEST);
      case "index" -> Indexing.inOrder(options.get("--corpus"), Path.of(options.get("--index")), schema, analyzer);
      case "run" -> run(options, new Queries(schema, analyzer, synonyms));
      case "bench" -> new Timing(schema, analyzer).run();
      default -> throw new IllegalArgumentException("one of version, index, run, bench is expected");
    }
  }

  /** OpenSearch's standard analyser, which has no stop words, or runs of \w in lower case, as many baselines cut text. */
  private static Analyzer analyzer(String name) throws IOException {
    return switch (name) {
      case "standard" -> new StandardAnalyzer(CharArraySet.EMPTY_SET);
      case "word" -> CustomAnalyzer.builder().withTokenizer("pattern", "pattern", "(?U)\\w+", "group", "0")
          .addTokenFilter("lowercase").build();
      default -> throw new IllegalArgumentException("unknown analyser " + name);
    };
  }

  /** The standard analyser, and behind it multi-word synonyms from a file in Solr's format. */
  private static Analyzer synonyms(String file) throws IOException {
    Path path = Path.of(file).toAbsolutePath();
    return CustomAnalyzer.builder(path.getParent()).withTokenizer("standard").addTokenFilter("lowercase")
        .addTokenFilter("synonymGraph", "synonyms", path.getFileName().toString(), "expand", "true").build();
  }

  private static void run(Map<String, String> options, Queries queries) throws Exception {
    int limit = Integer.parseInt(options.getOrDefault("--limit", "100"));
    boolean explain = options.getOrDefault("--explain", "no").equals("yes");
    try (Searching searching = new Searching(Path.of(options.get("--index")));
        PrintStream out = new PrintStream(Files.newOutputStream(Path.of(options.get("--output"))), false, StandardCharsets.UTF_8)) {
      for (Searching.Named query : Searching.read(options.get("--queries"), queries)) {
        ObjectNode result = searching.result(query, limit, Integer.MAX_VALUE);
        if (explain) result.set("explanation", searching.explained(query));
        out.println(result);
      }
    }
  }
}
