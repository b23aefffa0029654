import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.Term;
import org.apache.lucene.queries.function.FunctionScoreQuery;
import org.apache.lucene.sandbox.search.CombinedFieldQuery;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.MultiTermQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RegexpQuery;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.WildcardQuery;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.RegExp;

/** Turns queries in OpenSearch's language into those that OpenSearch gives to Lucene. */
final class Queries {
  private final Schema schema;
  private final Analyzer analyzer;
  private final Analyzer synonyms;

  Queries(Schema schema, Analyzer analyzer, Analyzer synonyms) {
    this.schema = schema;
    this.analyzer = analyzer;
    this.synonyms = synonyms;
  }

  Query query(JsonNode node) throws IOException {
    if (node.size() != 1) throw new IllegalArgumentException("one kind of query is expected, not " + node);
    String kind = node.fieldNames().next();
    JsonNode body = node.get(kind);
    return switch (kind) {
      case "match_all" -> boosted(new MatchAllDocsQuery(), body);
      case "match_none" -> new MatchNoDocsQuery();
      case "match" -> onField(body, "query", this::match);
      case "match_phrase" -> onField(body, "query", (field, o) -> o.has("analyzer")
          ? graphs(o).phrase(field, text(o), o.path("slop").asInt(0)) : phrase(field, text(o), o.path("slop").asInt(0)));
      case "match_phrase_prefix" -> onField(body, "query", this::phrasePrefix);
      case "match_bool_prefix" -> onField(body, "query", this::boolPrefix);
      case "multi_match" -> boosted(multiMatch(body), body);
      case "combined_fields" -> boosted(combinedFields(body), body);
      case "term" -> onField(body, "value", (field, o) -> term(field, o.get("value").asText()));
      case "terms" -> terms(body);
      case "prefix" -> onField(body, "value", (field, o) ->
          new PrefixQuery(new Term(field, o.get("value").asText()), rewrite(o)));
      case "wildcard" -> onField(body, "value", (field, o) ->
          new WildcardQuery(new Term(field, o.get("value").asText()), Operations.DEFAULT_DETERMINIZE_WORK_LIMIT,
              rewrite(o)));
      case "regexp" -> onField(body, "value", (field, o) ->
          new RegexpQuery(new Term(field, o.get("value").asText()), RegExp.ALL, 0, RegexpQuery.DEFAULT_PROVIDER,
              Operations.DEFAULT_DETERMINIZE_WORK_LIMIT, rewrite(o)));
      case "fuzzy" -> onField(body, "value", (field, o) -> fuzzy(field, o.get("value").asText(), o));
      case "range" -> range(body);
      case "exists" -> boosted(new ConstantScoreQuery(new FieldExistsQuery(body.get("field").asText())), body);
      case "ids" -> boosted(anyOf("_id", body.get("values")), body);
      case "bool" -> boosted(bool(body), body);
      case "dis_max" -> {
        List<Query> parts = new ArrayList<>();
        for (JsonNode part : body.get("queries")) parts.add(query(part));
        yield boosted(new DisjunctionMaxQuery(parts, (float) body.path("tie_breaker").asDouble(0)), body);
      }
      case "constant_score" -> boosted(new ConstantScoreQuery(query(body.get("filter"))), body);
      case "boosting" -> boosted(
          FunctionScoreQuery.boostByQuery(query(body.get("positive")), query(body.get("negative")),
              (float) body.get("negative_boost").asDouble()),
          body);
      default -> throw new IllegalArgumentException("unknown query " + kind);
    };
  }

  private interface FieldQuery {
    Query make(String field, JsonNode options) throws IOException;
  }

  /** {field: value} or {field: {name: value, ...}}. */
  private Query onField(JsonNode body, String name, FieldQuery maker) throws IOException {
    String field = body.fieldNames().next();
    JsonNode value = body.get(field);
    JsonNode options = value.isObject() ? value : Json.MAPPER.createObjectNode().set(name, value);
    return boosted(maker.make(field, options), options);
  }

  private static Query boosted(Query query, JsonNode options) {
    float boost = (float) options.path("boost").asDouble(1);
    return boost == 1 ? query : new BoostQuery(query, boost);
  }

  private static String text(JsonNode options) {
    return options.get("query").asText();
  }

  // Full text

  private Query match(String field, JsonNode options) throws IOException {
    Occur occur = occur(options);
    if (options.has("analyzer")) return withMinimum(graphs(options).match(field, text(options), occur), options);
    List<Tokens.Token> tokens = Tokens.of(analyzer, field, text(options));
    if (tokens.isEmpty()) return new MatchNoDocsQuery();
    if (tokens.size() == 1) return matchTerm(field, tokens.get(0).text(), options);
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    for (Tokens.Token token : tokens) builder.add(matchTerm(field, token.text(), options), occur);
    return withMinimum(builder, options.path("minimum_should_match").asText(null));
  }

  private static Occur occur(JsonNode options) {
    return options.path("operator").asText("or").equalsIgnoreCase("and") ? Occur.MUST : Occur.SHOULD;
  }

