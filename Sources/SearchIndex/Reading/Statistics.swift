/// What scoring needs to know about a field.
///
/// Deleted documents count until they are merged away, as in Lucene.
public struct FieldStatistics: Sendable, Equatable {
    /// How many documents have at least one term.
    public var documentCount = 0
    /// How many postings there are: documents summed over terms.
    public var sumDocumentFrequency = 0
    /// How many occurrences there are.
    public var sumTotalTermFrequency = 0

    /// No terms.
    public init() {}

    /// A field with the given counts.
    public init(documentCount: Int, sumDocumentFrequency: Int, sumTotalTermFrequency: Int) {
        self.documentCount = documentCount
        self.sumDocumentFrequency = sumDocumentFrequency
        self.sumTotalTermFrequency = sumTotalTermFrequency
    }

    static func += (a: inout FieldStatistics, b: FieldStatistics) {
        a.documentCount += b.documentCount
        a.sumDocumentFrequency += b.sumDocumentFrequency
        a.sumTotalTermFrequency += b.sumTotalTermFrequency
    }
}

/// How often a term occurs.
///
/// Deleted documents count until they are merged away, as in Lucene.
public struct TermStatistics: Sendable, Equatable {
    /// In how many documents.
    public var documentFrequency = 0
    /// How often altogether.
    public var totalTermFrequency = 0

    /// A term that does not occur.
    public init() {}

    /// A term with the given counts.
    public init(documentFrequency: Int, totalTermFrequency: Int) {
        self.documentFrequency = documentFrequency
        self.totalTermFrequency = totalTermFrequency
    }

    static func += (a: inout TermStatistics, b: TermStatistics) {
        a.documentFrequency += b.documentFrequency
        a.totalTermFrequency += b.totalTermFrequency
    }
}
