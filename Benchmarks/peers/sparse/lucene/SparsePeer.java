import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.FeatureField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogByteSizeMergePolicy;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.store.FSDirectory;

/**
 * Lucene's FeatureField as a peer.
 *
 * <p>{@code index VECTORS INDEX} makes one segment; {@code serve VECTORS INDEX [QUERIES]} answers "exact K" on standard input with times and hits of
 * the first queries.
 */
final class SparsePeer {
  private SparsePeer() {}

  interface Vectors {
    void take(int[] terms, float[] weights) throws IOException;
  }

  static void read(Path file, Vectors vectors) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN).limit(0);
      int count = need(channel, buffer, 4).getInt();
      for (int i = 0; i < count; i++) {
        int length = need(channel, buffer, 4).getInt();
        int[] terms = new int[length];
        float[] weights = new float[length];
        need(channel, buffer, 8 * length);
        for (int j = 0; j < length; j++) terms[j] = buffer.getInt();
        for (int j = 0; j < length; j++) weights[j] = buffer.getFloat();
        vectors.take(terms, weights);
      }
    }
  }

  private static ByteBuffer need(FileChannel channel, ByteBuffer buffer, int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      buffer.compact();
      while (buffer.position() < bytes && channel.read(buffer) >= 0) {}
      buffer.flip();
    }
    return buffer;
  }

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "index" -> index(Path.of(arguments[1]), Path.of(arguments[2]));
      case "serve" -> serve(Path.of(arguments[1]), Path.of(arguments[2]), arguments.length > 3 ? Integer.parseInt(arguments[3]) : Integer.MAX_VALUE);
      default -> throw new IllegalArgumentException("index or serve is expected");
    }
  }

  private static void index(Path vectors, Path folder) throws IOException {
    IndexWriterConfig config = new IndexWriterConfig();
    config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
    config.setMergePolicy(new LogByteSizeMergePolicy());
    config.setRAMBufferSizeMB(512);
    long start = System.nanoTime();
    try (FSDirectory directory = FSDirectory.open(folder); IndexWriter writer = new IndexWriter(directory, config)) {
      read(vectors.resolve("documents.bin"), (terms, weights) -> {
        Document document = new Document();
        for (int i = 0; i < terms.length; i++) document.add(new FeatureField("f", Integer.toString(terms[i]), weights[i]));
        writer.addDocument(document);
      });
      writer.forceMerge(1);
    }
    long bytes = 0;
    try (FSDirectory directory = FSDirectory.open(folder)) {
      for (String name : directory.listAll()) bytes += directory.fileLength(name);
    }
    System.out.printf("{\"seconds\": %.1f, \"bytes\": %d}%n", (System.nanoTime() - start) / 1e9, bytes);
  }

  private static void serve(Path vectors, Path folder, int limit) throws IOException {
    List<Query> queries = new ArrayList<>();
    read(vectors.resolve("queries.bin"), (terms, weights) -> {
      if (queries.size() == limit) return;
      BooleanQuery.Builder builder = new BooleanQuery.Builder();
      for (int i = 0; i < terms.length; i++) {
        builder.add(FeatureField.newLinearQuery("f", Integer.toString(terms[i]), weights[i]), Occur.SHOULD);
      }
      queries.add(builder.build());
    });
    try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(folder));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in))) {
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setQueryCache(null);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int k = Integer.parseInt(line.split(" ")[1]);
        StringBuilder times = new StringBuilder(), hits = new StringBuilder();
        for (Query query : queries) {
          long start = System.nanoTime();
          ScoreDoc[] found = searcher.search(query, TopScoreDocCollector.createSharedManager(k, null, k)).scoreDocs;
          long elapsed = System.nanoTime() - start;
          if (times.length() > 0) {
            times.append(", ");
            hits.append(", ");
          }
          times.append(elapsed);
          hits.append('[');
          for (int i = 0; i < found.length; i++) {
            hits.append(i > 0 ? ", [" : "[").append(found[i].doc).append(", ").append(found[i].score).append(']');
          }
          hits.append(']');
        }
        System.out.println("{\"nanoseconds\": [" + times + "], \"hits\": [" + hits + "]}");
      }
    }
  }
}
