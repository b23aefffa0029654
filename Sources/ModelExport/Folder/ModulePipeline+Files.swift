import JSON
import ModelFiles

/// The files of the modules: `modules.json`, their configurations and weights, the Router of inference-free encoders.
extension ModulePipeline {
    /// All files but those of the transformer.
    func files(tokenizer: TokenizerFiles) throws(ExportError) -> [FolderFile] {
        guard plan.task != .crossEncoder else { return [] }
        var files: [FolderFile] = []
        for module in modules {
            if let config = module.config {
                files.append(
                    FolderFile(
                        name: module.folder + "/config.json",
                        contents: .bytes(IndentedJSON.bytes(.object(config), indent: 4))))
            } else {
                files.append(FolderFile(name: module.folder, contents: .folder))
            }
            if !module.weights.isEmpty {
                files.append(
                    FolderFile(name: module.folder + "/model.safetensors", contents: .weights(module.weights)))
            }
        }
        if isRouted { files += try queryFiles(tokenizer) }
        files.append(FolderFile(name: "modules.json", contents: .bytes(list())))
        return files
    }

    private func list() -> [UInt8] {
        var entries: [JSONValue] = []
        func add(_ folder: String, _ type: String) {
            let number = entries.count
            entries.append([
                "idx": .number(JSONNumber(number)), "name": .string(String(number)), "path": .string(folder),
                "type": .string(type),
            ])
        }
        if isRouted {
            add("", "sentence_transformers.models.Router")
        } else {
            let isSparse = plan.task == .sparse
            add(
                "",
                isSparse
                    ? "sentence_transformers.sparse_encoder.models.MLMTransformer"
                    : "sentence_transformers.models.Transformer")
            for module in modules { add(module.folder, module.className) }
        }
        return IndentedJSON.bytes(.array(entries), indent: 2)
    }

    /// The Router and the side of queries: one weight for each token.
    private func queryFiles(_ tokenizer: TokenizerFiles) throws(ExportError) -> [FolderFile] {
        let folder = "query_0_SparseStaticEmbedding"
        let tokens = try tokenizer.tokens()
        let (weights, isFrozen) = try queryWeights(tokens)
        let classes = "sentence_transformers.sparse_encoder.models."
        let document = ["document_0_MLMTransformer", "document_1_SpladePooling"]
        let router: JSONValue = [
            "types": [
                folder: .string(classes + "SparseStaticEmbedding.SparseStaticEmbedding"),
                document[0]: .string(classes + "MLMTransformer.MLMTransformer"),
                document[1]: .string(classes + "SpladePooling.SpladePooling"),
            ],
            "structure": ["query": [.string(folder)], "document": .array(document.map { .string($0) })],
            "parameters": ["default_route": "document", "allow_empty_key": true],
        ]
        var files = [
            FolderFile(name: "router_config.json", contents: .bytes(IndentedJSON.bytes(router, indent: 4))),
            FolderFile(
                name: folder + "/config.json",
                contents: .bytes(IndentedJSON.bytes(["frozen": .bool(isFrozen)], indent: 4))),
            FolderFile(
                name: folder + "/model.safetensors", contents: .bytes(try staticWeights(weights, folder: folder))),
            FolderFile(name: "idf.json", contents: .bytes(Self.idf(tokens, weights))),
        ]
        for file in tokenizer.files {
            files.append(FolderFile(name: folder + "/" + file.name, contents: .bytes(file.bytes)))
        }
        return files
    }

    private func staticWeights(_ weights: [Float], folder: String) throws(ExportError) -> [UInt8] {
        var writer = SafetensorsWriter()
        writer.add("weight", shape: [weights.count], weights)
        do throws(ModelFileError) { return try writer.serialized() } catch { throw ExportError(writing: error) }
    }

    /// `idf.json`: every token of the vocabulary, by id; who reads it takes 1 for tokens that are not there.
    static func idf(_ tokens: [String?], _ weights: [Float]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (token, weight) in zip(tokens, weights) {
            guard let token else { continue }
            writer.key(token)
            writer.value(weight)
        }
        writer.endObject()
        return writer.bytes
    }

    /// The weights of query tokens by id, and whether training leaves them alone.
    func queryWeights(_ tokens: [String?]) throws(ExportError) -> (weights: [Float], isFrozen: Bool) {
        let source = plan.source
        let module = source.queryModules?.first { $0.kind == .sparseStaticEmbedding }
        let isFrozen = module?.config["frozen"]?.bool ?? false
        if let weights = plan.settings.queryTokenWeights { return (weights, isFrozen) }
        var weights = [Float](repeating: 0, count: plan.shape.vocabularySize)
        let stored: ModelFolder.QueryTokenWeights?
        do throws(ModelFileError) {
            stored = try source.queryTokenWeights()
            if case .byID(let tensor) = stored {
                guard tensor.shape == [weights.count] else {
                    throw ModelFileError(
                        .shapeMismatch, path: tensor.bytes.path, subject: "tensor \(tensor.name)",
                        reason: "it has the shape \(tensor.shape), and the vocabulary has \(weights.count) tokens",
                        advice: "Use the weights that belong to the model")
                }
                return (try tensor.floats(), isFrozen)
            }
        } catch {
            throw ExportError(reading: error)
        }
        if case .byToken(let list) = stored {
            // Tokens are told apart byte by byte, as the keys of JSON objects are here.
            let ids = JSONObject(
                tokens.enumerated().compactMap { id, token in token.map { ($0, .number(JSONNumber(id))) } })
            for (token, weight) in list { if let id = ids[token]?.int { weights[id] = weight } }
        }
        return (weights, isFrozen)
    }
}

extension ModulePipeline.Module {
    /// The class, with the path of versions 2 to 5.
    var className: String {
        switch kind {
        case .pooling: "sentence_transformers.models.Pooling"
        case .dense: "sentence_transformers.models.Dense"
        case .normalize: "sentence_transformers.models.Normalize"
        case .layerNorm: "sentence_transformers.models.LayerNorm"
        case .dropout: "sentence_transformers.models.Dropout"
        case .spladePooling: "sentence_transformers.sparse_encoder.models.SpladePooling"
        case .transformer, .sparseStaticEmbedding, .unsupported: ""
        }
    }
}
