public import JSON
import Querying
public import SparseIndex

/// What the processors of one search share.
public struct PipelineContext: Sendable {
    /// Attributes by name: `original_size` after `oversample`.
    public var attributes: [String: JSONValue] = [:]
    /// In which two phases `neural_sparse` queries are answered; nil: in one.
    public var twoPhase: TwoPhaseParameters?

    /// No attributes.
    public init() {}
}

/// One step of a search pipeline.
protocol SearchProcessor: Sendable {
    /// OpenSearch's name.
    static var type: String { get }

    /// Reads the settings.
    ///
    /// - Throws: ``PipelineError``.
    init(_ settings: inout ProcessorSettings) throws
}

/// Changes a search before it runs.
protocol RequestProcessor: SearchProcessor {
    /// Changes the body of the search.
    ///
    /// - Throws: ``PipelineError`` when it cannot.
    func process(_ body: inout JSONObject, _ context: inout PipelineContext) throws
}

/// Says how the results of several queries become one list.
protocol PhaseResultsProcessor: SearchProcessor {
    /// What to do with the results of a hybrid query.
    var fusion: ScoreFusion { get }
}

/// Changes an answer before it is sent.
protocol ResponseProcessor: SearchProcessor {
    /// Changes the hits.
    ///
    /// - Throws: ``PipelineError`` when it cannot.
    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) throws
}
