public import JSON
import Training
import YAML

extension FineTuningParameters {
    /// Reads parameters from a YAML file, which may be JSON as well.
    ///
    /// Only forms and names are checked; ``check()`` looks at how they fit each other.
    ///
    /// - Parameter path: the file, for errors.
    /// - Throws: ``InvalidParameters`` with every field that is unknown or has no value that it takes.
    public init(yaml text: [UInt8], path: String) throws(InvalidParameters) {
        let document: YAMLNode
        do throws(YAMLError) {
            document = try YAMLNode(parsing: text)
        } catch {
            throw InvalidParameters(
                path: path,
                [.init("column \(error.column)", line: error.line, error.message, advice: "Correct the file")])
        }
        try self.init(document, path: path)
    }

    /// Reads parameters from a JSON document.
    ///
    /// - Throws: ``InvalidParameters`` with every field that is unknown or has no value that it takes.
    public init(json: JSONValue) throws(InvalidParameters) {
        try self.init(YAMLNode(json), path: nil)
    }

    private init(_ document: YAMLNode, path: String?) throws(InvalidParameters) {
        self.init()
        var reading = ParameterReading()
        if case .scalar(.null) = document.content {
        } else if let entries = document.entries {
            reading.read(entries, into: &self)
        } else {
            throw InvalidParameters(
                path: path,
                [
                    .init(
                        "parameters", line: document.line, "they are not a mapping of names",
                        advice: "Write lines such as 'model_name: my-model'")
                ])
        }
        if !reading.faults.isEmpty { throw InvalidParameters(path: path, reading.faults) }
    }

    /// All parameters by name, those that were not given with their defaults: what the state machine starts with.
    public var json: JSONValue {
        var object = Self.object(self)
        object["extraction"] = .object(Self.object(extraction))
        object["queries"] = .object(Self.object(queries))
        object["mining"] = .object(Self.object(mining))
        object["distillation"] = .object(Self.object(distillation))
        object["training"] = .object(training)
        object["evaluation"] = .object(Self.object(evaluation))
        object["gate"] = .object(Self.object(gate))
        object["deploy"] = .object(Self.object(deploy))
        return .object(object)
    }

    private static func object<Section: ParameterSection>(_ section: Section) -> JSONObject {
        JSONObject(Section.fields.map { (key: $0.name, value: $0.get(section)) })
    }

    /// Every parameter by its full name, with what it takes, its default and what it means: for documents and help.
    public static var documentation: [(name: String, takes: String, standard: JSONValue, meaning: String)] {
        func rows<Section: ParameterSection>(
            _ prefix: String, _ type: Section.Type
        ) -> [(name: String, takes: String, standard: JSONValue, meaning: String)] {
            Section.fields.map { (prefix + $0.name, $0.expectation, $0.get(Section()), $0.meaning) }
        }
        return rows("", Self.self) + rows("extraction.", ExtractionSettings.self)
            + rows("queries.", QuerySettings.self) + rows("mining.", MiningSettings.self)
            + rows("distillation.", DistillationSettings.self) + rows("evaluation.", EvaluationSettings.self)
            + rows("gate.", GateSettings.self) + rows("deploy.", DeploySettings.self)
    }
}

/// Takes parameters from a document and gathers what is wrong.
private struct ParameterReading {
    var faults: [InvalidParameters.Fault] = []

    mutating func read(_ entries: [YAMLNode.Entry], into parameters: inout FineTuningParameters) {
        var flat: [YAMLNode.Entry] = []
        for entry in entries {
            switch entry.key {
            case "extraction": section(entry, into: &parameters.extraction)
            case "queries": section(entry, into: &parameters.queries)
            case "mining": section(entry, into: &parameters.mining)
            case "distillation": section(entry, into: &parameters.distillation)
            case "training": training(entry, into: &parameters.training)
            case "evaluation": section(entry, into: &parameters.evaluation)
            case "gate": section(entry, into: &parameters.gate)
            case "deploy": section(entry, into: &parameters.deploy)
            default: flat.append(entry)
            }
        }
        let sections = [
            "extraction", "queries", "mining", "distillation", "training", "evaluation", "gate", "deploy",
        ]
        fields(flat, prefix: "", others: sections, into: &parameters)
    }

