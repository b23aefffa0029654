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
    var modelType = ""
    var architectures: [String] = []

    init(path: String, task wanted: ModelTask?) throws(ModelFileError) {
        (source, weightFile) = try Self.locate(path)
        try readRootConfiguration()
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

    // MARK: Which modules run

    private func moduleList() throws(ModelFileError) -> [ConfigurationFile]? {
        guard let bytes = try source.bytes("modules.json") else { return nil }
        let value: JSONValue
        do throws(JSONError) {
            value = try bytes.withUnsafeBytes { (text) throws(JSONError) in try JSONValue(parsing: text) }
        } catch {
            throw ModelFileError(.malformed, path: bytes.path, offset: error.offset, reason: "\(error)")
        }
        guard let array = value.array, !array.isEmpty, array.count <= 64 else {
            throw ModelFileError(.malformed, path: bytes.path, reason: "a list of 1 to 64 modules was expected")
        }
        var list: [ConfigurationFile] = []
        for element in array {
            guard let object = element.object else {
                throw ModelFileError(
                    .malformed, path: bytes.path, reason: "a module must be an object, not \(element.typeName)")
            }
            list.append(ConfigurationFile(path: bytes.path, object: object))
        }
        return list
    }

    private mutating func readModules(_ list: [ConfigurationFile]) throws(ModelFileError) {
        for entry in list {
            guard let className = try entry.string("type") else {
                throw entry.fault("type", "a module must say its class")
            }
            let folder = try entry.string("path") ?? ""
            try ModelSource.checkRelative(folder, in: entry.path)
            if ModuleReader.isRouter(className) {
                try readRouter(folder)
            } else {
                let module = try ModuleReader(source: source).module(className, folder: folder)
                modules.append(module)
                queryModules?.append(module)
            }
        }
    }

    /// Splits the road: the document route goes to `modules`, the query route to `queryModules`.
    private mutating func readRouter(_ folder: String) throws(ModelFileError) {
        let names = ["router_config.json", "config.json"].map { ModelSource.join(folder, $0) }
        guard let file = try source.firstJSON(names) else {
            throw ModelFileError(
                .missing, path: source.path(of: names[0]),
                reason: "modules.json has a Router, whose configuration is missing")
        }
        guard queryModules == nil else {
            throw ModelFileError(.unsupported, path: file.path, reason: "a second Router in one model")
        }
        guard let types = try file.section("types"), let structure = try file.section("structure") else {
            throw file.fault("structure", "a Router needs types and structure")
        }
        var routes: [String: [ModelModule]] = [:]
        for (route, value) in structure.object {
            guard let ids = value.array else {
                throw file.fault("structure.\(route)", "a list of module folders was expected")
            }
            var road: [ModelModule] = []
            for id in ids {
                guard let id = id.string, let className = try types.string(id) else {
                    throw file.fault("structure.\(route)", "\(id) is not among the types")
                }
                try ModelSource.checkRelative(id, in: file.path)
                guard !ModuleReader.isRouter(className) else {
                    throw ModelFileError(.unsupported, path: file.path, reason: "a Router inside a Router")
                }
                road.append(try ModuleReader(source: source).module(className, folder: ModelSource.join(folder, id)))
            }
            routes[route] = road
        }
        let parameters = try file.section("parameters")
        let defaultRoute = try parameters?.string("default_route")
        let documents = ["document", "passage", defaultRoute].compactMap { $0.flatMap { routes[$0] } }.first
        guard let documents = documents ?? routes.min(by: { $0.key < $1.key })?.value else {
            throw file.fault("structure", "a Router without routes")
        }
        let before = modules
        modules = before + documents
        queryModules = before + (routes["query"] ?? documents)
        let others = routes.keys.filter { !["document", "passage", "query", defaultRoute].contains($0) }.sorted()
        if !others.isEmpty { notes.append("The routes \(others.joined(separator: ", ")) of the Router are not used") }
    }

    /// The modules that a folder without `modules.json` stands for.
    private mutating func implyModules() throws(ModelFileError) {
        switch task {
        case .crossEncoder:
            modules = [ModelModule(kind: .transformer(.scores))]
        case .dense:
            modules = [ModelModule(kind: .transformer(.tokenEmbeddings))]
            let stated = openSearch?.poolingMode.flatMap { ModuleReader.poolingMode(openSearch: $0) }
            if stated == nil { notes.append("The folder does not say how tokens are pooled: the mean is taken") }
            modules.append(
                ModelModule(
                    kind: .pooling(
                        ModelModule.Pooling(
                            modes: [stated ?? .mean], dimension: openSearch?.embeddingDimension, includesPrompt: true)))
            )
            if layout == .openSearch, let dense = exportedDense() {
                modules.append(dense)
                notes.append(
                    "The graph has a Dense layer (\(dense.summary)) whose activation is not recorded: tanh is taken")
            }
            if openSearch?.normalizesResult == true { modules.append(ModelModule(kind: .normalize)) }
        case .sparse:
            // The OpenSearch models of the third generation apply the logarithm twice, and nothing but their name says so.
            let isThird = openSearch?.name?.contains("-v3") ?? false
            let pooling = ModelModule.SpladePooling(strategy: .max, activation: isThird ? .log1pReLU : .relu)
            modules = [ModelModule(kind: .transformer(.tokenLogits)), ModelModule(kind: .spladePooling(pooling))]
            notes.append(
                "The folder does not say how token logits are pooled: the maximum of \(pooling.activation.formula) is taken"
            )
            if source.contains("idf.json") { queryModules = [ModelModule(kind: .sparseStaticEmbedding)] }
        case .sparseQuery:
            modules = [ModelModule(kind: .sparseStaticEmbedding)]
            queryModules = modules
        }
    }

    /// The Dense layer inside an exported sentence-transformers pipeline: its tensors bear the number of the module, as in `2.linear.weight`.
    private func exportedDense() -> ModelModule? {
        guard let name = weightFile ?? source.weightFile(in: ""), let archive = try? source.weights(named: name) else {
            return nil
        }
        let suffix = ".linear.weight"
        for tensor in archive.tensors where tensor.shape.count == 2 && tensor.name.hasSuffix(suffix) {
            let number = String(tensor.name.dropLast(suffix.count))
            guard Int(number) != nil else { continue }
            let dense = ModelModule.Dense(
                inputCount: tensor.shape[1], outputCount: tensor.shape[0],
                hasBias: archive["\(number).linear.bias"] != nil,
                activation: .tanh, hasResidual: false, inputName: "sentence_embedding", outputName: "sentence_embedding"
            )
            return ModelModule(kind: .dense(dense), config: ["prefix": .string(number + ".")])
        }
        return nil
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

    private func taskOfModules() -> ModelTask {
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

    // MARK: Length

    private static let lengthFiles = [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json",
        "sentence_camembert_config.json", "sentence_albert_config.json", "sentence_xlm-roberta_config.json",
        "sentence_xlnet_config.json",
    ]

    private mutating func readLength() throws(ModelFileError) {
        var stated: Int?
        for name in Self.lengthFiles {
            guard let file = try source.json(ModelSource.join(transformerFolder, name)) else { continue }
            stated = try file.int("max_seq_length")
            lowercasesInput = try file.bool("do_lower_case") ?? false
            break
        }
        let positions = try usablePositions()
        if let stated {
            guard stated > 0 else { return }
            maxSequenceLength = stated
            if let positions, stated > positions {
                notes.append("max_seq_length is \(stated), and the transformer has \(positions) positions")
                maxSequenceLength = positions
            }
            return
        }
        let folders = transformerFolder.isEmpty ? [""] : [transformerFolder, ""]
        var limit: Int?
        for folder in folders where limit == nil {
            limit = try source.json(ModelSource.join(folder, "tokenizer_config.json"))?.int("model_max_length")
        }
        if limit == nil, layout == .openSearch { limit = try tokenizerTruncation() }
        maxSequenceLength = [limit, positions].compactMap { $0 }.filter { $0 > 0 }.min()
    }

    /// How long inputs can be: architectures of the RoBERTa family keep the positions up to their padding token free.
    private func usablePositions() throws(ModelFileError) -> Int? {
        guard let transformer, let positions = try transformer.int("max_position_embeddings"), positions > 0 else {
            return nil
        }
        switch modelType {
        case "roberta", "xlm-roberta", "camembert", "mpnet", "xlm-roberta-xl":
            let padding = try transformer.int("pad_token_id") ?? 1
            guard padding >= 0, padding < positions - 1 else {
                throw transformer.fault("pad_token_id", "\(padding) leaves none of the \(positions) positions")
            }
            return positions - padding - 1
        default:
            return positions
        }
    }

    /// OpenSearch takes the limit from the tokenizer file itself.
    private func tokenizerTruncation() throws(ModelFileError) -> Int? {
        try source.json("tokenizer.json")?.section("truncation")?.int("max_length")
    }

    // MARK: Settings of the pipeline

    private mutating func readPipelineSettings(_ pipeline: ConfigurationFile?) throws(ModelFileError) {
        guard let pipeline else { return }
        for (name, text) in try pipeline.section("prompts")?.object ?? [:] {
            if text.isNull { continue }
            guard let text = text.string else { throw pipeline.fault("prompts.\(name)", "a string was expected") }
            prompts[name] = text
        }
        defaultPromptName = try pipeline.string("default_prompt_name")
        if let name = defaultPromptName, prompts[name] == nil {
            throw pipeline.fault(
                "default_prompt_name", "there is no prompt named \(name)",
                advice: "Add it to prompts, or remove default_prompt_name")
        }
        similarity = try pipeline.string("similarity_fn_name")
    }

    /// The order of sentence-transformers 6.2: the pipeline's file, the new key of `config.json`, the old key, the number of labels.
    private mutating func readActivation(_ pipeline: ConfigurationFile?) throws(ModelFileError) {
        let stated = [
            try pipeline?.string("activation_fn"),
            try transformer?.section("sentence_transformers")?.string("activation_fn"),
            try transformer?.string("sbert_ce_default_activation_function"),
        ].compactMap { $0 }
        for path in stated {
            if path.hasPrefix("torch.") {
                activation = ModelActivation(pythonPath: path)
                return
            }
            notes.append("The activation \(path) is code that would have to be run; it is ignored")
        }
        if layout == .openSearch {
            activation = .identity
            return
        }
        activation = labels.count == 1 ? .sigmoid : .identity
    }
}
