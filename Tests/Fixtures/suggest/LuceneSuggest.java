import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.FuzzyTermsEnum;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

/**
 * Words that Lucene's dictionary has near others. Lucene's spell checker is not in the jar, so what it does around FuzzyTermsEnum is written
 * here: candidates one edit away, then two where these are too few; of equally near ones those that come first in the dictionary.
 *
 *     java LuceneSuggest INDEX WORDS       # a line for each word: word, mode, order, prefix, size, inspections, edits, most, least
 *
 * Prints a line for each: word TAB frequency, then TAB suggestion TAB score TAB frequency for each suggestion.
 */
public final class LuceneSuggest {
  record Found(String text, float score, int frequency) {}

  public static void main(String[] arguments) throws Exception {
    try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(Path.of(arguments[0])))) {
      for (String line : Files.readAllLines(Path.of(arguments[1]), StandardCharsets.UTF_8)) {
        String[] f = line.split("\t");
        System.out.println(String.join("\t", suggest(reader, f[0], f[1], f[2], Integer.parseInt(f[3]), Integer.parseInt(f[4]),
            Integer.parseInt(f[5]), Integer.parseInt(f[6]), Float.parseFloat(f[7]), Float.parseFloat(f[8]))));
      }
    }
  }

  private static List<String> suggest(DirectoryReader reader, String word, String mode, String order, int prefix, int size,
      int inspections, int edits, float most, float least) throws Exception {
    int frequency = reader.docFreq(new Term("text", word));
    List<String> line = new ArrayList<>(List.of(word, String.valueOf(frequency)));
    int documents = reader.maxDoc();
    if (word.codePointCount(0, word.length()) < 4 || (mode.equals("missing") && frequency > 0)) return line;
    if (most >= 1 ? frequency > most : frequency > (int) Math.ceil(most * documents)) return line;
    int above = mode.equals("popular") ? frequency : 0;
    if (least >= 1) above = Math.max(above, (int) least);
    else if (least > 0) above = Math.max(above, (int) (least * documents) - 1);
    int limit = Math.max(size, 5) * inspections;
    Map<String, Found> found = new TreeMap<>();
    for (Found near : candidates(reader, word, 1, prefix, limit, above)) found.put(near.text, near);
    if (edits > 1 && found.size() < limit) {
      for (Found near : candidates(reader, word, edits, prefix, limit, above)) found.putIfAbsent(near.text, near);
    }
    Comparator<Found> byScore = Comparator.comparingDouble((Found n) -> -n.score);
    Comparator<Found> byFrequency = Comparator.comparingInt((Found n) -> -n.frequency);
    Comparator<Found> wanted = order.equals("score") ? byScore.thenComparing(byFrequency) : byFrequency.thenComparing(byScore);
    found.values().stream().sorted(wanted.thenComparing(Found::text)).limit(Math.max(size, 5)).limit(size).forEach(
        n -> line.addAll(List.of(n.text, String.valueOf(n.score), String.valueOf(n.frequency))));
    return line;
  }

  private static List<Found> candidates(DirectoryReader reader, String word, int edits, int prefix, int limit, int above)
      throws Exception {
    List<Found> kept = new ArrayList<>();
    FuzzyTermsEnum terms =
        new FuzzyTermsEnum(MultiTerms.getTerms(reader, "text"), new Term("text", word), edits, Math.max(prefix, edits - 1), true);
    for (BytesRef term = terms.next(); term != null; term = terms.next()) {
      String text = term.utf8ToString();
      if (text.equals(word) || terms.docFreq() <= above || terms.getBoost() < 0.5f) continue;
      kept.add(new Found(text, terms.getBoost(), terms.docFreq()));
    }
    kept.sort(Comparator.comparingDouble((Found n) -> -n.score));
    return kept.subList(0, Math.min(limit, kept.size()));
  }
}
