public import JSON
public import Querying

/// A search pipeline: processors that change searches, join results and change answers.
public struct SearchPipeline: Sendable {
    /// A processor with what all processors have.
    struct Step<Processor: Sendable>: Sendable {
        var type: String
        var tag: String?
        var ignoresFailure: Bool
        var processor: Processor

        /// The name under which it is counted.
        var key: String { tag.map { "\(type):\($0)" } ?? type }
    }

    /// The name; a pipeline that came with a search has OpenSearch's.
    public let name: String
    private let requestSteps: [Step<any RequestProcessor>]
    private let fusions: [ScoreFusion]
    private let responseSteps: [Step<any ResponseProcessor>]

    /// What OpenSearch calls a pipeline that came with a search.
    public static let temporaryName = "_ad_hoc_pipeline"

    /// The setting that says how many fields a passage may be made of.
    public static let documentFieldsSetting = PassageFields.maximumSetting

    /// Reads a definition.
    ///
    /// - Parameter environment: the settings of the node, and what is stored there.
    /// - Throws: ``PipelineError`` with the processor and the property that is wrong.
    public init(
        _ definition: JSONObject, name: String, environment: PipelineEnvironment = PipelineEnvironment()
    ) throws {
        self.name = name
        try Self.checkHead(definition)
        var rest = definition
        for key in ["description", "version"] { rest[key] = nil }
        func steps<Processor>(
            _ key: String, _ known: [String: @Sendable (inout ProcessorSettings) throws -> Processor]
        ) throws -> [Step<Processor>] {
            defer { rest[key] = nil }
            guard let value = rest[key], !value.isNull else { return [] }
            guard let items = value.array else {
                throw PipelineError(
                    "parse_exception", "[\(key)] property isn't a list, but of type [\(value.javaType)]")
            }
            return try items.flatMap { try Self.steps($0, known, environment) }
        }
        requestSteps = try steps("request_processors", SearchProcessors.request)
        fusions = try steps("phase_results_processors", SearchProcessors.phaseResults).map(\.processor.fusion)
        responseSteps = try steps("response_processors", SearchProcessors.response)
        if !rest.isEmpty {
            throw PipelineError(
                "parse_exception",
                "pipeline [\(name)] doesn't support one or more provided configuration parameters [\(rest.keys.sorted().joined(separator: ", "))]"
            )
        }
    }

    /// Checks what is not about processors.
    private static func checkHead(_ definition: JSONObject) throws {
        if let value = definition["description"], !value.isNull, value.array != nil || value.object != nil {
            throw PipelineError(
                "parse_exception", "[description] property isn't a string, but of type [\(value.javaType)]")
        }
        if let value = definition["version"], !value.isNull, value.int == nil, value.string.flatMap({ Int($0) }) == nil
        {
            throw PipelineError(
                "parse_exception",
                "[version] property cannot be converted to an int [\(value.string ?? value.serialized())]")
        }
    }

    /// The processors of one element of a list: one for each member.
    private static func steps<Processor>(
        _ item: JSONValue, _ known: [String: @Sendable (inout ProcessorSettings) throws -> Processor],
        _ environment: PipelineEnvironment
    ) throws -> [Step<Processor>] {
        guard let members = item.object, members.allSatisfy({ $0.value.object != nil }) else {
            throw PipelineError(
                "parse_exception", "a processor must be an object with one member, its type: {\"type\": {settings}}")
        }
        return try members.map { type, values in
            guard let make = known[type] else {
                throw PipelineError.illegalArgument(
                    "Invalid processor type \(type): known here are [\(known.keys.sorted().joined(separator: ", "))]")
            }
            var settings = try ProcessorSettings(type, values.object ?? JSONObject())
            settings.environment = environment
            let processor = try make(&settings)
            try settings.finish()
            return Step(
                type: type, tag: settings.tag, ignoresFailure: settings.ignoresFailure, processor: processor)
        }
    }

    /// How the results of a hybrid query become one list; `nil` where the pipeline does not say.
    public var fusion: ScoreFusion? { fusions.last }

    /// Whether searches are changed before they run.
    public var changesRequests: Bool { !requestSteps.isEmpty }

    /// How many hits its processors want to see, whatever the page is; `nil`: those of the page.
    ///
    /// - Parameter body: the search, which may name a window of its own.
    public func window(for body: JSONObject) -> Int? {
        responseSteps.compactMap { $0.processor.window(for: body) }.max()
    }