    private mutating func section<Section: ParameterSection>(_ entry: YAMLNode.Entry, into section: inout Section) {
        if case .scalar(.null) = entry.value.content { return }
        guard let entries = entry.value.entries else { return notAMapping(entry) }
        fields(entries, prefix: entry.key + ".", others: [], into: &section)
    }

    private mutating func notAMapping(_ entry: YAMLNode.Entry) {
        fault(
            entry.key, entry, "this is \(entry.value.json.typeName), not a mapping of names", "Write the names below it"
        )
    }

    private mutating func fields<Section: ParameterSection>(
        _ entries: [YAMLNode.Entry], prefix: String, others: [String], into section: inout Section
    ) {
        let fields = Section.fields
        for entry in entries {
            guard let field = fields.first(where: { $0.name == entry.key }) else {
                unknown(entry, prefix: prefix, among: fields.map(\.name) + others)
                continue
            }
            if !field.put(&section, entry.value.json) {
                fault(
                    prefix + entry.key, entry, "the value \(Self.shown(entry.value.json)) is not \(field.expectation)",
                    "Correct the value")
            }
        }
    }

    /// The settings of the trainer; what the pipeline sets itself is refused.
    private mutating func training(_ entry: YAMLNode.Entry, into settings: inout JSONObject) {
        if case .scalar(.null) = entry.value.content { return }
        guard let entries = entry.value.entries else { return notAMapping(entry) }
        let own = FineTuningParameters.ownTrainingSettings
        var configuration = TrainingConfiguration()
        for entry in entries {
            guard let setting = TrainingSetting.named(entry.key) else {
                unknown(entry, prefix: "training.", among: TrainingSetting.all.map(\.name).filter { !own.contains($0) })
                continue
            }
            if own.contains(entry.key) {
                fault("training." + entry.key, entry, "the pipeline sets it itself", "Remove it")
                continue
            }
            do throws(TrainingError) {
                try setting.set(entry.value.json, in: &configuration)
                settings[entry.key] = setting.value(in: configuration)
            } catch {
                fault("training." + entry.key, entry, error.reason, error.advice)
            }
        }
    }

    private mutating func unknown(_ entry: YAMLNode.Entry, prefix: String, among names: [String]) {
        let near = TrainingConfiguration.nearest(entry.key, among: names)
        fault(
            prefix + entry.key, entry, "there is no such parameter",
            near.map { "Did you mean '\(prefix)\($0)'? If not, remove it" } ?? "Remove it or correct the name")
    }

    private mutating func fault(_ field: String, _ entry: YAMLNode.Entry, _ reason: String, _ advice: String) {
        faults.append(.init(field, line: entry.line > 0 ? entry.line : nil, reason, advice: advice))
    }

    private static func shown(_ value: JSONValue) -> String {
        let text = value.serialized()
        return text.count > 60 ? text.prefix(60) + "..." : text
    }
}

extension FineTuningParameters {
    /// Settings of the trainer that follow from the pipeline.
    static let ownTrainingSettings: Set<String> = [
        "model", "output", "train", "train_split", "pair_order", "evaluation", "evaluation_split",
        "evaluation_candidates", "evaluation_queries", "teacher", "threads", "seed",
    ]
}

extension YAMLNode {
    /// A JSON document without lines.
    init(_ json: JSONValue) {
        switch json {
        case .array(let elements): self.init(.sequence(elements.map { YAMLNode($0) }), line: 0)
        case .object(let object):
            self.init(.mapping(object.map { Entry(key: $0.key, line: 0, value: YAMLNode($0.value)) }), line: 0)
        default: self.init(.scalar(json), line: 0)
        }
    }
}
