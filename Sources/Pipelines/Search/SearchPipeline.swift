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
    }

    /// The name; a pipeline that came with a search has OpenSearch's.
    public let name: String
    private let requestSteps: [Step<any RequestProcessor>]
    private let fusions: [ScoreFusion]
    private let responseSteps: [Step<any ResponseProcessor>]

    /// What OpenSearch calls a pipeline that came with a search.
    public static let temporaryName = "_ad_hoc_pipeline"

    /// Reads a definition.
    ///
    /// - Throws: ``PipelineError`` with the processor and the property that is wrong.
    public init(_ definition: JSONObject, name: String) throws {
        self.name = name
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
            return try items.map { try Self.step($0, known) }
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

    private static func step<Processor>(
        _ item: JSONValue, _ known: [String: @Sendable (inout ProcessorSettings) throws -> Processor]
    ) throws -> Step<Processor> {
        guard let object = item.object, object.count == 1, let type = object.keys.first,
            let values = object[type]?.object
        else {
            throw PipelineError(
                "parse_exception", "a processor must be an object with one member, its type: {\"type\": {settings}}")
        }
        guard let make = known[type] else {
            throw PipelineError.illegalArgument(
                "Invalid processor type \(type): known here are [\(known.keys.sorted().joined(separator: ", "))]")
        }
        var settings = try ProcessorSettings(type, values)
        let processor = try make(&settings)
        try settings.finish()
        return Step(
            type: type, tag: settings.tag, ignoresFailure: settings.ignoresFailure, processor: processor)
    }

    /// How the results of a hybrid query become one list; `nil` where the pipeline does not say.
    public var fusion: ScoreFusion? { fusions.last }

    /// Whether searches are changed before they run.
    public var changesRequests: Bool { !requestSteps.isEmpty }

    /// Changes the body of a search.
    ///
    /// - Throws: ``PipelineError`` of a processor that may not fail.
    public func process(_ body: inout JSONObject, _ context: inout PipelineContext, trace: inout PipelineTrace) throws {
        for step in requestSteps {
            let before = body
            try trace.run(step.type, step.tag, step.ignoresFailure, input: .object(before)) {
                try step.processor.process(&body, &context)
                return .object(body)
            }
        }
    }

    /// Changes hits.
    ///
    /// - Throws: ``PipelineError`` of a processor that may not fail.
    public func process(
        _ hits: inout SearchResponse.Hits, _ context: inout PipelineContext, trace: inout PipelineTrace
    ) throws {
        for step in responseSteps {
            let before = trace.isOn ? hits.json()["hits"] ?? .null : .null
            let isOn = trace.isOn
            try trace.run(step.type, step.tag, step.ignoresFailure, input: before) {
                var changed = hits
                try step.processor.process(&changed, &context)
                hits = changed
                return isOn ? hits.json()["hits"] ?? .null : .null
            }
        }
    }
}
