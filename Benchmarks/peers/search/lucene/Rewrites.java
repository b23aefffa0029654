import org.apache.lucene.search.MultiTermQuery;
import org.apache.lucene.search.MultiTermQuery.RewriteMethod;

/** Lucene's rewrite methods by OpenSearch's names. */
final class Rewrites {
  private Rewrites() {}

  static RewriteMethod named(String name) {
    if (name.startsWith("top_terms_blended_freqs_")) return new MultiTermQuery.TopTermsBlendedFreqScoringRewrite(count(name));
    if (name.startsWith("top_terms_boost_")) return new MultiTermQuery.TopTermsBoostOnlyBooleanQueryRewrite(count(name));
    if (name.startsWith("top_terms_")) return new MultiTermQuery.TopTermsScoringBooleanQueryRewrite(count(name));
    return switch (name) {
      case "constant_score" -> MultiTermQuery.CONSTANT_SCORE_REWRITE;
      case "scoring_boolean" -> MultiTermQuery.SCORING_BOOLEAN_REWRITE;
      case "constant_score_boolean" -> MultiTermQuery.CONSTANT_SCORE_BOOLEAN_REWRITE;
      default -> throw new IllegalArgumentException("unknown rewrite " + name);
    };
  }

  private static int count(String name) {
    return Integer.parseInt(name.substring(name.lastIndexOf('_') + 1));
  }
}
