import JSON

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The work of reading a model folder, step by step: where the files are, which modules run, what they are for, and the settings of the task.
struct ModelFolderReading {
    let source: ModelSource
    let weightFile: String?
    var layout: ModelFolder.Layout = .huggingFace
    var task: ModelTask = .dense
    var transformer: ConfigurationFile?
    var modules: [ModelModule] = []
    var queryModules: [ModelModule]?
    var transformerFolder = ""
    var maxSequenceLength: Int?
    var lowercasesInput = false
    var activation: ModelActivation = .identity
    var labels: [String] = []
    var prompts: [String: String] = [:]
    var defaultPromptName: String?
    var similarity: String?
    var openSearch: OpenSearchModelConfiguration?
    var notes: [String] = []
    /// What a traced pipeline does with the vectors of tokens.
    var tracedPooling: TorchPooling?
    /// Whether the configuration is what the graph tells, as there is no other.
    var isReadFromGraph = false
    var modelType = ""
    var architectures: [String] = []

    init(path: String, task wanted: ModelTask?) throws(ModelFileError) {
        (source, weightFile) = try Self.locate(path)
        try readRootConfiguration()
        try readGraph()
        let pipeline = try source.json("config_sentence_transformers.json")
        if let list = try moduleList() {
            layout = .sentenceTransformers
            try readModules(list)
            let stated = try statedTask(pipeline)
            task = wanted ?? stated ?? taskOfModules()
        } else {
            let stated = try statedTask(pipeline)
            let implied = try taskOfArchitecture()
            task = wanted ?? stated ?? openSearch?.task ?? implied
            try implyModules()
        }
        try requireTransformer()
        try readTransformerSettings()
        try readLength()
        try readPipelineSettings(pipeline)
        if task == .crossEncoder { try readActivation(pipeline) }
    }

    // MARK: Where the files are

