import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogByteSizeMergePolicy;
import org.apache.lucene.store.FSDirectory;

/** Makes an index from a collection. */
final class Indexing {
  /** Seconds until everything was committed (with fsync), and until the merges that were under way had ended. */
  record Result(long documents, double committed, double merged) {}

  private Indexing() {}

  /** One segment with documents in the order of the collection, as reference results need it. */
  static void inOrder(String collection, Path folder, Schema schema, Analyzer analyzer) throws IOException {
    IndexWriterConfig config = new IndexWriterConfig(analyzer);
    config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
    config.setMergePolicy(new LogByteSizeMergePolicy());
    config.setRAMBufferSizeMB(512);
    try (FSDirectory directory = FSDirectory.open(folder);
        IndexWriter writer = new IndexWriter(directory, config);
        BufferedReader lines = Collection.open(collection)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        writer.addDocument(schema.document(line, false));
      }
      writer.forceMerge(1);
    }
  }

  /** As fast as it goes with so many threads; Lucene's own defaults but for the buffer and for separate files. */
  static Result timed(String collection, Path folder, Schema schema, Analyzer analyzer, int threads, int bufferMB)
      throws Exception {
    IndexWriterConfig config = new IndexWriterConfig(analyzer);
    config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
    config.setRAMBufferSizeMB(bufferMB);
    // So that the sizes of its parts can be told.
    config.setUseCompoundFile(false);
    config.getMergePolicy().setNoCFSRatio(0);
    long start = System.nanoTime();
    try (FSDirectory directory = FSDirectory.open(folder);
        BufferedReader lines = Collection.open(collection)) {
      IndexWriter writer = new IndexWriter(directory, config);
      AtomicReference<Exception> failure = new AtomicReference<>();
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Thread worker = new Thread(() -> {
          try {
            for (List<String> batch = next(lines); !batch.isEmpty(); batch = next(lines)) {
              for (String line : batch) writer.addDocument(schema.document(line, true));
            }
          } catch (Exception error) {
            failure.set(error);
          }
        });
        workers.add(worker);
        worker.start();
      }
      for (Thread worker : workers) worker.join();
      if (failure.get() != null) throw failure.get();
      writer.commit();
      double committed = (System.nanoTime() - start) / 1e9;
      long documents = writer.getDocStats().numDocs;
      writer.close();
      return new Result(documents, committed, (System.nanoTime() - start) / 1e9);
    }
  }

  private static List<String> next(BufferedReader lines) throws IOException {
    List<String> batch = new ArrayList<>(256);
    synchronized (lines) {
      while (batch.size() < 256) {
        String line = lines.readLine();
        if (line == null) break;
        batch.add(line);
      }
    }
    return batch;
  }
}