  /** The only other analyser: the standard one with synonyms. */
  private GraphQueries graphs(JsonNode options) {
    return new GraphQueries(synonyms, options.path("auto_generate_synonyms_phrase_query").asBoolean(true));
  }

  private Query matchTerm(String field, String term, JsonNode options) {
    return options.has("fuzziness") ? fuzzy(field, term, options) : new TermQuery(new Term(field, term));
  }

  private Query phrase(String field, String text, int slop) throws IOException {
    List<Tokens.Token> tokens = Tokens.of(analyzer, field, text);
    if (tokens.isEmpty()) return new MatchNoDocsQuery();
    if (tokens.size() == 1) return new TermQuery(new Term(field, tokens.get(0).text()));
    PhraseQuery.Builder builder = new PhraseQuery.Builder();
    builder.setSlop(slop);
    for (Tokens.Token token : tokens) builder.add(new Term(field, token.text()), token.position());
    return builder.build();
  }

  private Query phrasePrefix(String field, JsonNode options) throws IOException {
    return new PhrasePrefixQuery(field, Tokens.of(analyzer, field, text(options)), options.path("slop").asInt(0),
        options.path("max_expansions").asInt(50));
  }

  private Query boolPrefix(String field, JsonNode options) throws IOException {
    Occur occur = occur(options);
    List<Tokens.Token> tokens = Tokens.of(analyzer, field, text(options));
    if (tokens.isEmpty()) return new MatchNoDocsQuery();
    Query last = new PrefixQuery(new Term(field, tokens.get(tokens.size() - 1).text()),
        PrefixQuery.CONSTANT_SCORE_REWRITE);
    if (tokens.size() == 1) return last;
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    for (Tokens.Token token : tokens.subList(0, tokens.size() - 1)) {
      builder.add(matchTerm(field, token.text(), options), occur);
    }
    builder.add(last, occur);
    return withMinimum(builder, options.path("minimum_should_match").asText(null));
  }

  /** Types whose parts are ordinary queries of one field; best_fields unless said. */
  private Query multiMatch(JsonNode options) throws IOException {
    String type = options.path("type").asText("best_fields");
    float tie = (float) options.path("tie_breaker").asDouble(type.equals("most_fields") || type.equals("bool_prefix") ? 1 : 0);
    if (type.equals("cross_fields")) return crossFields(options, tie);
    List<Query> parts = new ArrayList<>();
    for (JsonNode entry : options.get("fields")) {
      String[] nameAndBoost = entry.asText().split("\\^");
      String field = nameAndBoost[0];
      Query part = switch (type) {
        case "best_fields", "most_fields" -> match(field, options);
        case "phrase" -> phrase(field, text(options), options.path("slop").asInt(0));
        case "phrase_prefix" -> phrasePrefix(field, options);
        case "bool_prefix" -> boolPrefix(field, options);
        default -> throw new IllegalArgumentException("unknown type of multi_match: " + type);
      };
      parts.add(nameAndBoost.length > 1 ? new BoostQuery(part, Float.parseFloat(nameAndBoost[1])) : part);
    }
    return parts.size() == 1 ? parts.get(0) : new DisjunctionMaxQuery(parts, tie);
  }

  private Query crossFields(JsonNode options, float tie) throws IOException {
    List<Term> fields = new ArrayList<>();
    List<Float> boosts = new ArrayList<>();
    for (JsonNode entry : options.get("fields")) {
      String[] nameAndBoost = entry.asText().split("\\^");
      fields.add(new Term(nameAndBoost[0]));
      boosts.add(nameAndBoost.length > 1 ? Float.parseFloat(nameAndBoost[1]) : 1);
    }
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    for (Tokens.Token token : Tokens.of(analyzer, fields.get(0).field(), text(options))) {
      builder.add(new CrossFields(fields.stream().map(f -> new Term(f.field(), token.text())).toList(), boosts, tie), occur(options));
    }
    return withMinimum(builder, options.path("minimum_should_match").asText(null));
  }

  private Query combinedFields(JsonNode options) throws IOException {
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    for (Tokens.Token token : Tokens.of(analyzer, "", text(options))) {
      CombinedFieldQuery.Builder combined = new CombinedFieldQuery.Builder().addTerm(new BytesRef(token.text()));
      for (JsonNode entry : options.get("fields")) {
        String[] nameAndWeight = entry.asText().split("\\^");
        combined.addField(nameAndWeight[0], nameAndWeight.length > 1 ? Float.parseFloat(nameAndWeight[1]) : 1);
      }
      builder.add(combined.build(), occur(options));
    }
    return builder.build();
  }

  // Terms

  private Query term(String field, String value) {
    if (schema.isNumber(field)) return LongPoint.newExactQuery(field, Long.parseLong(value));
    return new TermQuery(new Term(field, value));
  }

  private Query terms(JsonNode body) {
    for (Iterator<Map.Entry<String, JsonNode>> entries = body.fields(); entries.hasNext();) {
      Map.Entry<String, JsonNode> entry = entries.next();
      if (!entry.getKey().equals("boost")) return boosted(anyOf(entry.getKey(), entry.getValue()), body);
    }
    throw new IllegalArgumentException("terms without a field");
  }

