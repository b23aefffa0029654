public import Encoders
public import Tensors

/// Exact search by a dense encoder: all documents are compared with all queries.
///
/// Memory: 4 bytes for each value of each document's vector.
public struct DenseSource: CandidateSource {
    /// `dense`, or what the caller calls it.
    public let name: String
    private let encoder: DenseEncoder
    private let pool: WorkerPool
    private let table: VectorTable
    private let queryPrompt: Prompt
    private let normalizes: Bool?
    private let encoded = EncodedQueries<TextEmbeddings>()

    /// Encodes the documents.
    ///
    /// - Parameters:
    ///   - documents: their texts, by number.
    ///   - name: tells several dense sources apart.
    ///   - pool: threads for the comparison.
    ///   - queryPrompt: what is put before queries.
    ///   - documentPrompt: what is put before documents.
    /// - Throws: ``EncoderError``, and ``MiningError`` for a model that compares by distances: use one that is meant for cosines or dot
    ///   products.
    public init(
        _ encoder: DenseEncoder, documents: [String], name: String = "dense", pool: WorkerPool,
        queryPrompt: Prompt = .query, documentPrompt: Prompt = .document, control: MiningControl = MiningControl()
    ) throws {
        guard encoder.similarity == .cosine || encoder.similarity == .dot else {
            throw MiningError(
                .badSetting, "the dense model compares by \(encoder.similarity.rawValue) distance",
                advice: "Use a model that is meant for cosines or dot products")
        }
        self.encoder = encoder
        self.name = name
        self.pool = pool
        self.queryPrompt = queryPrompt
        normalizes = encoder.similarity == .cosine ? true : nil
        let table = VectorTable(count: documents.count, dimensions: encoder.dimensions)
        let normalizes = normalizes
        try control.inPortions(of: 1024, documents.count, "encode documents (\(name))") { range in
            let vectors = try encoder.embed(Array(documents[range]), prompt: documentPrompt, normalize: normalizes)
            vectors.values.withUnsafeBufferPointer { values in
                guard let start = values.baseAddress else { return }
                (table.values.base + range.lowerBound * table.dimensions).update(from: start, count: values.count)
            }
        }
        self.table = table
    }

    /// The best documents of each query.
    public func search(_ queries: [String], depth: Int, control: MiningControl) throws -> [[ScoredCandidate]] {
        let vectors = try encode(queries, control)
        return try table.search(
            vectors.values, depth: depth, pool: pool, control: control, part: "search (\(name))")
    }

    /// The similarities of certain documents.
    public func scores(_ queries: [String], documents: [[Int]], control: MiningControl) throws -> [[Float]] {
        let vectors = try encode(queries, control)
        let results = ResultTable<[Float]>(count: queries.count, initial: [])
        let table = table
        pool.run(queries.count) { query, worker in
            results[query] = table.scores(vectors[query], documents: documents[query], workspace: worker.workspace)
        }
        return results.values
    }

    private func encode(_ queries: [String], _ control: MiningControl) throws -> TextEmbeddings {
        try encoded.vectors(of: queries) {
            try control.report("encode queries (\(name))", 0, of: queries.count)
            let vectors = try encoder.embed(queries, prompt: queryPrompt, normalize: normalizes)
            try control.report("encode queries (\(name))", queries.count, of: queries.count)
            return vectors
        }
    }
}
