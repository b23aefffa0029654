import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** A file of JSON lines, packed or not, or a folder in BEIR's layout, whose corpus it then is. */
final class Collection {
  private Collection() {}

  static BufferedReader open(String name) throws IOException {
    Path path = Path.of(name);
    if (Files.isDirectory(path)) {
      Path plain = path.resolve("corpus.jsonl");
      path = Files.exists(plain) ? plain : path.resolve("corpus.jsonl.gz");
    }
    InputStream stream = Files.newInputStream(path);
    if (path.toString().endsWith(".gz")) stream = new GZIPInputStream(stream, 1 << 16);
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8), 1 << 16);
  }
}
