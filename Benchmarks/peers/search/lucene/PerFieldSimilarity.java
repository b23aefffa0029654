import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.PerFieldSimilarityWrapper;
import org.apache.lucene.search.similarities.Similarity;

/** BM25 for all fields, under the name that OpenSearch's explanations show. */
final class PerFieldSimilarity extends PerFieldSimilarityWrapper {
  private final Similarity similarity = new BM25Similarity();

  @Override
  public Similarity get(String field) {
    return similarity;
  }
}
