import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.MultiPhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;

/**
 * A phrase whose last word may be longer: OpenSearch's match_phrase_prefix. The last word becomes the first {@code limit} terms
 * in term order that start with it.
 */
final class PhrasePrefixQuery extends Query {
  private final String field;
  private final List<Tokens.Token> tokens;
  private final int slop;
  private final int limit;

  PhrasePrefixQuery(String field, List<Tokens.Token> tokens, int slop, int limit) {
    this.field = field;
    this.tokens = tokens;
    this.slop = slop;
    this.limit = limit;
  }

  @Override
  public Query rewrite(IndexSearcher searcher) throws IOException {
    if (tokens.isEmpty()) return new MatchNoDocsQuery();
    MultiPhraseQuery.Builder builder = new MultiPhraseQuery.Builder();
    builder.setSlop(slop);
    for (Tokens.Token token : tokens.subList(0, tokens.size() - 1)) {
      builder.add(new Term[] {new Term(field, token.text())}, token.position());
    }
    Tokens.Token last = tokens.get(tokens.size() - 1);
    Set<Term> expansions = new LinkedHashSet<>();
    BytesRef prefix = new BytesRef(last.text());
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      Terms terms = leaf.reader().terms(field);
      if (terms == null) continue;
      TermsEnum each = terms.iterator();
      if (each.seekCeil(prefix) == TermsEnum.SeekStatus.END) continue;
      for (BytesRef term = each.term(); term != null && expansions.size() < limit; term = each.next()) {
        if (!StringHelper.startsWith(term, prefix)) break;
        expansions.add(new Term(field, BytesRef.deepCopyOf(term)));
      }
    }
    if (expansions.isEmpty()) return new MatchNoDocsQuery();
    builder.add(expansions.toArray(new Term[0]), last.position());
    return builder.build();
  }

  @Override
  public void visit(QueryVisitor visitor) {
    visitor.visitLeaf(this);
  }

  @Override
  public String toString(String defaultField) {
    return field + ":" + tokens + "*";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PhrasePrefixQuery that && field.equals(that.field) && tokens.equals(that.tokens)
        && slop == that.slop && limit == that.limit;
  }

  @Override
  public int hashCode() {
    return field.hashCode() * 31 + tokens.hashCode();
  }
}
