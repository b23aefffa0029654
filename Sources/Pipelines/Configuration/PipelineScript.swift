package import JSON
package import Scripting

/// A script of a processor, from its definition: a text, or the id of one that is stored.
package struct PipelineScript: Sendable {
    /// The program's text.
    package let text: String
    /// The program.
    package let program: PainlessProgram
    /// `params`.
    package let parameters: JSONObject

    /// Reads the members of a script.
    ///
    /// - Parameter stored: the source of a script in Painless that is stored under an id.
    /// - Throws: ``PipelineError`` in OpenSearch's words.
    package init(
        _ settings: inout ProcessorSettings, stored: (String) -> String?
    ) throws(PipelineError) {
        if let language = try settings.optionalString("lang"), language != "painless" {
            throw settings.refusal("script_lang not supported [\(language)]")
        }
        parameters = try settings.object("params") ?? [:]
        _ = settings.value("options")
        let inline = try settings.optionalString("inline")
        let id = try settings.optionalString("id")
        if let source = try settings.optionalString("source") ?? inline {
            text = source
        } else if let id {
            guard let found = stored(id) else {
                throw PipelineError(
                    "resource_not_found_exception", "unable to find script [\(id)] in cluster state", status: 404,
                    details: settings.place(nil))
            }
            text = found
        } else {
            throw settings.refusal("must specify either [source] for an inline script or [id] for a stored script")
        }
        do {
            program = try PainlessProgram(text)
        } catch {
            throw PipelineError(
                "script_exception", "compile error: \(error.reason) in [\(text)]", details: settings.place(nil))
        }
    }
}

extension ProcessorSettings {
    fileprivate func refusal(_ reason: String) -> PipelineError {
        PipelineError("illegal_argument_exception", reason, details: place(nil))
    }
}
