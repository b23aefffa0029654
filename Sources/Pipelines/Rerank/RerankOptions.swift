import JSON
import Querying

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What `rerank` by `ml_opensearch` does beyond OpenSearch; nothing of it unless it is asked for.
///
/// Each may stand in the processor's `ml_opensearch` object and, for one search, in `ext.rerank`, which wins.
struct RerankOptions: Sendable, Hashable {
    /// What becomes of the model's raw score.
    enum Activation: String, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// 1 / (1 + e^-x): between 0 and 1.
        case sigmoid

        func callAsFunction(_ score: Float) -> Float {
            switch self {
            case .none: score
            case .sigmoid: Float(1 / (1 + exp(-Double(score))))
            }
        }
    }

    /// `window_size`: how many hits of the first stage are reranked, whatever `from` and `size` are; nil: those that are returned.
    var window: Int?
    /// `timeout`: how long the model may take; hits that it has not scored by then stand behind those that it has.
    var timeout: Duration?
    /// `activation`.
    var activation = Activation.none
    /// `explain`: whether each hit tells how its score came about.
    var explain = false
    /// `keep_previous_score` with `previous_score_field`: where the score of the first stage is kept.
    var previousScore: String?
    /// `chunking`: how long texts are scored; nil: cut by the model.
    var chunking: PassageChunking?

    /// What the score of the first stage is kept as unless a name is given.
    static let previousScoreField = "previous_score"

    /// Reads the options that are given; the others stay.
    ///
    /// - Throws: ``PipelineError`` that names the option.
    mutating func read(_ settings: inout ProcessorSettings) throws {
        if let size = try settings.int("window_size") {
            guard size > 0 else { throw settings.fault("window_size", "must be 1 or more, but is [\(size)]") }
            window = size
        }
        if let text = try settings.optionalString("timeout") {
            do { timeout = try TimeValue.parse(text, setting: "timeout") } catch { throw PipelineError(error) }
            if let time = timeout, time < .zero { timeout = nil }
        }
        if let name = try settings.optionalString("activation") {
            guard let known = Activation(rawValue: name.lowercased()) else {
                let names = Activation.allCases.map(\.rawValue).joined(separator: ", ")
                throw settings.fault("activation", "[\(name)] is not known: it is one of [\(names)]")
            }
            activation = known
        }
        explain = try settings.bool("explain", default: explain)
        let field = try settings.optionalString("previous_score_field")
        let keeps = try settings.bool("keep_previous_score", default: previousScore != nil)
        previousScore = keeps ? field ?? previousScore ?? Self.previousScoreField : nil
        if let clause = try settings.object("chunking") {
            var clause = try ProcessorSettings(settings.type, clause)
            chunking = try PassageChunking(&clause)
            try clause.finish()
        }
    }

    /// The options of one search.
    ///
    /// - Parameter rerank: `ext.rerank`; members that are no options are left alone, as OpenSearch leaves them.
    func changed(by rerank: JSONValue?) throws -> RerankOptions {
        guard let members = rerank?.object else { return self }
        var options = self
        var settings = try ProcessorSettings(RerankProcessor.type, members)
        try options.read(&settings)
        return options
    }
}
