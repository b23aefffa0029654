import Testing
import Tokenizers

/// Patterns that Oniguruma and PCRE2 read differently.
@Suite struct OnigurumaSyntaxTests {
    @Test(arguments: [
        ("\\s+", "[\\t-\\r\\x{85}\\p{Z}]+"),
        ("[^\\s\\p{L}]", "[^\\t-\\r\\x{85}\\p{Z}\\p{L}]"),
        ("\\S", "[^\\t-\\r\\x{85}\\p{Z}]"),
        ("\\\\w", "\\\\w"),
        ("\\h", "[0-9a-fA-F]"),
        ("\\p{N}{1,3}+", "(?:\\p{N}{1,3})+"),
        ("(ab){2}+", "(?:(ab){2})+"),
        ("[ab]{2}+x", "(?:[ab]{2})+x"),
        ("a{,3}", "a{0,3}"),
        ("a{x}", "a{x}"),
        ("(?i:'s|'t)", "(?i:'s|'t)"),
        ("(?m:.)(?mi-x)", "(?s:.)(?si-x)"),
        ("(?=a)(?<name>b)(?!c)", "(?=a)(?<name>b)(?!c)"),
        ("\\u00e9", "\\x{00e9}"),
        ("[]a]", "[\\]a]"),
        ("[^]a]", "[^\\]a]"),
        ("[[:alpha:]_]", "[[:alpha:]_]"),
        ("é{2}+", "(?:é{2})+"),
        ("a\\", "a\\"),
    ])
    func isRewrittenForPCRE2(_ oniguruma: String, _ pcre2: String) throws {
        #expect(try OnigurumaSyntax.translate(oniguruma) == pcre2)
    }

    @Test(arguments: ["[a[bc]]", "[a-z&&[^b]]", "[\\w&&\\d]"])
    func setsOfSetsAreRefused(_ pattern: String) {
        #expect(throws: OnigurumaSyntax.Unsupported.self) { try OnigurumaSyntax.translate(pattern) }
    }
}
