public import JSON

/// A state machine: a document in the Amazon States Language, checked as a whole.
///
/// Source: https://states-language.net/spec.html, the JSONPath dialect. The same document is legal for AWS Step Functions: a task's
/// `Resource` is a placeholder `${Name}`, which the definition substitutions of SAM and CDK fill with an ARN there, and which names
/// a ``TaskHandler`` here.
public struct StateMachine: Sendable {
    /// The most bytes that the input or the output of a state may have as JSON text, as in Step Functions.
    public static let maximumPayload = 262_144
    /// The most bytes that a document may have.
    public static let maximumDocument = 1 << 20

    /// The document.
    public let json: JSONValue
    let body: StateGraph
    /// The most seconds that an execution may take.
    let timeout: Double?

    /// Reads a document.
    ///
    /// - Throws: ``WorkflowError`` with all faults and the fields where they are: unknown and missing fields, values of the wrong
    ///   type, `Next` that names no state, states that cannot be reached, paths that cannot be read.
    public init(json: JSONValue) throws(WorkflowError) {
        self.json = json
        throw WorkflowError(.invalidDefinition, "", "")
    }

    /// Reads a document from its text.
    ///
    /// - Throws: ``WorkflowError``; see ``init(json:)``.
    public init(definition: [UInt8]) throws(WorkflowError) {
        guard definition.count <= Self.maximumDocument else {
            throw WorkflowError(
                .invalidDefinition, "",
                "the document has \(definition.count) bytes; Step Functions takes at most \(Self.maximumDocument)")
        }
        let json: JSONValue
        do throws(JSONError) {
            json = try JSONValue(parsing: definition, limits: JSONLimits(maximumDepth: 64))
        } catch {
            throw WorkflowError(.invalidDefinition, "line \(error.line), column \(error.column)", error.reason)
        }
        try self.init(json: json)
    }

    /// Reads a document from its text; see ``init(definition:)-([UInt8])``.
    public init(definition: String) throws(WorkflowError) {
        try self.init(definition: Array(definition.utf8))
    }

    /// The names of the handlers that the document asks for, sorted.
    public var resources: [String] { [] }
}
