/// A `term` suggestion: for each word of a text, words of the index that are spelt alike.
public struct TermSuggestion: Sendable, Hashable {
    /// For which words others are suggested, and which.
    public enum Mode: String, Sendable, Hashable {
        /// Words that are not in the index.
        case missing
        /// Words that are in more documents than the word itself.
        case popular
        /// Any.
        case always
    }

    /// What comes first.
    public enum Order: String, Sendable, Hashable {
        /// The likeness, then the number of documents, then the word.
        case score
        /// The number of documents, then the likeness, then the word.
        case frequency
    }

    /// The name in the response.
    public var name: String
    /// The text whose words are looked at.
    public var text: String
    /// The field whose words are suggested.
    public var field: String
    /// The analyser in place of the field's.
    public var analyzer: String?
    /// How many words are suggested for each at most.
    public var size = 5
    /// How many words each index contributes; by default as many as `size`, but at least 5.
    public var shardSize: Int?
    /// For which words others are suggested.
    public var mode = Mode.missing
    /// What comes first.
    public var order = Order.score
    /// How likeness is measured.
    public var distance = StringDistance.edits
    /// How many edits apart words may be: 1 or 2.
    public var maxEdits = 2
    /// How many characters at the beginning are the same.
    public var prefixLength = 1
    /// Shorter words are left alone; in characters.
    public var minWordLength = 4
    /// The likeness that is needed, from 0 to 1.
    public var accuracy: Float = 0.5
    /// How many candidates are looked at for each word that may be suggested.
    public var maxInspections = 5
    /// Words in more documents are left alone: a share of all documents below 1, else a number.
    public var maxTermFrequency: Float = 0.01
    /// Words in fewer documents are not suggested: a share of all documents below 1, else a number.
    public var minDocumentFrequency: Float = 0

    /// A suggestion with OpenSearch's defaults.
    public init(name: String, text: String, field: String) {
        self.name = name
        self.text = text
        self.field = field
    }
}

/// A word of the text with what is suggested for it.
struct SuggestionEntry {
    /// A word that is suggested.
    struct Option {
        var text: String
        var score: Float
        var frequency: Int
    }

    var text: String
    /// In UTF-16 code units.
    var offset: Int
    var length: Int
    var options: [Option]
}

extension TermSuggestion.Order {
    /// Whether one option comes before another.
    func precedes(_ a: SuggestionEntry.Option, _ b: SuggestionEntry.Option) -> Bool {
        switch self {
        case .score where a.score != b.score: a.score > b.score
        case .score where a.frequency != b.frequency: a.frequency > b.frequency
        case .frequency where a.frequency != b.frequency: a.frequency > b.frequency
        case .frequency where a.score != b.score: a.score > b.score
        default: a.text.utf16.lexicographicallyPrecedes(b.text.utf16)
        }
    }
}