    private static func locate(_ path: String) throws(ModelFileError) -> (ModelSource, String?) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .system(path: path, doing: "opening the model") }
        if status.st_mode & S_IFMT == S_IFDIR {
            return (ModelSource(folder: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path), nil)
        }
        if let archive = try ModelSource(archiveAt: path) { return (archive, nil) }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let folder = parts.dropLast().joined(separator: "/")
        return (
            ModelSource(folder: folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder),
            parts.last.map(String.init)
        )
    }

    /// `config.json` and the description for OpenSearch, which may have either name, and may lie beside a zip instead of in it.
    private mutating func readRootConfiguration() throws(ModelFileError) {
        var description = try source.json("ml-commons_model_config.json")
        transformer = try source.json("config.json")
        if let root = transformer, OpenSearchModelConfiguration.recognizes(root) {
            description = description ?? root
            transformer = nil
        }
        if description == nil, !source.isFolder {
            let parts = source.path.split(separator: "/", omittingEmptySubsequences: false)
            let folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
            let beside = ModelSource(folder: folder.isEmpty ? "/" : folder)
            for name in ["ml-commons_model_config.json", "config.json"] where description == nil {
                guard let file = try beside.json(name) else { continue }
                if OpenSearchModelConfiguration.recognizes(file) {
                    description = file
                } else if transformer == nil {
                    transformer = file
                }
            }
        }
        if let description {
            let configuration = try OpenSearchModelConfiguration(description)
            openSearch = configuration
            layout = .openSearch
            if transformer == nil, let inner = configuration.transformer?.object {
                transformer = ConfigurationFile(path: "\(description.path) (model_config.all_config)", object: inner)
            }
        } else if !source.isFolder {
            layout = .openSearch
        }
    }

    /// Takes the configuration from the graph, where nothing else tells sizes.
    private mutating func readGraph() throws(ModelFileError) {
        guard !source.contains("modules.json"), let name = weightFile ?? source.weightFile(in: ""),
            [".onnx", ".pt"].contains(where: name.hasSuffix), let bytes = try source.bytes(name)
        else { return }
        let isTraced = name.hasSuffix(".pt")
        if isTraced, openSearch?.framework?.lowercased() != "huggingface_transformers" {
            tracedPooling = try TorchPooling(bytes)
        }
        // The string of a description may hold anything but the configuration of the transformer.
        let described = openSearch?.transformer?.object
        let lacksSizes = described != nil && described?["hidden_size"] == nil && described?["dim"] == nil
        guard transformer == nil || lacksSizes, source.tokenizerFile(in: "") != nil else { return }
        let read =
            isTraced
            ? try TorchConfiguration.read(bytes)
            : try ONNXConfiguration.read(bytes, siblings: SiblingFiles(of: name, in: source))
        guard var object = read else { return }
        for (key, value) in transformer?.object ?? [:] { object[key] = value }
        transformer = ConfigurationFile(path: source.path(of: name), object: object)
        isReadFromGraph = true
        notes.append("There is no config.json: sizes and the number of heads are taken from the graph \(name)")
    }

    // MARK: What they are for

    private func statedTask(_ pipeline: ConfigurationFile?) throws(ModelFileError) -> ModelTask? {
        switch try pipeline?.string("model_type") {
        case "SentenceTransformer": layout == .sentenceTransformers && taskOfModules() != .dense ? nil : .dense
        case "SparseEncoder": .sparse
        case "CrossEncoder": .crossEncoder
        default: nil
        }
    }

    func taskOfModules() -> ModelTask {
        for module in modules + (queryModules ?? []) {
            switch module.kind {
            case .spladePooling, .sparseStaticEmbedding, .transformer(.tokenLogits): return .sparse
            case .transformer(.scores): return .crossEncoder
            default: continue
            }
        }
        return .dense
    }

    private func taskOfArchitecture() throws(ModelFileError) -> ModelTask {
        guard let transformer else {
            return source.contains("idf.json") ? .sparseQuery : .dense
        }
        let names = try transformer.array("architectures")?.compactMap(\.string) ?? []
        if names.contains(where: { $0.hasSuffix("ForSequenceClassification") }) { return .crossEncoder }
        if names.contains(where: { $0.hasSuffix("ForMaskedLM") }) { return .sparse }
        return .dense
    }

    // MARK: The transformer

    private mutating func requireTransformer() throws(ModelFileError) {
        let module = modules.first { if case .transformer = $0.kind { true } else { false } }
        guard let module else {
            if task == .sparse, queryModules != nil || modules.contains(where: { $0.kind == .sparseStaticEmbedding }) {
                task = .sparseQuery
            }
            return
        }
        transformerFolder = module.folder
        if !module.folder.isEmpty || transformer == nil {
            transformer = try source.json(ModelSource.join(module.folder, "config.json")) ?? transformer
        }
        guard transformer != nil else {
            let place = source.path(of: ModelSource.join(module.folder, "config.json"))
            throw ModelFileError(
                .missing, path: place,
                reason: "the configuration of the transformer is missing, without which weights have no meaning",
                advice: source.isFolder
                    ? "Put the config.json of the original model there"
                    : "Put the config.json of the original model beside the archive")
        }
    }

    private mutating func readTransformerSettings() throws(ModelFileError) {
        guard let transformer else { return }
        modelType = try transformer.string("model_type") ?? openSearch?.modelType ?? ""
        architectures = try transformer.array("architectures")?.compactMap(\.string) ?? []
        guard task == .crossEncoder else { return }
        if let names = try transformer.section("id2label") {
            let ordered = names.object.map { (Int($0.key) ?? Int.max, $0.value.string ?? $0.key) }
            labels = ordered.sorted { $0.0 < $1.0 }.map(\.1)
        } else {
            // Transformers writes the labels only where they differ from its default of two.
            let count = try transformer.int("num_labels") ?? 2
            guard (1...100_000).contains(count) else {
                throw transformer.fault("num_labels", "\(count) labels are impossible")
            }
            labels = (0..<count).map { "LABEL_\($0)" }
        }
    }
}
