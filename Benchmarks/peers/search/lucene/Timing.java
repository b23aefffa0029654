import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.TopDocs;

/**
 * Does what Benchmarks/search asks on standard input, a line of JSON each, and answers with a line: {"do": "index" | "open" | "load" |
 * "round" | "results" | "memory"}.
 */
final class Timing {
  private final Schema schema;
  private final Analyzer analyzer;
  private Searching searching;
  private List<Searching.Named> queries = new ArrayList<>();

  Timing(Schema schema, Analyzer analyzer) {
    this.schema = schema;
    this.analyzer = analyzer;
  }

  void run() throws Exception {
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      System.out.println(answer(Json.MAPPER.readTree(line)));
    }
  }

  private ObjectNode answer(JsonNode request) throws Exception {
    ObjectNode reply = Json.MAPPER.createObjectNode();
    switch (request.get("do").asText()) {
      case "index" -> {
        Indexing.Result result = Indexing.timed(request.get("corpus").asText(), Path.of(request.get("index").asText()),
            schema, analyzer, request.get("threads").asInt(), request.get("buffer_mb").asInt());
        reply.put("documents", result.documents());
        reply.put("seconds", result.committed());
        reply.put("seconds_with_merges", result.merged());
      }
      case "open" -> {
        if (searching != null) searching.close();
        long start = System.nanoTime();
        searching = new Searching(Path.of(request.get("index").asText()));
        reply.put("seconds", (System.nanoTime() - start) / 1e9);
        reply.put("documents", searching.documents());
        reply.put("segments", searching.segments());
      }
      case "load" -> {
        queries = Searching.read(request.get("queries").asText(), new Queries(schema, analyzer, analyzer));
        reply.put("queries", queries.size());
      }
      case "round" -> round(request, reply.putArray("nanoseconds"));
      case "results" -> {
        ArrayNode results = reply.putArray("results");
        for (Searching.Named query : queries) {
          results.add(searching.result(query, request.get("limit").asInt(), count(request)));
        }
      }
      case "memory" -> {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        reply.put("heap_used", runtime.totalMemory() - runtime.freeMemory());
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
          String[] fields = line.split("\\s+");
          if (fields[0].equals("VmRSS:")) reply.put("resident", Long.parseLong(fields[1]) * 1024);
          if (fields[0].equals("VmHWM:")) reply.put("resident_peak", Long.parseLong(fields[1]) * 1024);
        }
      }
      default -> throw new IllegalArgumentException("unknown request " + request);
    }
    return reply;
  }

  /** How many hits are counted exactly: a number, or "all". */
  private static int count(JsonNode request) {
    return request.get("count").asText().equals("all") ? Integer.MAX_VALUE : request.get("count").asInt();
  }

  /** Every query once, on this thread; from the query object to documents and scores, and ids and sources when these are wanted. */
  private void round(JsonNode request, ArrayNode times) throws IOException {
    int limit = request.get("limit").asInt();
    int exactUpTo = count(request);
    boolean sources = request.path("sources").asBoolean();
    float sum = 0;
    for (Searching.Named query : queries) {
      long start = System.nanoTime();
      TopDocs top = searching.top(query.query(), limit, exactUpTo);
      if (sources) sum += searching.sourceBytes(top);
      times.add(System.nanoTime() - start);
      if (top.scoreDocs.length > 0) sum += top.scoreDocs[0].score;
    }
    if (Float.isNaN(sum)) throw new IllegalStateException("a score is no number");
  }
}
