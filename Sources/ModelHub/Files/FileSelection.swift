import JSON

/// The files of a repository that a model consists of: configuration, modules, tokenizer, and one format of weights.
///
/// Most repositories hold the same weights in four or five formats, and examples and licences besides.
struct FileSelection: Sendable {
    /// Names relative to the repository, in the order in which they are wanted: small ones first.
    private(set) var files: [String] = []
    /// What a model needs and the repository does not have, in words.
    private(set) var missing: [String] = []

    private var chosen: Set<String> = []
    private let source: any FileSource

    static let tokenizerFiles = [
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    ]
    /// Vocabularies that stand in for `tokenizer.json`; the first that is there.
    static let vocabularies = [
        ["vocab.txt"], ["vocab.json", "merges.txt"], ["sentencepiece.bpe.model"], ["spiece.model"], ["spm.model"],
    ]
    static let lengthFiles = [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json",
        "sentence_camembert_config.json", "sentence_albert_config.json", "sentence_xlm-roberta_config.json",
        "sentence_xlnet_config.json",
    ]
    static let rootFiles = ["config_sentence_transformers.json", "ml-commons_model_config.json"]
    /// Weights in the order of preference, which is that of `ModelFolder`; an index stands for its shards.
    static let weights = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
    ]
    /// Graphs, the last resort; `pytorch_model.onnx` is the name of Metarank's exports.
    static let graphs = ["model.onnx", "pytorch_model.onnx", "onnx/model.onnx"]

    /// Chooses.
    static func choose(from source: any FileSource) async throws(HubError) -> FileSelection {
        var selection = FileSelection(source: source)
        try await selection.run()
        return selection
    }

    private init(source: any FileSource) { self.source = source }

    private mutating func run() async throws(HubError) {
        for name in Self.rootFiles { try await add(name) }
        var transformers: [String] = []
        if try await add("modules.json") {
            try await add("config.json")
            for (className, folder) in try Self.modules(try await source.json("modules.json")) {
                try await addModule(className, in: folder, transformers: &transformers)
            }
        } else {
            transformers = [""]
        }
        var weights: [String] = []
        for folder in transformers { weights.append(contentsOf: try await addTransformer(folder)) }
        if try await source.contains("idf.json") { try await add("idf.json") }
        files.append(contentsOf: weights)
    }

    /// The classes and folders of `modules.json`.
    private static func modules(_ document: JSONValue) throws(HubError) -> [(className: String, folder: String)] {
        guard let list = document.array, list.count <= 64 else {
            throw fault("modules.json", "a list of at most 64 modules was expected")
        }
        var modules: [(className: String, folder: String)] = []
        for entry in list {
            guard let className = entry["type"]?.string else { throw fault("modules.json", "a module without a class") }
            let folder = entry["path"]?.string ?? ""
            guard folder.isEmpty || RepositoryCache.isSafePath(folder) else {
                throw HubError(
                    .unsafeName, "modules.json", reason: "the folder \(folder.debugDescription) leads out of the model",
                    advice: "Do not use this model: nothing but tampering makes such a name")
            }
            modules.append((className, folder))
        }
        return modules
    }

    private mutating func addModule(
        _ className: String, in folder: String, transformers: inout [String]
    ) async throws(HubError) {
        switch className.split(separator: ".").last ?? "" {
        case "Transformer", "MLMTransformer":
            transformers.append(folder)
        case "Router", "Asym":
            let names = ["router_config.json", "config.json"].map { Self.join(folder, $0) }
            for name in names where try await add(name) {
                let types = try await source.json(name)["types"]?.object ?? [:]
                guard types.count <= 64 else { throw Self.fault(name, "more than 64 modules") }
                for (id, type) in types {
                    let inner = Self.join(folder, id)
                    guard RepositoryCache.isSafePath(inner), let innerClass = type.string,
                        !["Router", "Asym"].contains(innerClass.split(separator: ".").last)
                    else { throw Self.fault(name, "a module that cannot be inside a Router: \(id.debugDescription)") }
                    try await addModule(innerClass, in: inner, transformers: &transformers)
                }
                return
            }
            missing.append(names[0])
        case "SparseStaticEmbedding", "IDF":
            try await add(Self.join(folder, "config.json"))
            try await addTokenizer(folder, isRequired: false)
            try await addFirst(["model.safetensors", "pytorch_model.bin", "idf.json"].map { Self.join(folder, $0) })
        case "Pooling", "SpladePooling", "Normalize", "Dropout":
            try await add(Self.join(folder, "config.json"))
        default:
            try await add(Self.join(folder, "config.json"))
            try await addFirst(["model.safetensors", "pytorch_model.bin"].map { Self.join(folder, $0) })
        }
    }

    /// Adds the small files of a transformer and gives back those with its weights.
    private mutating func addTransformer(_ folder: String) async throws(HubError) -> [String] {
        let hasConfiguration = try await add(Self.join(folder, "config.json"))
        for name in Self.lengthFiles {
            if try await add(Self.join(folder, name)) { break }
        }
        try await addTokenizer(folder, isRequired: true)
        let hasStaticQueries = try await source.contains("idf.json")
        let weights = try await weights(of: folder)
        if weights.isEmpty, hasConfiguration || !hasStaticQueries {
            missing.append("weights (\((Self.weights + Self.graphs).joined(separator: ", ")))")
        }
        // A graph tells its own sizes, and a traced module of OpenSearch is described by another file.
        let isGraph = weights.first.map { $0.hasSuffix(".onnx") || $0.hasSuffix(".pt") } ?? hasStaticQueries
        let hasRootConfiguration = chosen.contains("config.json")
        if !hasConfiguration, !hasRootConfiguration, !isGraph { missing.append(Self.join(folder, "config.json")) }
        return weights
    }

    private mutating func weights(of folder: String) async throws(HubError) -> [String] {
        for name in Self.weights.map({ Self.join(folder, $0) }) where try await source.contains(name) {
            guard name.hasSuffix(".index.json") else { return [name] }
            try await add(name)
            return try await shards(of: name, in: folder)
        }
        // An export has the name that its maker liked.
        let own = source.names.filter { folder.isEmpty && !$0.contains("/") }
        let others = [".pt", ".onnx"].compactMap { suffix in own.sorted().first { $0.hasSuffix(suffix) } }
        for name in Self.graphs.map({ Self.join(folder, $0) }) + others where try await source.contains(name) {
            var names = [name]
            // Graphs of more than 2 GB keep their tensors beside them.
            for suffix in ["_data", ".data"] where try await source.contains(name + suffix) {
                names.append(name + suffix)
            }
            return names
        }
        return []
    }

    private mutating func shards(of index: String, in folder: String) async throws(HubError) -> [String] {
        guard let map = try await source.json(index)["weight_map"]?.object else {
            throw Self.fault(index, "there is no weight_map")
        }
        var names: Set<String> = []
        for (_, value) in map {
            guard let file = value.string, RepositoryCache.isSafePath(file) else {
                throw HubError(
                    .unsafeName, index, reason: "a shard named \(value.serialized().prefix(80)) leads out of the model",
                    advice: "Do not use this model: nothing but tampering makes such a name")
            }
            names.insert(Self.join(folder, file))
        }
        for name in names.sorted() where try await !source.contains(name) { missing.append(name) }
        return names.sorted()
    }

    private mutating func addTokenizer(_ folder: String, isRequired: Bool) async throws(HubError) {
        var hasTokenizer = false
        for name in Self.tokenizerFiles {
            let isThere = try await add(Self.join(folder, name))
            if name == "tokenizer.json" { hasTokenizer = isThere }
        }
        if hasTokenizer { return }
        for group in Self.vocabularies {
            let names = group.map { Self.join(folder, $0) }
            if try await add(names[0]) {
                for name in names.dropFirst() { try await add(name) }
                return
            }
        }
        if !folder.isEmpty, try await source.contains("tokenizer.json") {
            try await addTokenizer("", isRequired: isRequired)
        } else if isRequired {
            missing.append("a tokenizer (tokenizer.json or a vocabulary)")
        }
    }

    @discardableResult
    private mutating func add(_ name: String) async throws(HubError) -> Bool {
        if chosen.contains(name) { return true }
        guard try await source.contains(name) else { return false }
        chosen.insert(name)
        files.append(name)
        return true
    }

    private mutating func addFirst(_ names: [String]) async throws(HubError) {
        for name in names where try await add(name) { return }
    }

    static func parse(_ bytes: [UInt8], of name: String) throws(HubError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw fault(name, "not JSON: \(error)")
        }
    }

    private static func fault(_ name: String, _ reason: String) -> HubError {
        HubError(.malformedResponse, name, reason: reason, advice: "The repository is damaged; use another revision")
    }

    private static func join(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }
}
