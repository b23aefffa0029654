/// Dense vectors of texts, in the order of the texts: row-major float32, `count` rows of `dimensions` values.
public struct TextEmbeddings: Sendable, Hashable, RandomAccessCollection {
    /// The length of every vector.
    public let dimensions: Int
    /// All vectors back to back.
    public let values: [Float]
    /// Tokens of each text, special tokens included.
    public let tokenCounts: [Int]
    /// Whether each text was longer than the model can read.
    public let isTruncated: [Bool]

    package init(dimensions: Int, values: [Float], tokenCounts: [Int], isTruncated: [Bool]) {
        self.dimensions = dimensions
        self.values = values
        self.tokenCounts = tokenCounts
        self.isTruncated = isTruncated
    }

    /// Vectors of sequences in one piece.
    package init(dimensions: Int, vectors: [[Float]], of sequences: [TokenSequence]) {
        var values: [Float] = []
        values.reserveCapacity(vectors.count * dimensions)
        for vector in vectors { values += vector }
        self.init(
            dimensions: dimensions, values: values, tokenCounts: sequences.map(\.count),
            isTruncated: sequences.map(\.isTruncated))
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// The number of texts.
    public var endIndex: Int { tokenCounts.count }

    /// The vector of the text at `index`, without a copy.
    public subscript(index: Int) -> ArraySlice<Float> {
        values[(index * dimensions)..<((index + 1) * dimensions)]
    }
}

/// The last hidden states of one text: one vector for each token, special tokens included.
public struct TokenEmbeddings: Sendable, Hashable {
    /// The tokens.
    public let sequence: TokenSequence
    /// The length of every vector.
    public let dimensions: Int
    /// Row-major float32: one row for each token.
    public let values: [Float]

    package init(sequence: TokenSequence, dimensions: Int, values: [Float]) {
        self.sequence = sequence
        self.dimensions = dimensions
        self.values = values
    }
}
