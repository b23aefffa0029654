import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * Asks Lucene and the Java runtime, code point by code point, what they make of each, and prints the answers as JSON.
 * scripts/make_analysis_tables.py turns them into Swift tables.
 */
public final class LuceneTables {
    private static final int LAST = 0x10FFFF;
    private static final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    private static String string(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c < 0x20 || c > 0x7E || c == '"' || c == '\\') json.append(String.format("\\u%04x", (int) c));
            else json.append(c);
        }
        return json.append('"').toString();
    }

    /** Runs of equal values: [first, count, value], zero left out. */
    private static void runs(String name, IntUnaryOperator value) {
        out.print(string(name) + ": [");
        String separator = "";
        int first = 0, current = value.applyAsInt(0);
        for (int c = 1; c <= LAST + 1; c++) {
            int next = c <= LAST ? value.applyAsInt(c) : -1;
            if (next == current) continue;
            if (current != 0) {
                out.print(separator + "[" + first + "," + (c - first) + "," + current + "]");
                separator = ",";
            }
            first = c;
            current = next;
        }
        out.println("],");
    }

    /** What becomes of single code points, where it differs. */
    private static void mapping(String name, IntFunction<String> map) {
        out.print(string(name) + ": {");
        String separator = "";
        for (int c = 0; c <= LAST; c++) {
            if (c >= 0xD800 && c <= 0xDFFF) continue;
            String text = Character.toString(c), mapped = map.apply(c);
            if (mapped.equals(text)) continue;
            out.print(separator + "\"" + c + "\": " + string(mapped));
            separator = ",";
        }
        out.println("},");
    }

    private static IntFunction<String> filter(java.util.function.Function<TokenStream, TokenStream> make) {
        KeywordTokenizer tokenizer = new KeywordTokenizer(64);
        TokenStream stream = make.apply(tokenizer);
        CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
        return c -> {
            try {
                tokenizer.setReader(new java.io.StringReader(Character.toString(c)));
                stream.reset();
                stream.incrementToken();
                String text = term.toString();
                stream.end();
                stream.close();
                return text;
            } catch (java.io.IOException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private static void scanner(String name, String className) throws Exception {
        Class<?> scanner = Class.forName(className);
        Method map = scanner.getDeclaredMethod("zzCMap", int.class);
        map.setAccessible(true);
        runs(name + "Classes", c -> {
            try {
                return (int) map.invoke(null, c) + 1;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        });
        for (String table : new String[] {"ZZ_LEXSTATE", "ZZ_ACTION", "ZZ_ROWMAP", "ZZ_TRANS", "ZZ_ATTRIBUTE"}) {
            Field field = scanner.getDeclaredField(table);
            field.setAccessible(true);
            out.println(string(name + table) + ": " + java.util.Arrays.toString((int[]) field.get(null)) + ",");
        }
    }

    private static void stopWords() throws Exception {
        String[][] languages = {
            {"arabic", "ar.ArabicAnalyzer"}, {"armenian", "hy.ArmenianAnalyzer"}, {"basque", "eu.BasqueAnalyzer"},
            {"bengali", "bn.BengaliAnalyzer"}, {"brazilian", "br.BrazilianAnalyzer"},
            {"bulgarian", "bg.BulgarianAnalyzer"}, {"catalan", "ca.CatalanAnalyzer"}, {"cjk", "cjk.CJKAnalyzer"},
            {"czech", "cz.CzechAnalyzer"}, {"danish", "da.DanishAnalyzer"}, {"dutch", "nl.DutchAnalyzer"},
            {"english", "en.EnglishAnalyzer"}, {"estonian", "et.EstonianAnalyzer"},
            {"finnish", "fi.FinnishAnalyzer"}, {"french", "fr.FrenchAnalyzer"}, {"galician", "gl.GalicianAnalyzer"},
            {"german", "de.GermanAnalyzer"}, {"greek", "el.GreekAnalyzer"}, {"hindi", "hi.HindiAnalyzer"},
            {"hungarian", "hu.HungarianAnalyzer"}, {"indonesian", "id.IndonesianAnalyzer"},
            {"irish", "ga.IrishAnalyzer"}, {"italian", "it.ItalianAnalyzer"}, {"latvian", "lv.LatvianAnalyzer"},
            {"lithuanian", "lt.LithuanianAnalyzer"}, {"norwegian", "no.NorwegianAnalyzer"},
            {"persian", "fa.PersianAnalyzer"}, {"portuguese", "pt.PortugueseAnalyzer"},
            {"romanian", "ro.RomanianAnalyzer"}, {"russian", "ru.RussianAnalyzer"}, {"sorani", "ckb.SoraniAnalyzer"},
            {"spanish", "es.SpanishAnalyzer"}, {"swedish", "sv.SwedishAnalyzer"}, {"thai", "th.ThaiAnalyzer"},
            {"turkish", "tr.TurkishAnalyzer"},
        };
        out.println("\"stopWords\": {");
        String separator = "";
        for (String[] language : languages) {
            Class<?> analyzer = Class.forName("org.apache.lucene.analysis." + language[1]);
            CharArraySet words;
            try {
                words = (CharArraySet) analyzer.getMethod("getDefaultStopSet").invoke(null);
            } catch (NoSuchMethodException e) {
                words = (CharArraySet) analyzer.getField("ENGLISH_STOP_WORDS_SET").get(null);
            }
            TreeSet<String> sorted = new TreeSet<>();
            for (Object word : words) sorted.add(new String((char[]) word));
            out.print(separator + string(language[0]) + ": [");
            String comma = "";
            for (String word : sorted) {
                out.print(comma + string(word));
                comma = ",";
            }
            out.print("]");
            separator = ",\n";
        }
        out.println("},");
    }

    private static int[] trans, rows, action, attribute;
    private static Method classOf;

    private static int step(int state, char c) throws ReflectiveOperationException {
        return trans[rows[state] + (int) classOf.invoke(null, (int) c)];
    }

    private static int[] table(Class<?> scanner, String name) throws ReflectiveOperationException {
        Field field = scanner.getDeclaredField(name);
        field.setAccessible(true);
        return (int[]) field.get(null);
    }

    /** Everything that may stand behind "example." for the whole to be a URL. */
    private static void topLevelDomains() throws ReflectiveOperationException {
        Class<?> scanner = Class.forName("org.apache.lucene.analysis.email.UAX29URLEmailTokenizerImpl");
        trans = table(scanner, "ZZ_TRANS");
        rows = table(scanner, "ZZ_ROWMAP");
        action = table(scanner, "ZZ_ACTION");
        attribute = table(scanner, "ZZ_ATTRIBUTE");
        classOf = scanner.getDeclaredMethod("zzCMap", int.class);
        classOf.setAccessible(true);
        int base = table(scanner, "ZZ_LEXSTATE")[0];
        for (char c : "example.".toCharArray()) base = step(base, c);
        int com = base;
        for (char c : "com".toCharArray()) com = step(com, c);
        String letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
        // States from which letters alone lead to a URL.
        boolean[] leads = new boolean[rows.length];
        for (int s = 0; s < leads.length; s++) leads[s] = (attribute[s] & 1) != 0 && action[s] == action[com];
        for (boolean changed = true; changed; ) {
            changed = false;
            for (int s = 0; s < leads.length; s++)
                for (int i = 0; i < letters.length() && !leads[s]; i++) {
                    int next = step(s, letters.charAt(i));
                    if (next >= 0 && leads[next]) leads[s] = changed = true;
                }
        }
        TreeSet<String> found = new TreeSet<>();
        collect(base, "", letters, leads, action[com], found);
        out.print("\"topLevelDomains\": [");
        String separator = "";
        for (String domain : found) {
            out.print(separator + string(domain));
            separator = ",";
        }
        out.println("],");
    }

    private static void collect(int state, String name, String letters, boolean[] leads, int url, TreeSet<String> found)
            throws ReflectiveOperationException {
        if (name.length() > 30) return;
        if ((attribute[state] & 1) != 0 && action[state] == url && !name.isEmpty()) found.add(name);
        for (char c : letters.toCharArray()) {
            int next = step(state, c);
            if (next >= 0 && leads[next]) collect(next, name + c, letters, leads, url, found);
        }
    }

    public static void main(String[] arguments) throws Exception {
        out.println("{");
        scanner("standard", "org.apache.lucene.analysis.standard.StandardTokenizerImpl");
        scanner("classic", "org.apache.lucene.analysis.classic.ClassicTokenizerImpl");
        runs("categories", Character::getType);
        runs("whitespace", c -> Character.isWhitespace(c) ? 1 : 0);
        mapping("lower", c -> Character.toString(Character.toLowerCase(c)));
        mapping("upper", c -> Character.toString(Character.toUpperCase(c)));
        mapping("asciiFolding", filter(ASCIIFoldingFilter::new));
        mapping("cjkWidth", filter(CJKWidthFilter::new));
        stopWords();
        topLevelDomains();
        out.println("\"lucene\": " + string(org.apache.lucene.util.Version.LATEST.toString()) + ",");
        out.println("\"java\": " + string(System.getProperty("java.specification.version")));
        out.println("}");
        out.flush();
    }
}
