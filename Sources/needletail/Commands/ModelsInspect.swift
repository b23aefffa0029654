import ArgumentParser
import JSON
import ModelFiles

/// `needletail models inspect`: what a model folder or file is.
struct ModelsInspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Tell what a model folder or file is: architecture, task, sizes, tokenizer, and what is missing.",
        discussion: """
            Reads Hugging Face and sentence-transformers folders, OpenSearch zips, and weight files (safetensors, PyTorch, \
            TorchScript, ONNX). Nothing in them is executed. The exit status is 65 when the model cannot be used as it is.

            Examples:
              needletail models inspect starter-cross-encoder
              needletail models inspect ./sentence-transformers_msmarco.zip --tensors
              needletail models inspect ./model --json
            """
    )

    @Argument(
        help: ArgumentHelp("Folder, zip or weight file, or the name of a model.", valueName: "model"),
        completion: .file())
    var model: String

    @OptionGroup
    var report: ReportOptions

    @Flag(help: "List all tensors with type and shape.")
    var tensors = false

    @Flag(help: "Do not read every weight to look for infinities and NaN.")
    var quick = false

    func validate() throws {
        try refuseEmpty(["<model>": model])
    }

    func run() throws {
        let inspection = try ModelInspection(path: try ModelLocator.path(of: model), checksValues: !quick)
        let quantization = QuantizationInspection(inspection, readsAll: !quick)
        let output = StandardOutput()
        switch report.format {
        case .jsonl:
            var object = document(inspection).object ?? [:]
            if let member = quantization.json { object["quantization"] = member }
            try output.write(JSONValue.object(object).serialized() + "\n")
        case .table: try output.write(text(inspection, quantization, terminal: .output))
        }
        try output.flush()
        if !inspection.isUsable || quantization.problem != nil { throw ExitCode(ExitStatus.badData.rawValue) }
    }

    private func document(_ inspection: ModelInspection) -> JSONValue {
        guard tensors, var object = inspection.json.object else { return inspection.json }
        let list = (inspection.weights?.tensors ?? []).map { tensor -> JSONValue in
            [
                "name": .string(tensor.name), "type": .string(tensor.elementType.rawValue),
                "shape": .array(tensor.shape.map { .number(JSONNumber($0)) }),
            ]
        }
        object["tensors"] = .array(list)
        return .object(object)
    }

    private func text(
        _ inspection: ModelInspection, _ quantization: QuantizationInspection, terminal: Terminal
    ) -> String {
        var table = TextTable([.init(""), .init("")])
        for (label, value) in facts(inspection) + quantization.facts where !value.isEmpty {
            table.add([.init(label, .dim), .init(value)])
        }
        var text = terminal.styled(inspection.path, .bold) + "\n" + table.rendered(for: terminal)
        let styles: [ModelInspection.Finding.Severity: Terminal.Style] = [.error: .red, .warning: .yellow, .note: .dim]
        for finding in inspection.findings {
            text +=
                terminal.styled(finding.severity.rawValue + ": ", styles[finding.severity] ?? .dim) + finding.text
                + "\n"
        }
        if let problem = quantization.problem { text += terminal.styled("error: ", .red) + problem + "\n" }
        if tensors, let weights = inspection.weights {
            var list = TextTable([.init("tensor"), .init("type"), .init("shape")])
            for tensor in weights.tensors {
                let shape = tensor.shape.map(String.init).joined(separator: " x ")
                list.add([.init(tensor.name), .init(tensor.elementType.rawValue, .dim), .init(shape)])
            }
            text += "\n" + list.rendered(for: terminal)
        }
        return text
    }

    /// Labels and values in the order in which a person asks.
    private func facts(_ inspection: ModelInspection) -> [(label: String, value: String)] {
        func number(_ value: Int?) -> String { value.map(Numbers.grouped) ?? "" }
        var facts: [(label: String, value: String)] = []
        if let folder = inspection.folder {
            facts += [
                ("layout", folder.layout.name), ("task", folder.task.summary), ("architecture", folder.modelType),
                ("classes", folder.architectures.joined(separator: ", ")), ("layers", number(inspection.sizes.layers)),
                ("hidden size", number(inspection.sizes.hidden)), ("heads", number(inspection.sizes.heads)),
                ("intermediate size", number(inspection.sizes.intermediate)),
                ("positions", number(inspection.sizes.positions)), ("vocabulary", number(inspection.sizes.vocabulary)),
                ("longest input", folder.maxSequenceLength.map { "\(Numbers.grouped($0)) tokens" } ?? ""),
            ]
            for (index, module) in inspection.modules.enumerated() {
                facts.append((index == 0 ? "modules" : "", module))
            }
            for (index, module) in inspection.queryModules.enumerated() {
                facts.append((index == 0 ? "modules for queries" : "", module))
            }
            if folder.task == .crossEncoder {
                facts += [("activation", folder.activation.name), ("labels", folder.labels.joined(separator: ", "))]
            }
            facts.append(("similarity", folder.similarity ?? ""))
            for (name, prompt) in folder.prompts.sorted(by: { $0.key < $1.key }) where !prompt.isEmpty {
                facts.append(("prompt \(name)\(folder.defaultPromptName == name ? " (default)" : "")", "\"\(prompt)\""))
            }
        } else {
            facts.append(("container", inspection.container.rawValue))
        }
        if let tokenizer = inspection.tokenizer {
            let size = tokenizer.vocabularySize.map { ", \(Numbers.grouped($0)) tokens" } ?? ""
            facts.append(("tokenizer", tokenizer.file + (tokenizer.kind.isEmpty ? "" : ": \(tokenizer.kind)") + size))
        }
        if let weights = inspection.weights {
            let total = Double(max(1, weights.elementTypes.reduce(0) { $0 + $1.parameterCount }))
            let types = weights.elementTypes.map { type, count in
                weights.elementTypes.count == 1
                    ? type.rawValue : "\(type.rawValue) \(Numbers.fixed(100 * Double(count) / total, 1)) %"
            }
            facts += [
                ("weights", "\(weights.path) (\(weights.format.rawValue))"), ("tensors", number(weights.tensors.count)),
                ("parameters", number(weights.parameterCount)), ("size", Numbers.bytes(weights.byteCount)),
                ("stored as", types.joined(separator: ", ")),
            ]
        }
        return facts
    }
}

extension ModelTask {
    /// What does the task, and what comes out.
    var summary: String {
        switch self {
        case .crossEncoder: "\(name): scores pairs"
        case .dense: "\(name): vectors"
        case .sparse, .sparseQuery: "\(name): weighted words"
        }
    }
}

extension ModelFolder.Layout {
    /// The name that the project behind it uses.
    var name: String {
        switch self {
        case .huggingFace: "Hugging Face"
        case .sentenceTransformers: "sentence-transformers"
        case .openSearch: "OpenSearch"
        }
    }
}