    /// The processors that are counted, with the types of each.
    func processors(_ half: PipelineStatistics.Half) -> [(key: String, type: String)] {
        switch half {
        case .request: requestSteps.map { ($0.key, $0.type) }
        case .response: responseSteps.map { ($0.key, $0.type) }
        }
    }

    /// The types of processors that are known, by the lists in which they may stand.
    public static var knownTypes: [(list: String, types: [String])] {
        [
            ("request_processors", SearchProcessors.request.keys.sorted()),
            ("response_processors", SearchProcessors.response.keys.sorted()),
        ]
    }

    // MARK: Running

    /// Changes the body of a search.
    ///
    /// - Throws: ``PipelineError`` of a processor that may not fail.
    public func process(_ body: inout JSONObject, _ context: inout PipelineContext, trace: inout PipelineTrace) throws {
        guard !requestSteps.isEmpty else { return }
        let run = PipelineRun(.request, of: name, context.statistics)
        for step in requestSteps {
            let before = body
            let begin = ContinuousClock.now
            let result = Result { try step.processor.process(&body, &context) }
            let elapsed = ContinuousClock.now - begin
            if case .failure = result { body = before }
            let output = body
            if trace.isOn {
                trace.add(step.type, step.tag, elapsed, input: .object(before), output: result.map { .object(output) })
            }
            try run.finish(step.key, elapsed, result, ignoresFailure: step.ignoresFailure)
        }
        run.finish()
    }

    /// Changes hits, and leaves those of the page.
    ///
    /// - Throws: ``PipelineError`` of a processor that may not fail; `CancellationError`.
    public func process(
        _ hits: inout SearchResponse.Hits, _ context: inout PipelineContext, trace: inout PipelineTrace
    ) async throws {
        guard !responseSteps.isEmpty else { return }
        let run = PipelineRun(.response, of: name, context.statistics)
        let lastWindow = responseSteps.lastIndex { $0.processor.window(for: context.body) != nil }
        for (place, step) in responseSteps.enumerated() {
            let before = trace.isOn ? hits.shown : .null
            let begin = ContinuousClock.now
            var result: Result<Void, any Error> = .success(())
            do {
                var changed = hits
                try await step.processor.process(&changed, &context)
                hits = changed
            } catch {
                result = .failure(error)
            }
            let elapsed = ContinuousClock.now - begin
            if trace.isOn {
                let output = hits.shown
                trace.add(step.type, step.tag, elapsed, input: before, output: result.map { output })
            }
            try run.finish(step.key, elapsed, result, ignoresFailure: step.ignoresFailure)
            if place == lastWindow, let page = context.page {
                hits.hits = Array(hits.hits.dropFirst(page.lowerBound).prefix(page.count))
            }
        }
        run.finish()
    }
}

extension SearchResponse.Hits {
    /// The hits as `processor_results` shows them.
    fileprivate var shown: JSONValue { json()["hits"] ?? .null }
}

/// One run of a half of a pipeline, as it is counted.
private struct PipelineRun {
    private let half: PipelineStatistics.Half
    private let pipeline: String
    private let statistics: PipelineStatistics?
    private let start = ContinuousClock.now

    init(_ half: PipelineStatistics.Half, of pipeline: String, _ statistics: PipelineStatistics?) {
        self.half = half
        self.pipeline = pipeline
        self.statistics = statistics
        statistics?.begin(half, of: pipeline)
    }

    /// Notes what became of a processor.
    ///
    /// - Throws: its failure, unless that is ignored; nobody ignores that a search is cancelled.
    func finish(
        _ processor: String, _ elapsed: Duration, _ result: Result<Void, any Error>, ignoresFailure: Bool
    ) throws {
        guard case .failure(let error) = result else {
            statistics?.ran(processor, half, of: pipeline, for: elapsed, failed: false)
            return
        }
        statistics?.ran(processor, half, of: pipeline, for: elapsed, failed: true)
        if ignoresFailure, !(error is CancellationError) { return }
        statistics?.end(half, of: pipeline, after: ContinuousClock.now - start, failed: true)
        throw error
    }

    /// Notes that all processors ran.
    func finish() {
        statistics?.end(half, of: pipeline, after: ContinuousClock.now - start, failed: false)
    }
}
