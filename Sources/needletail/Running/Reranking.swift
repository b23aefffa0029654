import Encoders

/// The answer to a rerank request: its documents in the order of their scores.
struct Reranking {
    struct Result {
        /// The place in the request, from 0.
        let index: Int
        let document: RerankRequest.Document
        /// The score after the activation.
        let score: Float
        /// The raw output, which decides the order.
        let logit: Float
        let isTruncated: Bool
    }

    /// Best first; equal scores keep the order of the request.
    let results: [Result]
    let tokenCount: Int
    let duration: Duration

    /// Scores the documents of a request and sorts them.
    init(
        of request: RerankRequest, with encoder: CrossEncoder, activation: ScoreActivation? = nil,
        control: EncodingControl = EncodingControl()
    ) throws(EncoderError) {
        let start = ContinuousClock.now
        let pairs = request.documents.map { TextPair(request.query, $0.text) }
        let scores = pairs.isEmpty ? [] : try encoder.score(pairs, activation: activation, control: control)
        results = zip(request.documents.indices, scores).map { index, score in
            Result(
                index: index, document: request.documents[index], score: score.score, logit: score.logit,
                isTruncated: score.isTruncated)
        }.sorted { ($0.logit, $1.index) > ($1.logit, $0.index) }
        tokenCount = scores.reduce(0) { $0 + $1.tokenCount }
        duration = ContinuousClock.now - start
    }
}

extension CrossEncoder {
    /// Loads a model that can rank: a cross-encoder with one output.
    static func reranker(_ model: String, _ options: RunningOptions) throws -> CrossEncoder {
        let path = try ModelLocator.path(of: model)
        let encoder = try CrossEncoder(path: path, options: options.encoderOptions())
        guard encoder.labels.count == 1 else {
            throw CommandFailure(
                .badData,
                "\(path): the model has \(encoder.labels.count) outputs (\(encoder.labels.joined(separator: ", "))); a reranker has "
                    + "one. Take a model that was trained to rank.")
        }
        return encoder
    }
}
