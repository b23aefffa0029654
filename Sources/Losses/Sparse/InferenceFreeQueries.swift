public import Tensors

/// Query vectors that need no model: each word of the query has its weight from a table, mostly the inverse document frequency.
///
/// Column j of a query's vector is `weights[j]` if token j is among its tokens, however often, and 0 otherwise. Equal to
/// sentence-transformers' `SparseStaticEmbedding` and to OpenSearch's tokenizer models. The table can be trained.
public struct InferenceFreeQueries: Sendable {
    /// For each query, its tokens in ascending order, each once.
    private let tokens: [[Int]]

    /// Takes the token ids of queries, without special tokens; all inside the table.
    public init(_ queries: [[Int32]]) {
        tokens = queries.map { query in Set(query).map { Int($0) }.sorted() }
    }

    /// Writes the vectors.
    ///
    /// - Parameters:
    ///   - weights: the table, one value for each token of the vocabulary.
    ///   - vectors: [queries][vocabulary], overwritten.
    public func write(weights: UnsafeBufferPointer<Float>, to vectors: MatrixView) {
        precondition(vectors.rows == tokens.count && vectors.columns == weights.count, "shapes differ")
        for (row, tokens) in tokens.enumerated() {
            let vector = vectors[row]
            vector.update(repeating: 0)
            for token in tokens { vector[token] = weights[token] }
        }
    }

    /// Adds the derivatives by the table to `sums`, from those by the vectors; queries in their order.
    public func addDerivatives(_ gradient: MatrixView, to sums: UnsafeMutableBufferPointer<Float>) {
        precondition(gradient.rows == tokens.count && gradient.columns == sums.count, "shapes differ")
        for (row, tokens) in tokens.enumerated() {
            let derivatives = gradient[row]
            for token in tokens { sums[token] += derivatives[token] }
        }
    }
}
