import JSON
import Pipelines
import Scripting

/// Reads the processors of one pipeline.
struct StepReader {
    let storedScript: (String) -> String?
    /// Whether a processor looks at the document that the index has.
    private(set) var readsKept = false
    private var count = 0
    private var depth = 0

    /// Processors inside one another (`on_failure`, `foreach`) at most.
    private static let maximumDepth = 64

    init(storedScript: @escaping (String) -> String?) { self.storedScript = storedScript }

    /// A list of processors; none for null.
    mutating func steps(_ value: JSONValue, _ property: String) throws(PipelineError) -> [IngestStep] {
        if value.isNull { return [] }
        guard let items = value.array else {
            throw PipelineError(
                "parse_exception", "[\(property)] property isn't a list, but of type [\(value.javaClass)]",
                details: [(key: "property_name", value: property)])
        }
        var steps: [IngestStep] = []
        for item in items {
            guard let object = item.object else {
                throw PipelineError(
                    "parse_exception", "a processor must be an object with one member, its type: {\"type\": {settings}}"
                )
            }
            for (type, settings) in object { steps.append(try step(type, settings)) }
        }
        return steps
    }

    private mutating func step(_ type: String, _ value: JSONValue) throws(PipelineError) -> IngestStep {
        let place = [(key: "processor_type", value: type)]
        count += 1
        depth += 1
        defer { depth -= 1 }
        guard count <= IngestPipeline.maximumSteps, depth <= Self.maximumDepth else {
            throw PipelineError(
                "parse_exception",
                "a pipeline has at most \(IngestPipeline.maximumSteps) processors, \(Self.maximumDepth) of them inside one another",
                details: place)
        }
        let values: JSONObject
        switch value {
        case .object(let object): values = object
        case .string where type == "script": values = ["source": value]
        case .null:
            throw PipelineError(
                "parse_exception", "the config of processor [\(type)] cannot be null", details: place)
        default:
            throw PipelineError(
                "parse_exception", "property isn't a map, but of type [\(value.javaClass)]", details: place)
        }
        var settings = try ProcessorSettings(type, values)
        let condition = try condition(settings.value("if"), settings)
        let handlers = try steps(settings.value("on_failure") ?? .null, "on_failure")
        if values["on_failure"]?.array?.isEmpty == true {
            throw settings.fault("on_failure", "processors list cannot be empty")
        }
        let action = try action(type, &settings)
        guard settings.unread.isEmpty else {
            throw PipelineError(
                "parse_exception",
                "processor [\(type)] doesn't support one or more provided configuration parameters [\(settings.unread.joined(separator: ", "))]",
                details: settings.place(nil))
        }
        return IngestStep(
            type: type, tag: settings.tag, summary: settings.summary, ignoresFailure: settings.ignoresFailure,
            condition: condition, onFailure: handlers, action: action)
    }

    private mutating func action(
        _ type: String, _ settings: inout ProcessorSettings
    ) throws(PipelineError) -> IngestStep.Action {
        switch type {
        case "pipeline": return .pipeline(try settings.template("name"))
        case "drop": return .drop
        case "foreach":
            let path = try settings.path("field")
            let ignoresMissing = try settings.bool("ignore_missing", default: false)
            let inner = try settings.requiredObject("processor")
            guard inner.count == 1, let name = inner.keys.first, let value = inner[name] else {
                throw settings.fault("processor", "Must specify exactly one processor type")
            }
            return .forEach(path, try step(name, value), ignoresMissing: ignoresMissing)
        case "script":
            return .change(ScriptProcessor(try PipelineScript(&settings, stored: storedScript)))
        case "text_embedding", "sparse_encoding":
            let processor = try EncodingProcessor(&settings)
            readsKept = readsKept || processor.skipsExisting
            return .encode(processor)
        default:
            guard let processor = IngestProcessors.known[type] else {
                throw PipelineError(
                    "parse_exception", "No processor type exists with name [\(type)]", details: settings.place(nil))
            }
            return .change(try processor.init(&settings))
        }
    }

    // MARK: Scripts

    private mutating func condition(
        _ value: JSONValue?, _ settings: ProcessorSettings
    ) throws(PipelineError) -> IngestStep.Condition? {
        guard let value else { return nil }
        var inner: ProcessorSettings
        switch value {
        case .string: inner = try ProcessorSettings("conditional", ["source": value])
        case .object(let object): inner = try ProcessorSettings("conditional", object)
        default:
            throw PipelineError(
                "parse_exception", "[script] property isn't a map or string, but of type [\(value.javaClass)]",
                details: [(key: "processor_type", value: "conditional"), (key: "property_name", value: "script")])
        }
        let script = try PipelineScript(&inner, stored: storedScript)
        return IngestStep.Condition(text: script.text, program: script.program, parameters: script.parameters)
    }
}
