/// What an index keeps of a field.
///
/// Fixed once the field has a number; a field may have any number of values in a document.
public struct FieldOptions: Sendable, Hashable {
    /// What the inverted index keeps of each term.
    public enum Indexing: UInt8, Sendable, Comparable {
        /// The field cannot be searched by term.
        case none
        /// Which documents have the term.
        case documents
        /// And how often.
        case frequencies
        /// And where.
        case positions

        /// By how much is kept.
        public static func < (a: Indexing, b: Indexing) -> Bool { a.rawValue < b.rawValue }
    }

    /// What is kept by document, for sorting, filtering and aggregations.
    public enum Values: UInt8, Sendable {
        /// Nothing.
        case none
        /// 64-bit integers; floating-point numbers as ``SortableDouble``. All values of a document are kept, ascending.
        case integers
        /// Byte strings, as ordinals into a sorted dictionary of the segment. Equal strings of one document are kept once.
        case ordinals
    }

    /// What the inverted index keeps.
    public var indexing: Indexing
    /// Whether the length of the field is kept for scoring, in one byte as Lucene does.
    public var hasNorms: Bool
    /// What is kept by document.
    public var values: Values
    /// What is kept in a file of its own.
    public var companion: Companion

    /// A field with the given parts.
    public init(
        indexing: Indexing = .none, hasNorms: Bool = false, values: Values = .none, companion: Companion = .none
    ) {
        self.indexing = indexing
        self.hasNorms = hasNorms
        self.values = values
        self.companion = companion
    }

    /// Analysed text: positions and norms.
    public static let text = FieldOptions(indexing: .positions, hasNorms: true)
    /// Exact strings: searchable, sortable, without norms.
    public static let keyword = FieldOptions(indexing: .documents, values: .ordinals)
    /// Which fields a document has.
    static let existence = FieldOptions(indexing: .documents)
    /// Numbers and dates that are only read by document.
    public static let number = FieldOptions(values: .integers)
}
