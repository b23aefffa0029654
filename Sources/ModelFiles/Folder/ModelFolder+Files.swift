public import JSON

extension ModelFolder {
    /// One weight for each token of a query, of an inference-free sparse model.
    public enum QueryTokenWeights: Sendable {
        /// A vector over the vocabulary, from a SparseStaticEmbedding module.
        case byID(StoredTensor)
        /// Weights by token, from `idf.json`, which need not list every token.
        case byToken([(token: String, weight: Float)])
    }

    /// The weights of the transformer and its head.
    ///
    /// Nothing is read but the directory of the file.
    ///
    /// - Throws: ``ModelFileError`` if there is no weight file, or it is damaged.
    public func weights() throws(ModelFileError) -> WeightArchive {
        if let weightFile { return try source.weights(named: weightFile) }
        guard let name = source.weightFile(in: transformerFolder) else {
            throw ModelFileError(
                .missing, path: source.path(of: transformerFolder), reason: "there is no weight file",
                advice: "Download one of \(ModelSource.weightFileNames.joined(separator: ", "))")
        }
        return try source.weights(named: name)
    }

    /// The weights of a module that has its own, such as Dense.
    public func weights(of module: ModelModule) throws(ModelFileError) -> WeightArchive {
        if module.folder == transformerFolder, case .transformer = module.kind { return try weights() }
        if module.folder.isEmpty, let prefix = module.config["prefix"]?.string {
            // A layer inside an exported graph: its tensors lie among the others.
            let all = try weights()
            return try WeightArchive(
                path: all.path, format: all.format,
                tensors: all.tensors.filter { $0.name.hasPrefix(prefix) }.map {
                    $0.renamed(String($0.name.dropFirst(prefix.count)))
                })
        }
        guard !module.folder.isEmpty, let name = source.weightFile(in: module.folder) else {
            throw ModelFileError(
                .missing, path: source.path(of: module.folder),
                reason: "the module \(module.className) has no weight file",
                advice: "Download model.safetensors or pytorch_model.bin of that folder")
        }
        return try source.weights(named: name)
    }

    /// The weights of query tokens, `nil` if queries go through the transformer.
    public func queryTokenWeights() throws(ModelFileError) -> QueryTokenWeights? {
        guard let module = (queryModules ?? modules).first(where: { $0.kind == .sparseStaticEmbedding }) else {
            return nil
        }
        if !module.folder.isEmpty, source.weightFile(in: module.folder) != nil {
            return .byID(try weights(of: module).tensor("weight"))
        }
        for folder in Set([module.folder, ""]).sorted().reversed() {
            guard let file = try source.json(ModelSource.join(folder, "idf.json")) else { continue }
            var weights: [(token: String, weight: Float)] = []
            weights.reserveCapacity(file.object.count)
            for (token, value) in file.object {
                guard let weight = value.double else {
                    throw file.fault(token, "a number was expected, not \(value.typeName)")
                }
                weights.append((token, Float(weight)))
            }
            return .byToken(weights)
        }
        throw ModelFileError(
            .missing, path: source.path(of: module.folder), reason: "the weights of query tokens are missing",
            advice: "Download idf.json, or model.safetensors of that folder")
    }

    /// The folder of the tokenizer's files, relative to the model folder: the transformer's own if it has any.
    public var tokenizerFolder: String {
        source.tokenizerFile(in: transformerFolder) == nil ? "" : transformerFolder
    }

    /// The folder of the tokenizer for queries, which may differ where a Router splits the road.
    public var queryTokenizerFolder: String {
        guard let first = queryModules?.first, source.tokenizerFile(in: first.folder) != nil else {
            return tokenizerFolder
        }
        return first.folder
    }

    /// Where the tokenizer's files are in the file system; `nil` if the model is an archive: then use ``tokenizerJSON(in:)``.
    public func tokenizerPath(in folder: String? = nil) -> String? {
        source.isFolder ? source.path(of: folder ?? tokenizerFolder) : nil
    }

    /// The document of `tokenizer.json`, `nil` if the folder has none.
    public func tokenizerJSON(in folder: String? = nil) throws(ModelFileError) -> JSONValue? {
        try source.json(ModelSource.join(folder ?? tokenizerFolder, "tokenizer.json"))?.value
    }

    /// The bytes of any file of the model, `nil` if there is none of that name.
    ///
    /// - Parameter name: Relative to the model folder, without `..`.
    public func file(_ name: String) throws(ModelFileError) -> FileBytes? { try source.bytes(name) }

    /// Where a file of the model is, for messages; inside an archive, `archive: name`.
    ///
    /// - Parameter name: Relative to the model folder; it need not exist.
    public func path(of name: String) -> String { source.path(of: name) }

    /// The document of any JSON file of the model, `nil` if there is none of that name.
    public func json(_ name: String) throws(ModelFileError) -> JSONValue? { try source.json(name)?.value }
}
