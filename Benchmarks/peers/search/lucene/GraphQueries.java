import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.index.Term;
import org.apache.lucene.queries.spans.SpanNearQuery;
import org.apache.lucene.queries.spans.SpanOrQuery;
import org.apache.lucene.queries.spans.SpanQuery;
import org.apache.lucene.queries.spans.SpanTermQuery;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.QueryBuilder;
import org.apache.lucene.util.graph.GraphTokenStreamFiniteStrings;

/** Queries of texts whose analysis is a graph: Lucene's, but for phrases without slop, which OpenSearch makes of spans. */
final class GraphQueries extends QueryBuilder {
  GraphQueries(Analyzer analyzer, boolean phrases) {
    super(analyzer);
    setAutoGenerateMultiTermSynonymsPhraseQuery(phrases);
  }

  Query match(String field, String text, Occur occur) {
    return createBooleanQuery(field, text, occur);
  }

  Query phrase(String field, String text, int slop) {
    return createPhraseQuery(field, text, slop);
  }

  @Override
  protected Query analyzeGraphPhrase(TokenStream source, String field, int slop) throws IOException {
    if (slop > 0) return super.analyzeGraphPhrase(source, field, slop);
    source.reset();
    GraphTokenStreamFiniteStrings graph = new GraphTokenStreamFiniteStrings(source);
    List<SpanQuery> parts = new ArrayList<>();
    int start = 0;
    int[] joints = graph.articulationPoints();
    for (int i = 0; i <= joints.length; i++) {
      int end = i < joints.length ? joints[i] : -1;
      List<SpanQuery> ways = new ArrayList<>();
      if (graph.hasSidePath(start)) {
        for (Iterator<TokenStream> paths = graph.getFiniteStrings(start, end); paths.hasNext();) ways.add(path(paths.next(), field));
      } else {
        for (Term term : graph.getTerms(field, start)) ways.add(new SpanTermQuery(term));
      }
      parts.add(ways.size() == 1 ? ways.get(0) : new SpanOrQuery(ways.toArray(new SpanQuery[0])));
      start = end;
    }
    return parts.size() == 1 ? parts.get(0) : new SpanNearQuery(parts.toArray(new SpanQuery[0]), 0, true);
  }

  private static SpanQuery path(TokenStream tokens, String field) throws IOException {
    List<SpanQuery> terms = new ArrayList<>();
    CharTermAttribute text = tokens.addAttribute(CharTermAttribute.class);
    while (tokens.incrementToken()) terms.add(new SpanTermQuery(new Term(field, text.toString())));
    return terms.size() == 1 ? terms.get(0) : new SpanNearQuery(terms.toArray(new SpanQuery[0]), 0, true);
  }
}
