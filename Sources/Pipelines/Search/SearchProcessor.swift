public import JSON
public import Querying
public import SparseIndex

/// What the processors of one search share.
public struct PipelineContext: Sendable {
    /// Attributes by name: `original_size` after `oversample`.
    public var attributes: [String: JSONValue] = [:]
    /// In which two phases `neural_sparse` queries are answered; nil: in one.
    public var twoPhase: TwoPhaseParameters?
    /// The search as it runs: its body after the request processors.
    public var body = JSONObject()
    /// The search as it was sent.
    public var sentBody = JSONObject()
    /// The part of the hits that is answered, where more were fetched for ``SearchPipeline/window(for:)``; nil: all.
    public var page: Range<Int>?
    /// Scores passages; nil: no model is known.
    public var scorer: (any PassageScoring)?
    /// What processors tell beside the hits: `ext` of the answer.
    public var extensions = JSONObject()
    /// Counts what runs; nil: nobody asks.
    public var statistics: PipelineStatistics?

    /// Waits for the end of a time limit.
    package var wait: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// Nothing.
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
    /// How many hits it wants to see, whatever the page is; nil: those of the page.
    func window(for body: JSONObject) -> Int?

    /// Changes the hits.
    ///
    /// - Throws: ``PipelineError`` when it cannot; `CancellationError`.
    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) async throws
}

extension ResponseProcessor {
    func window(for body: JSONObject) -> Int? { nil }
}
