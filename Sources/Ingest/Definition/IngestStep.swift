import JSON
import Pipelines
import Scripting

/// One processor of a pipeline with what all processors have.
struct IngestStep: Sendable {
    /// What is done to documents.
    indirect enum Action: Sendable {
        /// One document after the other.
        case change(any DocumentChanging)
        /// All documents of a batch at once.
        case encode(EncodingProcessor)
        /// Documents go through another pipeline.
        case pipeline(TextTemplate)
        /// Something is done to each element of a list.
        case forEach(DocumentPath, IngestStep, ignoresMissing: Bool)
        /// Documents are left out.
        case drop
    }

    /// A condition that documents must meet.
    struct Condition: Sendable {
        let text: String
        let program: PainlessProgram
        let parameters: JSONObject

        func holds(_ document: IngestDocument) throws(IngestFailure) -> Bool {
            do { return try program.condition(.object(document.fields), parameters: parameters) } catch {
                throw IngestFailure(script: text, "runtime error", error)
            }
        }
    }

    let type: String
    let tag: String?
    let summary: String?
    let ignoresFailure: Bool
    let condition: Condition?
    let onFailure: [IngestStep]
    let action: Action
}

/// Changes one document.
protocol DocumentChanging: Sendable {
    /// Changes a document.
    func process(_ document: inout IngestDocument) throws(IngestFailure)
}

/// Changes one document as its settings say.
protocol DocumentProcessor: DocumentChanging {
    /// OpenSearch's name.
    static var type: String { get }

    /// Reads the settings.
    ///
    /// - Throws: ``PipelineError``.
    init(_ settings: inout ProcessorSettings) throws(PipelineError)
}

extension IngestFailure {
    /// What a script did wrong.
    init(script: String, _ kind: String, _ error: PainlessError) {
        self.init(
            "script_exception", kind, causedBy: [(type: error.kind.rawValue, reason: "\(error.reason) in [\(script)]")])
    }
}
