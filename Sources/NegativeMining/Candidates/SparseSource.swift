public import Encoders
public import Tensors

/// Exact search by a learned sparse encoder: dot products over lists of the documents of each token.
///
/// Memory: 16 bytes for each entry of each document's vector.
public struct SparseSource: CandidateSource {
    /// `sparse`, or what the caller calls it.
    public let name: String
    private let encoder: SparseEncoder
    private let pool: WorkerPool
    private let vectors: [SparseVector]
    private let lists: TokenLists
    private let encoded = EncodedQueries<[SparseVector]>()

    /// Encodes the documents.
    ///
    /// - Parameters:
    ///   - documents: their texts, by number.
    ///   - name: tells several sparse sources apart.
    ///   - pool: threads for the comparison.
    public init(
        _ encoder: SparseEncoder, documents: [String], name: String = "sparse", pool: WorkerPool,
        control: MiningControl = MiningControl()
    ) throws {
        self.encoder = encoder
        self.name = name
        self.pool = pool
        var vectors: [SparseVector] = []
        vectors.reserveCapacity(documents.count)
        try control.inPortions(of: 256, documents.count, "encode documents (\(name))") { range in
            vectors += try encoder.encode(Array(documents[range]), as: .document)
        }
        lists = TokenLists(vectors, vocabulary: encoder.vocabularySize)
        self.vectors = vectors
    }

    /// The best documents of each query; those without a token in common are not among them.
    public func search(_ queries: [String], depth: Int, control: MiningControl) throws -> [[ScoredCandidate]] {
        let vectors = try encode(queries, control)
        let results = ResultTable<[ScoredCandidate]>(count: queries.count, initial: [])
        let lists = lists
        try control.inPortions(of: 256, queries.count, "search (\(name))") { range in
            pool.run(range.count) { offset, worker in
                let query = range.lowerBound + offset
                results[query] = lists.search(vectors[query], depth: depth, workspace: worker.workspace)
            }
        }
        return results.values
    }

    /// The dot products of certain documents.
    public func scores(_ queries: [String], documents: [[Int]], control: MiningControl) throws -> [[Float]] {
        let vectors = try encode(queries, control)
        return zip(vectors, documents).map { vector, documents in documents.map { vector.dot(self.vectors[$0]) } }
    }

    private func encode(_ queries: [String], _ control: MiningControl) throws -> [SparseVector] {
        try encoded.vectors(of: queries) {
            try control.report("encode queries (\(name))", 0, of: queries.count)
            let vectors = try encoder.encode(queries, as: .query)
            try control.report("encode queries (\(name))", queries.count, of: queries.count)
            return vectors
        }
    }
}

/// The documents of each token with its weight in them, back to back.
private final class TokenLists: Sendable {
    private let documentCount: Int
    /// Where the list of each token begins; one more than there are tokens.
    private let starts: [Int]
    private let documents: [Int32]
    private let weights: [Float]

    init(_ vectors: [SparseVector], vocabulary: Int) {
        documentCount = vectors.count
        var starts = [Int](repeating: 0, count: vocabulary + 1)
        for vector in vectors { for token in vector.tokenIDs { starts[Int(token) + 1] += 1 } }
        for token in 0..<vocabulary { starts[token + 1] += starts[token] }
        var next = starts
        var documents = [Int32](repeating: 0, count: starts[vocabulary])
        var weights = [Float](repeating: 0, count: starts[vocabulary])
        for (number, vector) in vectors.enumerated() {
            for (token, weight) in zip(vector.tokenIDs, vector.weights) {
                documents[next[Int(token)]] = Int32(number)
                weights[next[Int(token)]] = weight
                next[Int(token)] += 1
            }
        }
        self.starts = starts
        self.documents = documents
        self.weights = weights
    }

    /// Sums in the order of the tokens, as ``SparseVector/dot(_:)`` does.
    func search(_ query: SparseVector, depth: Int, workspace: Workspace) -> [ScoredCandidate] {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let sums = UnsafeMutableBufferPointer(start: workspace.floats(documentCount), count: documentCount)
        sums.update(repeating: 0)
        for (token, weight) in zip(query.tokenIDs, query.weights) {
            for entry in starts[Int(token)]..<starts[Int(token) + 1] {
                sums[Int(documents[entry])] += weight * weights[entry]
            }
        }
        let tops = TopScores(queries: 1, depth: min(depth, documentCount))
        tops.take(UnsafeBufferPointer(sums), firstDocument: 0, query: 0)
        return tops.best(0).filter { $0.score > 0 }
    }
}
