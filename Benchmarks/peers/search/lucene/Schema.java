import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;

/** Which fields are text and which are numbers; all others are keywords. */
final class Schema {
  private final Set<String> texts;
  private final Set<String> numbers;
  /** When set, title and text joined by a blank, as BEIR's baselines read a document. */
  private final String combined;

  Schema(Set<String> texts, Set<String> numbers, String combined) {
    this.texts = texts;
    this.numbers = numbers;
    this.combined = combined;
  }

  boolean isNumber(String field) {
    return numbers.contains(field);
  }

  /** A line of a collection as a Lucene document, with the line itself stored as its source. */
  Document document(String line, boolean stored) throws java.io.IOException {
    JsonNode node = Json.MAPPER.readTree(line);
    Document document = new Document();
    for (Iterator<Map.Entry<String, JsonNode>> entries = node.fields(); entries.hasNext();) {
      Map.Entry<String, JsonNode> entry = entries.next();
      String name = entry.getKey();
      if (name.equals("_id")) {
        document.add(new StringField(name, entry.getValue().asText(), Field.Store.YES));
      } else if (texts.contains(name)) {
        document.add(new TextField(name, entry.getValue().asText(), Field.Store.NO));
      } else if (numbers.contains(name)) {
        document.add(new LongPoint(name, entry.getValue().asLong()));
        document.add(new NumericDocValuesField(name, entry.getValue().asLong()));
      } else if (entry.getValue().isValueNode()) {
        document.add(new StringField(name, entry.getValue().asText(), Field.Store.NO));
      }
    }
    if (combined != null) {
      String all = (node.path("title").asText("") + " " + node.path("text").asText("")).strip();
      document.add(new TextField(combined, all, Field.Store.NO));
    }
    if (stored) document.add(new StoredField("_source", line.getBytes(StandardCharsets.UTF_8)));
    return document;
  }
}
