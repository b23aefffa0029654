import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TermState;
import org.apache.lucene.index.TermStates;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.TermQuery;

/**
 * One term in several fields with common statistics, as OpenSearch's cross_fields: every field has the document frequency of the field where
 * the term is most frequent, and each rarer frequency one document more.
 */
final class CrossFields extends Query {
  private final List<Term> terms;
  private final List<Float> boosts;
  private final float tieBreaker;

  CrossFields(List<Term> terms, List<Float> boosts, float tieBreaker) {
    this.terms = List.copyOf(terms);
    this.boosts = List.copyOf(boosts);
    this.tieBreaker = tieBreaker;
  }

  @Override
  public Query rewrite(IndexSearcher searcher) throws IOException {
    IndexReader reader = searcher.getIndexReader();
    List<TermStates> states = new ArrayList<>();
    int most = 0;
    long bound = reader.maxDoc();
    for (Term term : terms) {
      TermStates state = TermStates.build(searcher, term, true);
      states.add(state);
      most = Math.max(most, state.docFreq());
      if (state.totalTermFreq() > 0) bound = Math.min(bound, reader.getSumTotalTermFreq(term.field()));
    }
    if (most > 0 && terms.size() > 1) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < terms.size(); i++) order.add(i);
      order.sort(Comparator.comparingInt((Integer i) -> states.get(i).docFreq()).reversed());
      long frequency = Math.min(bound, most);
      int previous = states.get(order.get(0)).docFreq();
      for (int i : order) {
        int own = states.get(i).docFreq();
        if (own == 0) break;
        if (previous > own) frequency++;
        previous = own;
        states.set(i, with(states.get(i), (int) Math.min(bound, frequency), reader));
      }
    }
    List<Query> parts = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      Query part = new TermQuery(terms.get(i), states.get(i));
      parts.add(boosts.get(i) == 1 ? part : new BoostQuery(part, boosts.get(i)));
    }
    return parts.size() == 1 ? parts.get(0) : new DisjunctionMaxQuery(parts, tieBreaker);
  }

  private static TermStates with(TermStates states, int frequency, IndexReader reader) throws IOException {
    TermStates changed = new TermStates(reader.getContext());
    long total = Math.max(states.totalTermFreq(), frequency);
    List<LeafReaderContext> leaves = reader.leaves();
    for (int i = 0; i < leaves.size(); i++) {
      TermState state = states.get(leaves.get(i));
      if (state == null) continue;
      changed.register(state, i, frequency, total);
      frequency = 0;
      total = 0;
    }
    return changed;
  }

  @Override
  public String toString(String field) {
    return "cross" + terms;
  }

  @Override
  public void visit(QueryVisitor visitor) {
    visitor.consumeTerms(this, terms.toArray(new Term[0]));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CrossFields that && terms.equals(that.terms) && boosts.equals(that.boosts) && tieBreaker == that.tieBreaker;
  }

  @Override
  public int hashCode() {
    return Objects.hash(terms, boosts, tieBreaker);
  }
}
