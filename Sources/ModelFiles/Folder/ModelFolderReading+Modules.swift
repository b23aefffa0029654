import JSON

/// Which modules run: as `modules.json` and a Router say, or as a folder without them means.
extension ModelFolderReading {
    func moduleList() throws(ModelFileError) -> [ConfigurationFile]? {
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

    mutating func readModules(_ list: [ConfigurationFile]) throws(ModelFileError) {
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
    mutating func readRouter(_ folder: String) throws(ModelFileError) {
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
    mutating func implyModules() throws(ModelFileError) {
        switch task {
        case .crossEncoder:
            modules = [ModelModule(kind: .transformer(.scores))]
        case .dense:
            modules = [ModelModule(kind: .transformer(.tokenEmbeddings))]
            let described = openSearch?.poolingMode.flatMap { ModuleReader.poolingMode(openSearch: $0) }
            let stated = tracedPooling?.mode ?? described
            if let described, let traced = tracedPooling?.mode, traced != described {
                notes.append(
                    "The description says that tokens are pooled by \(described.rawValue), and the graph pools by \(traced.rawValue)"
                )
            }
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
            if tracedPooling?.normalizes ?? openSearch?.normalizesResult ?? false {
                modules.append(ModelModule(kind: .normalize))
            }
        case .sparse:
            let pooling: ModelModule.SpladePooling
            // Written by ModelExport beside the configuration of the transformer, where ML Commons does not look.
            if let stated = try transformer?.section("splade_pooling") {
                pooling = try ModuleReader(source: source).spladePooling(stated)
            } else {
                // The OpenSearch models of the third generation apply the logarithm twice, and nothing but their name says so.
                let isThird = openSearch?.name?.contains("-v3") ?? false
                pooling = ModelModule.SpladePooling(strategy: .max, activation: isThird ? .log1pReLU : .relu)
                notes.append(
                    "The folder does not say how token logits are pooled: the maximum of \(pooling.activation.formula) is taken"
                )
            }
            modules = [ModelModule(kind: .transformer(.tokenLogits)), ModelModule(kind: .spladePooling(pooling))]
            if source.contains("idf.json") { queryModules = [ModelModule(kind: .sparseStaticEmbedding)] }
        case .sparseQuery:
            modules = [ModelModule(kind: .sparseStaticEmbedding)]
            queryModules = modules
        }
    }

    /// The Dense layer inside an exported sentence-transformers pipeline: its tensors bear the number of the module, as in `2.linear.weight`.
    func exportedDense() -> ModelModule? {
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
}
