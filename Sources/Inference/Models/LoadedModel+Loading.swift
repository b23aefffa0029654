import Encoders
import ModelFiles
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension LoadedModel {
    /// Reads the files and runs the model once, so that the first request finds everything in memory.
    ///
    /// - Parameter threads: the threads that will compute; told in the facts.
    convenience init(
        loading declaration: ModelDeclaration, settings: InferenceSettings, threads: Int, metrics: ModelMetrics
    ) throws(EncoderError) {
        let options = EncoderOptions(
            precision: declaration.precision, maxSequenceLength: declaration.maxSequenceLength,
            tileTokens: settings.tileTokens, pool: WorkerPool(threads: 1))
        let (encoder, facts): (Encoder, ModelFacts)
        let now = Int(time(nil))
        let revision = Self.revision(in: declaration.path)
        switch declaration.task {
        case .crossEncoder:
            let cross = try CrossEncoder(path: declaration.path, options: options)
            encoder = .cross(cross)
            facts = ModelFacts(
                summary: cross.summary.with(threads: threads), maxSequenceLength: cross.maxSequenceLength,
                labels: cross.labels, activation: cross.activation, promptNames: [], readySince: now,
                revision: revision)
        case .dense:
            let dense = try DenseEncoder(path: declaration.path, options: options)
            encoder = .dense(dense)
            facts = ModelFacts(
                summary: dense.summary.with(threads: threads), maxSequenceLength: dense.maxSequenceLength, labels: [],
                dimensions: dense.dimensions, promptNames: dense.prompts.keys.sorted(), readySince: now,
                revision: revision)
        case .sparse, .sparseQuery:
            let sparse = try SparseEncoder(path: declaration.path, options: options)
            encoder = .sparse(sparse)
            facts = ModelFacts(
                summary: sparse.summary.with(threads: threads), maxSequenceLength: sparse.maxSequenceLength, labels: [],
                dimensions: sparse.vocabularySize, promptNames: [], readySince: now, revision: revision)
        }
        self.init(declaration, encoder: encoder, facts: facts, metrics: metrics)
        try runOnce()
    }

    private func runOnce() throws(EncoderError) {
        let text = "warm"
        switch encoder {
        case .cross(let cross): _ = try cross.score([TextPair(text, text)])
        case .dense(let dense): _ = try dense.embed([text])
        case .sparse(let sparse):
            _ = try sparse.encode([text], as: .query)
            if sparse.summary.layerCount > 0 { _ = try sparse.encode([text], as: .document) }
        }
    }

    /// The commit in the path of a hub snapshot: `…/snapshots/COMMIT/…`.
    static func revision(in path: String) -> String? {
        let parts = path.split(separator: "/")
        guard let index = parts.lastIndex(of: "snapshots"), index + 1 < parts.count else { return nil }
        return String(parts[index + 1])
    }
}
