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
    let timeout: Int?
    /// What the state machine is for, in its own words.
    public let comment: String?

    /// Reads a document.
    ///
    /// - Throws: ``WorkflowError`` with all faults and the fields where they are: unknown and missing fields, values of the wrong
    ///   type, `Next` that names no state, states that cannot be reached, paths that cannot be read.
    public init(json: JSONValue) throws(WorkflowError) {
        var reader = DefinitionReader()
        let machine = reader.machine(json)
        guard let machine, reader.list.faults.isEmpty else {
            throw WorkflowError(.invalidDefinition, reader.list.faults)
        }
        self.json = json
        body = machine.body
        timeout = machine.timeout
        comment = machine.comment
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
    public var resources: [String] {
        Set(
            body.everyState.compactMap { state in
                if case .task(let task) = state.kind { task.handler } else { nil }
            }
        ).sorted()
    }

    /// The states in the order of the document, those inside of a state behind it.
    public var states: [StateOutline] { Self.outlines(of: body, inside: nil) }

    private static func outlines(of graph: StateGraph, inside parent: String?) -> [StateOutline] {
        graph.states.flatMap { state in
            [StateOutline(name: state.name, type: state.type, comment: state.comment, parent: parent)]
                + state.inner.flatMap { outlines(of: $0, inside: state.name) }
        }
    }
}

/// What a view of a state machine shows of a state.
public struct StateOutline: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its type.
    public let type: StateType
    /// What it is for, in the words of the document.
    public let comment: String?
    /// The name of the `Parallel` or `Map` state around it.
    public let parent: String?
}
