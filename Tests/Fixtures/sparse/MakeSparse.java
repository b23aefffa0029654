import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.FeatureField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.FSDirectory;

/**
 * Makes lucene.json: scores of Lucene's FeatureField. Floats are written as their bits.
 *
 * <p>java -cp anserini-0.39.0-fatjar.jar MakeSparse.java > lucene.json (Lucene 9.9.1; Benchmarks/peers/search/lucene/lucene says where the jar comes from)
 */
final class MakeSparse {
  private static final Random RANDOM = new Random(42);

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("sparse");
    List<Float> values = new ArrayList<>(List.of(1f, 2f, 3f, 0.1f, 1e-30f, 1e30f, Float.MIN_NORMAL, Float.MAX_VALUE, 0.99999994f, 255.5f));
    for (int i = 0; i < 60; i++) values.add((float) Math.exp(RANDOM.nextGaussian() * 3));
    List<Map<Integer, Float>> documents = new ArrayList<>();
    try (IndexWriter writer = new IndexWriter(FSDirectory.open(folder), new IndexWriterConfig())) {
      for (int i = 0; i < 400; i++) {
        Map<Integer, Float> features = new TreeMap<>();
        for (int j = 0; j < 20; j++) features.put((int) (80 * Math.pow(RANDOM.nextDouble(), 2)), (float) Math.exp(RANDOM.nextGaussian()));
        documents.add(features);
        Document document = new Document();
        if (i < values.size()) document.add(new FeatureField("x", "x", values.get(i)));
        features.forEach((feature, weight) -> document.add(new FeatureField("f", "t" + feature, weight)));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
    try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(folder))) {
      IndexSearcher searcher = new IndexSearcher(reader);
      Map<String, Query> functions = new LinkedHashMap<>();
      functions.put("linear", FeatureField.newLinearQuery("x", "x", 1));
      functions.put("linear boosted", FeatureField.newLinearQuery("x", "x", 0.37f));
      functions.put("saturation", FeatureField.newSaturationQuery("x", "x"));
      functions.put("saturation pivot", FeatureField.newSaturationQuery("x", "x", 1.7f, 3.3f));
      functions.put("log", FeatureField.newLogQuery("x", "x", 1.3f, 2.5f));
      functions.put("sigmoid", FeatureField.newSigmoidQuery("x", "x", 0.9f, 2.2f, 0.6f));
      StringBuilder out = new StringBuilder("{\n\"values\": ").append(bits(values)).append(",\n\"functions\": {");
      String separator = "\n";
      for (Map.Entry<String, Query> function : functions.entrySet()) {
        List<Float> scores = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) scores.add(searcher.explain(function.getValue(), i).getValue().floatValue());
        out.append(separator).append('"').append(function.getKey()).append("\": ").append(bits(scores));
        separator = ",\n";
      }
      out.append("},\n\"documents\": [");
      separator = "\n";
      for (Map<Integer, Float> features : documents) {
        out.append(separator).append(vector(features));
        separator = ",\n";
      }
      out.append("],\n\"queries\": [");
      separator = "\n";
      for (int i = 0; i < 40; i++) {
        Map<Integer, Float> features = new TreeMap<>();
        for (int j = 0; j < 1 + i; j++) features.put(RANDOM.nextInt(90), 0.01f + 3 * RANDOM.nextFloat());
        BooleanQuery.Builder builder = new BooleanQuery.Builder();
        features.forEach((feature, weight) -> builder.add(FeatureField.newLinearQuery("f", "t" + feature, weight), Occur.SHOULD));
        float boost = i % 3 == 0 ? 1 : 0.1f + RANDOM.nextFloat();
        ScoreDoc[] found = searcher.search(new BoostQuery(builder.build(), boost), 25).scoreDocs;
        out.append(separator).append("{\"features\": ").append(vector(features)).append(", \"boost\": ").append(Float.floatToIntBits(boost));
        out.append(", \"hits\": [");
        for (int j = 0; j < found.length; j++) {
          out.append(j > 0 ? ", [" : "[").append(found[j].doc).append(", ").append(Float.floatToIntBits(found[j].score)).append(']');
        }
        out.append("]}");
        separator = ",\n";
      }
      System.out.println(out.append("]\n}"));
    }
  }

  private static String bits(List<Float> values) {
    return values.stream().map(Float::floatToIntBits).toList().toString();
  }

  /** Pairs of number and weight. */
  private static String vector(Map<Integer, Float> features) {
    return features.entrySet().stream().map(e -> List.of(e.getKey(), Float.floatToIntBits(e.getValue()))).toList().toString();
  }
}
