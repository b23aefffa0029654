/// A query, documents, and perhaps numbers: one row of training data.
///
/// Texts are numbers of ``TrainingData/texts``, so that equal texts are the same number.
public struct TrainingExample: Sendable, Hashable {
    /// The query, or the first text of a pair.
    public var query: Int32
    /// The documents: those that answer the query come first.
    public var documents: [Int32]
    /// How many of `documents` are known to answer the query; 0 where only numbers say so.
    public var positives: Int
    /// A label or a teacher's score for each document, a teacher's margin for each negative, one label for a pair, or none.
    public var labels: [Float]
    /// Numbers of the ids of the documents, where the data have some: texts of one id are parts of one document.
    public var origins: [Int32]
    /// The line that it was read from; of a BEIR folder, of its judgements.
    public var line: Int

    /// An example.
    public init(
        query: Int32, documents: [Int32], positives: Int, labels: [Float] = [], origins: [Int32] = [], line: Int = 0
    ) {
        self.query = query
        self.documents = documents
        self.positives = positives
        self.labels = labels
        self.origins = origins
        self.line = line
    }
}

/// What the examples of a data set look like.
public enum ExampleKind: String, Sendable, Hashable, CaseIterable {
    /// A query and a document that answers it.
    case pairs
    /// A query, a document that answers it and others that do not, perhaps with a teacher's scores or margins.
    case tuples
    /// Two texts and a label.
    case labelledPairs = "labelled pairs"
    /// A query and documents with a score each.
    case scoredLists = "scored lists"
}
