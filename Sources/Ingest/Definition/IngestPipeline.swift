public import JSON
public import Pipelines
import Scripting

/// An ingest pipeline: processors that documents go through before they are indexed.
///
/// Source: OpenSearch's `Pipeline` and `ConfigurationUtils`; texts of faults are their texts.
public struct IngestPipeline: Sendable {
    /// The id.
    public let id: String
    let steps: [IngestStep]
    let onFailure: [IngestStep]
    /// Whether a processor looks at the document that the index has under the same id.
    public let readsKept: Bool

    /// What OpenSearch calls a pipeline that came with `_simulate`.
    public static let simulatedID = "_simulate_pipeline"
    /// Processors that a pipeline may have, those of others counted.
    static let maximumSteps = 10_000

    /// Reads a definition.
    ///
    /// - Parameters:
    ///   - definition: `description`, `version`, `processors`, `on_failure`.
    ///   - id: the pipeline's id.
    ///   - storedScript: the source of a script in Painless that is stored under an id.
    /// - Throws: ``PipelineError`` with the processor and the property that is wrong.
    public init(
        _ definition: JSONObject, id: String, storedScript: @escaping (String) -> String? = { _ in nil }
    ) throws(PipelineError) {
        self.id = id
        var rest = definition
        var reader = StepReader(storedScript: storedScript)
        for (name, kind) in [("description", "a string"), ("version", "an int")] {
            let value = rest[name] ?? .null
            let fits =
                name == "version" ? value.int != nil || value.string.flatMap { Int($0) } != nil : value.string != nil
            guard value.isNull || fits else {
                throw PipelineError(
                    "parse_exception", "[\(name)] property isn't \(kind), but of type [\(value.javaClass)]",
                    details: [(key: "property_name", value: name)])
            }
            rest[name] = nil
        }
        // What the pipeline is for, kept as it is written.
        rest["_meta"] = nil
        guard let processors = rest["processors"], !processors.isNull else {
            throw PipelineError(
                "parse_exception", "[processors] required property is missing",
                details: [(key: "property_name", value: "processors")])
        }
        steps = try reader.steps(processors, "processors")
        onFailure = try reader.steps(rest["on_failure"] ?? .null, "on_failure")
        readsKept = reader.readsKept
        if let handlers = rest["on_failure"], !handlers.isNull, onFailure.isEmpty {
            throw PipelineError(
                "parse_exception", "pipeline [\(id)] cannot have an empty on_failure option defined")
        }
        rest["processors"] = nil
        rest["on_failure"] = nil
        if !rest.isEmpty {
            throw PipelineError(
                "parse_exception",
                "pipeline [\(id)] doesn't support one or more provided configuration parameters [\(rest.keys.joined(separator: ", "))]"
            )
        }
    }
}
