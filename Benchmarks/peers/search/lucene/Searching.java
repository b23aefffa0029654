import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.store.FSDirectory;

/** Runs queries over an open index. */
final class Searching implements AutoCloseable {
  record Named(String id, Query query) {}

  private final FSDirectory directory;
  private final DirectoryReader reader;
  final IndexSearcher searcher;

  Searching(Path folder) throws IOException {
    directory = FSDirectory.open(folder);
    reader = DirectoryReader.open(directory);
    searcher = new IndexSearcher(reader);
    searcher.setSimilarity(new PerFieldSimilarity());
    // Neither side of a comparison remembers filters.
    searcher.setQueryCache(null);
  }

  @Override
  public void close() throws IOException {
    reader.close();
    directory.close();
  }

  int segments() {
    return reader.leaves().size();
  }

  long documents() {
    return reader.numDocs();
  }

  static List<Named> read(String file, Queries queries) throws IOException {
    List<Named> result = new ArrayList<>();
    try (BufferedReader lines = Collection.open(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode node = Json.MAPPER.readTree(line);
        try {
          result.add(new Named(node.get("id").asText(), queries.query(node.get("query"))));
        } catch (RuntimeException error) {
          throw new IllegalArgumentException(file + ": " + line, error);
        }
      }
    }
    return result;
  }

  /** The best hits; `exactUpTo` hits are counted exactly, after which blocks that cannot compete are passed over. */
  TopDocs top(Query query, int limit, int exactUpTo) throws IOException {
    return searcher.search(query, TopScoreDocCollector.createSharedManager(limit, null, exactUpTo));
  }

  /** Reads ids and sources of the hits; says how many bytes the sources have. */
  int sourceBytes(TopDocs top) throws IOException {
    int bytes = 0;
    StoredFields stored = searcher.storedFields();
    for (ScoreDoc hit : top.scoreDocs) {
      Document document = stored.document(hit.doc);
      if (document.get("_id") == null) throw new IllegalStateException("a hit without id");
      bytes += document.getBinaryValue("_source").length;
    }
    return bytes;
  }

  /** {"id", "total", "hits": [[document, score], ...]}; the total only where all were counted. */
  ObjectNode result(Named named, int limit, int exactUpTo) throws IOException {
    TopDocs top = top(named.query, limit, exactUpTo);
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", named.id);
    if (exactUpTo == Integer.MAX_VALUE) node.put("total", top.totalHits.value);
    ArrayNode hits = node.putArray("hits");
    StoredFields stored = searcher.storedFields();
    for (ScoreDoc hit : top.scoreDocs) {
      ArrayNode pair = hits.addArray();
      pair.add(stored.document(hit.doc, Set.of("_id")).get("_id"));
      pair.add(hit.score);
    }
    return node;
  }

  /** Why the first hit has its score, as OpenSearch shows it. */
  ObjectNode explained(Named named) throws IOException {
    ScoreDoc[] hits = top(named.query, 1, 1).scoreDocs;
    return hits.length == 0 ? null : tree(searcher.explain(named.query, hits[0].doc));
  }

  private static ObjectNode tree(Explanation explanation) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    if (explanation.getValue() instanceof Float value) {
      node.put("value", value);
    } else {
      node.put("value", explanation.getValue().longValue());
    }
    node.put("description", explanation.getDescription());
    ArrayNode details = node.putArray("details");
    for (Explanation detail : explanation.getDetails()) details.add(tree(detail));
    return node;
  }
}
