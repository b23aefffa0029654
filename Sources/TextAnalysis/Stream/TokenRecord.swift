/// One token within a ``TokenBatch``; its text lies in the batch's arena.
struct TokenRecord: BitwiseCopyable {
    /// The first byte in the arena.
    var start: Int32
    /// The bytes of the text.
    var length: Int32
    /// UTF-16 code units of the text as the tokeniser saw it; corrected for character filters once it is done.
    var startOffset: Int32
    var endOffset: Int32
    /// How far this position is behind the one of the token before; 0 for a token at the same place.
    var positionIncrement: Int32 = 1
    /// How many positions the token spans.
    var positionLength: Int32 = 1
    var type: TokenType = .word
    /// Whether stemmers leave the token alone.
    var isKeyword = false

    var end: Int32 { start + length }
}

/// The lexical types that Lucene's tokenisers and filters give.
enum TokenType: UInt8, CaseIterable, BitwiseCopyable {
    case word, alphanumeric, number, southeastAsian, ideographic, hiragana, katakana, hangul, emoji, url, email
    case synonym, shingle, gram, single, double, apostrophe, acronym, company, host, cjkCharacter, acronymDeprecated
    case fingerprint

    /// The name as `_analyze` shows it and `keep_types` reads it.
    var name: String {
        switch self {
        case .word: "word"
        case .alphanumeric: "<ALPHANUM>"
        case .number: "<NUM>"
        case .southeastAsian: "<SOUTHEAST_ASIAN>"
        case .ideographic: "<IDEOGRAPHIC>"
        case .hiragana: "<HIRAGANA>"
        case .katakana: "<KATAKANA>"
        case .hangul: "<HANGUL>"
        case .emoji: "<EMOJI>"
        case .url: "<URL>"
        case .email: "<EMAIL>"
        case .synonym: "SYNONYM"
        case .shingle: "shingle"
        case .gram: "gram"
        case .single: "<SINGLE>"
        case .double: "<DOUBLE>"
        case .apostrophe: "<APOSTROPHE>"
        case .acronym: "<ACRONYM>"
        case .company: "<COMPANY>"
        case .host: "<HOST>"
        case .cjkCharacter: "<CJ>"
        case .acronymDeprecated: "<ACRONYM_DEP>"
        case .fingerprint: "fingerprint"
        }
    }
}
