import JSON
import Pipelines
import Scripting

/// `fail`: lets the document fail with a message.
struct FailProcessor: DocumentProcessor {
    static let type = "fail"
    private let message: TextTemplate

    init(_ settings: inout ProcessorSettings) throws(PipelineError) { message = try settings.template("message") }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        throw IngestFailure("fail_processor_exception", try message.render(document), status: 500)
    }
}

/// `script`: runs a program in a part of Painless over `ctx`.
struct ScriptProcessor: DocumentChanging {
    private let text: String
    private let program: PainlessProgram
    private let parameters: JSONObject

    init(_ script: PipelineScript) {
        (text, program, parameters) = (script.text, script.program, script.parameters)
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        var context = JSONValue.object(document.fields)
        do { _ = try program.run(&context, parameters: parameters) } catch {
            throw IngestFailure(script: text, "runtime error", error)
        }
        guard let fields = context.object, context.depth <= IngestDocument.maximumDepth else {
            throw .illegalArgument("the script nests the document deeper than \(IngestDocument.maximumDepth) levels")
        }
        document.fields = fields
    }
}