  private Query anyOf(String field, JsonNode values) {
    if (schema.isNumber(field)) {
      long[] numbers = new long[values.size()];
      Arrays.setAll(numbers, i -> values.get(i).asLong());
      return LongPoint.newSetQuery(field, numbers);
    }
    List<BytesRef> terms = new ArrayList<>();
    for (JsonNode value : values) terms.add(new BytesRef(value.asText()));
    return new TermInSetQuery(field, terms);
  }

  private static Query fuzzy(String field, String term, JsonNode options) {
    int edits = edits(options.path("fuzziness").asText("AUTO"), term);
    int prefix = options.path("prefix_length").asInt(0);
    int expansions = options.path("max_expansions").asInt(50);
    boolean transpositions = options.path(options.has("query") ? "fuzzy_transpositions" : "transpositions").asBoolean(true);
    String rewrite = options.path(options.has("query") ? "fuzzy_rewrite" : "rewrite").asText(null);
    if (rewrite == null) return new FuzzyQuery(new Term(field, term), edits, prefix, expansions, transpositions);
    return new FuzzyQuery(new Term(field, term), edits, prefix, expansions, transpositions, Rewrites.named(rewrite));
  }

  private static MultiTermQuery.RewriteMethod rewrite(JsonNode options) {
    return Rewrites.named(options.path("rewrite").asText("constant_score"));
  }

  private static int edits(String fuzziness, String term) {
    if (!fuzziness.toUpperCase().startsWith("AUTO")) return Integer.parseInt(fuzziness);
    int low = 3;
    int high = 6;
    if (fuzziness.length() > 5) {
      String[] bounds = fuzziness.substring(5).split(",");
      low = Integer.parseInt(bounds[0]);
      high = Integer.parseInt(bounds[1]);
    }
    int length = term.codePointCount(0, term.length());
    return length < low ? 0 : length < high ? 1 : 2;
  }

  private Query range(JsonNode body) {
    String field = body.fieldNames().next();
    JsonNode o = body.get(field);
    long low = o.has("gte") ? o.get("gte").asLong() : o.has("gt") ? o.get("gt").asLong() + 1 : Long.MIN_VALUE;
    long high = o.has("lte") ? o.get("lte").asLong() : o.has("lt") ? o.get("lt").asLong() - 1 : Long.MAX_VALUE;
    return boosted(LongPoint.newRangeQuery(field, low, high), o);
  }

  // Compounds

  private Query bool(JsonNode body) throws IOException {
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    add(builder, body.path("must"), Occur.MUST);
    add(builder, body.path("must_not"), Occur.MUST_NOT);
    add(builder, body.path("should"), Occur.SHOULD);
    add(builder, body.path("filter"), Occur.FILTER);
    BooleanQuery clauses = builder.build();
    if (clauses.clauses().isEmpty()) return new MatchAllDocsQuery();
    boolean onlyNegative = clauses.clauses().stream().allMatch(c -> c.getOccur() == Occur.MUST_NOT);
    if (onlyNegative && body.path("adjust_pure_negative").asBoolean(true)) {
      builder.add(new MatchAllDocsQuery(), Occur.FILTER);
    }
    return withMinimum(builder, body.path("minimum_should_match").asText(null));
  }

  private void add(BooleanQuery.Builder builder, JsonNode clauses, Occur occur) throws IOException {
    if (clauses.isObject()) builder.add(query(clauses), occur);
    if (clauses.isArray()) for (JsonNode clause : clauses) builder.add(query(clause), occur);
  }

  private static Query withMinimum(Query query, JsonNode options) {
    if (query == null) return new MatchNoDocsQuery();
    if (!(query instanceof BooleanQuery clauses)) return query;
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    for (BooleanClause clause : clauses) builder.add(clause);
    return withMinimum(builder, options.path("minimum_should_match").asText(null));
  }

  private static Query withMinimum(BooleanQuery.Builder builder, String minimum) {
    if (minimum != null) {
      long optional = builder.build().clauses().stream().filter(c -> c.getOccur() == Occur.SHOULD).count();
      int wanted = minimumOf(minimum.trim(), (int) optional);
      if (wanted > 0) builder.setMinimumNumberShouldMatch(wanted);
    }
    return builder.build();
  }

  /** "2", "-1", "75%", "-25%", "3&lt;90%", "2&lt;-25% 9&lt;-3". */
  private static int minimumOf(String text, int clauses) {
    if (text.contains("<")) {
      int result = clauses;
      for (String part : text.replaceAll("\\s*<\\s*", "<").split("\\s+")) {
        String[] bound = part.split("<");
        if (clauses <= Integer.parseInt(bound[0])) return result;
        result = minimumOf(bound[1], clauses);
      }
      return result;
    }
    int result;
    if (text.endsWith("%")) {
      float share = clauses * Integer.parseInt(text.substring(0, text.length() - 1)) * (1 / 100f);
      result = share < 0 ? clauses + (int) share : (int) share;
    } else {
      int number = Integer.parseInt(text);
      result = number < 0 ? clauses + number : number;
    }
    return Math.max(0, result);
  }
}
