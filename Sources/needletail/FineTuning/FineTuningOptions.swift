public import ArgumentParser
public import FineTuning
import JSON
import Relevance

/// The parameters of a run: a file, and flags that win over it.
struct FineTuningOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A file of parameters (YAML or JSON); flags win over it.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    @Option(
        help: ArgumentHelp("Take the documents from this index, alias or pattern (index_name).", valueName: "name"))
    var index: String?

    @Option(
        help: ArgumentHelp(
            "The address of the cluster that has it (opensearch_endpoint). [\(ProcessServices.usualEndpoint)]",
            valueName: "url"))
    var endpoint: String?

    @Option(
        help: ArgumentHelp(
            "Take the documents from a file of JSON lines with id and text, or a folder with corpus.jsonl (corpus_path).",
            valueName: "file"), completion: .file())
    var corpus: String?

    @Option(
        name: .customLong("text-field"),
        help: ArgumentHelp(
            "A field whose text is the document's text (text_field); several times for several. [all text fields]",
            valueName: "name"))
    var textFields: [String] = []

    @Option(help: ArgumentHelp("The field of the title (title_field).", valueName: "name"))
    var titleField: String?

    @Option(
        help: ArgumentHelp("The model to begin with, a folder or a name (base_model_id).", valueName: "model"),
        completion: .directory)
    var model: String?

    @Option(
        help: ArgumentHelp(
            "What the new model is called (model_name). [after the index or the file]", valueName: "name"))
    var name: String?

    @Option(
        help: ArgumentHelp(
            "What it becomes (model_type).",
            valueName: "type"))
    var type: FineTuningParameters.ModelType?

    @Option(help: ArgumentHelp("Documents at most; of more, so many are drawn (max_documents).", valueName: "count"))
    var maxDocuments: Int?

    @Option(help: ArgumentHelp("Compute threads; one for each core unless said.", valueName: "count"))
    var threads: Int?

    @Flag(help: "Deploy the model whatever the gate says; the run records it (gate.override).")
    var overrideGate = false

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Set any parameter, such as gate.margin=0.01 or queries.draws=2; several times for several.",
            valueName: "name=value"))
    var settings: [String] = []

    func validate() throws {
        try refuseEmpty([
            "--config": config, "--index": index, "--endpoint": endpoint, "--corpus": corpus, "--model": model,
            "--name": name, "--title-field": titleField,
        ])
        if index != nil, corpus != nil { throw ValidationError("--index and --corpus exclude each other.") }
        for setting in settings where !setting.contains("=") || setting.hasPrefix("=") {
            throw ValidationError("--set \(setting) has no form name=value.")
        }
    }

    /// Everything that was asked for: defaults, then the file, then flags.
    func parameters() throws -> FineTuningParameters {
        var parameters =
            try config.map { try FineTuningParameters(yaml: Self.bytes($0), path: $0) }
            ?? FineTuningParameters()
        if let index {
            parameters.inputType = .opensearch
            parameters.indexName = index
        }
        if let corpus {
            parameters.inputType = .file
            parameters.corpusPath = corpus
            // What the file says of another source would contradict.
            parameters.indexName = nil
            parameters.openSearchEndpoint = nil
            parameters.s3CorpusPath = nil
        }
        if let endpoint { parameters.openSearchEndpoint = endpoint }
        if !textFields.isEmpty { parameters.textFields = textFields }
        if let titleField { parameters.titleField = titleField }
        if let model { parameters.baseModel = model }
        if let name { parameters.modelName = name }
        if let type { parameters.modelType = type }
        if let maxDocuments { parameters.maximumDocuments = maxDocuments }
        if let threads { parameters.threads = threads }
        if overrideGate { parameters.gate.isOverridden = true }
        if parameters.modelName.isEmpty, let source = parameters.indexName ?? parameters.corpusPath {
            parameters.modelName = Self.name(after: source)
        }
        for setting in settings { try Self.apply(setting, to: &parameters) }
        return parameters
    }

    private static func apply(_ setting: String, to parameters: inout FineTuningParameters) throws {
        let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let names = parts[0].split(separator: ".").map(String.init)[...]
        let text = String(parts[1])
        let plain = set(names, to: .string(text), in: parameters.json)
        // What is no JSON is a text, so that names need no quotes; so is what looks like a number and is asked for as a text.
        guard let value = try? JSONValue(parsing: text) else {
            return parameters = try FineTuningParameters(json: plain)
        }
        do {
            parameters = try FineTuningParameters(json: set(names, to: value, in: parameters.json))
        } catch {
            guard let asText = try? FineTuningParameters(json: plain) else { throw error }
            parameters = asText
        }
    }

    private static func set(_ names: ArraySlice<String>, to value: JSONValue, in json: JSONValue) -> JSONValue {
        guard let name = names.first else { return value }
        var object = json.object ?? JSONObject()
        object[name] = set(names.dropFirst(), to: value, in: object[name] ?? .null)
        return .object(object)
    }

    /// The last part of a path or the name of an index, without what a name of a model may not have.
    private static func name(after source: String) -> String {
        let last = source.split(separator: "/").last.map(String.init) ?? source
        let base = last.hasSuffix(".jsonl") ? String(last.dropLast(6)) : last
        let plain = String(base.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "-" })
        return (plain.allSatisfy { $0 == "-" } ? "model" : plain) + "-tuned"
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        var lines = try LineReader(path: path)
        var text: [UInt8] = []
        while let line = try lines.next() {
            text += line
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }
}

extension FineTuningParameters.ModelType: ExpressibleByArgument {}
