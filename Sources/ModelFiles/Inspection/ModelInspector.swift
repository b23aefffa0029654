import JSON

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Gathers what ``ModelInspection`` holds; whatever goes wrong on the way becomes a finding.
struct ModelInspector {
    let path: String
    var container: ModelInspection.Container = .folder
    var folder: ModelFolder?
    var sizes = ModelInspection.Sizes()
    var weights: ModelInspection.Weights?
    var tokenizer: ModelInspection.TokenizerSummary?
    var findings: [ModelInspection.Finding] = []

    init(path: String) {
        self.path = path
    }

    mutating func inspect(checksValues: Bool) throws(ModelFileError) {
        if let fault = faultOfFile() {
            container = .file
            report(fault)
            return
        }
        do throws(ModelFileError) {
            let folder = try ModelFolder(path: path)
            self.folder = folder
            container = folder.source.isFolder ? .folder : .archive
            readSizes(folder.config)
            inspectModules(folder)
        } catch {
            // A weight file without a configuration is a thing of its own; anything else is a damaged folder.
            if let bytes = try? FileBytes(path: path), let archive = try? WeightArchive.open(bytes) {
                container = .weightFile
                count(archive)
                report(.note, "There is no configuration beside this file: only its tensors can be listed.")
                if checksValues { checkValues(archive) }
                return
            }
            if error.kind == .notFound, error.path == path { throw error }
            report(error)
        }
        guard let folder else { return }
        for note in folder.notes { report(.note, "\(note).") }
        inspectTokenizer(folder)
        if folder.task == .sparseQuery {
            inspectQueryWeights(folder)
            return
        }
        do throws(ModelFileError) {
            let archive = try folder.weights()
            count(archive)
            checkNames(archive, folder)
            if checksValues { checkValues(archive) }
        } catch {
            report(error)
        }
        if folder.queryModules?.contains(where: { $0.kind == .sparseStaticEmbedding }) == true {
            inspectQueryWeights(folder)
        }
    }

    /// Why the path, if it is a regular file, can be neither weights nor an archive of a model.
    private func faultOfFile() -> ModelFileError? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        if path.hasSuffix(".json"), !path.hasSuffix(".index.json") {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            let folder = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/")
            return ModelFileError(
                .unsupported, path: path, reason: "this is a file of a model's folder and not a model by itself",
                advice: "Give the folder: \(folder.isEmpty ? "/" : folder)")
        }
        do throws(ModelFileError) {
            _ = try WeightArchive.open(path)
            return nil
        } catch {
            // An archive of a model without weights is one whose parts can be told.
            if case .some(.some) = try? ModelSource(archiveAt: path) { return nil }
            return error
        }
    }

    private mutating func report(_ severity: ModelInspection.Finding.Severity, _ text: String) {
        findings.append(ModelInspection.Finding(severity: severity, text: text))
    }

    private mutating func report(_ error: ModelFileError) { report(.error, error.description) }

    // MARK: Configuration

    /// The names of sizes: those of BERT, and those of DistilBERT.
    private mutating func readSizes(_ config: JSONValue) {
        func size(_ names: String...) -> Int? { names.lazy.compactMap { config[$0]?.int }.first }
        sizes.layers = size("num_hidden_layers", "n_layers")
        sizes.hidden = size("hidden_size", "dim")
        sizes.heads = size("num_attention_heads", "n_heads")
        sizes.intermediate = size("intermediate_size", "hidden_dim")
        sizes.vocabulary = size("vocab_size")
        sizes.positions = size("max_position_embeddings")
        if let hidden = sizes.hidden, let heads = sizes.heads, heads <= 0 || hidden % heads != 0 {
            report(.error, "The width \(hidden) cannot be divided among \(heads) attention heads.")
        }
    }

    /// The architectures that the encoders of this program run.
    static let supportedModelTypes: Set<String> = [
        "bert", "distilbert", "roberta", "xlm-roberta", "mpnet",
    ]

    private mutating func inspectModules(_ folder: ModelFolder) {
        for module in folder.modules + (folder.queryModules ?? []) where module.kind == .unsupported {
            report(.error, "The module \(module.className) is unknown, so that the model cannot be run.")
        }
        guard folder.task != .sparseQuery else { return }
        if !Self.supportedModelTypes.contains(folder.modelType) {
            let name =
                folder.modelType.isEmpty
                ? "The configuration names no architecture" : "The architecture \(folder.modelType)"
            report(
                .error,
                folder.modelType.isEmpty
                    ? "\(name) (model_type)."
                    : "\(name) is none of those that can be run: \(Self.supportedModelTypes.sorted().joined(separator: ", "))."
            )
        }
        if folder.task == .crossEncoder {
            if folder.labels.count > 1 {
                report(
                    .note,
                    "The head has \(folder.labels.count) labels: this classifies, and does not give one score for ranking."
                )
            }
            let isStated =
                folder.config["sentence_transformers"]?["activation_fn"] != nil
                || folder.config["sbert_ce_default_activation_function"]?.string != nil
                || (try? folder.json("config_sentence_transformers.json"))??["activation_fn"]?.string != nil
            if !isStated {
                report(.note, "No activation is stated: \(folder.activation.name) is taken, by the number of labels.")
            }
        }
        if folder.maxSequenceLength == nil {
            report(.warning, "Nothing says how long an input may be.")
        }
    }

    // MARK: Tokenizer

    private mutating func inspectTokenizer(_ folder: ModelFolder) {
        guard let file = folder.source.tokenizerFile(in: folder.tokenizerFolder) else {
            report(.error, "There is no tokenizer: download tokenizer.json, or vocab.txt with tokenizer_config.json.")
            return
        }
        guard file.hasSuffix("tokenizer.json") else {
            tokenizer = ModelInspection.TokenizerSummary(file: file, kind: "", vocabularySize: nil)
            if !file.hasSuffix("vocab.txt"), !file.hasSuffix("vocab.json") {
                report(
                    .error,
                    "The tokenizer is a SentencePiece file (\(file)), which cannot be read: save it as tokenizer.json with transformers."
                )
            }
            return
        }
        do throws(ModelFileError) {
            guard let document = try folder.source.json(file) else { return }
            let model = document["model"]
            var largest = -1
            for entry in document["added_tokens"]?.array ?? [] { largest = max(largest, entry["id"]?.int ?? -1) }
            switch model?["vocab"] {
            case .object(let vocabulary)?:
                for member in vocabulary { largest = max(largest, member.value.int ?? -1) }
            case .array(let pieces)?: largest = max(largest, pieces.count - 1)
            default: report(.error, "\(file) has no vocabulary.")
            }
            let kind = model?["type"]?.string ?? (model?["merges"] != nil ? "BPE" : "WordPiece")
            tokenizer = ModelInspection.TokenizerSummary(
                file: file, kind: kind, vocabularySize: largest < 0 ? nil : largest + 1)
        } catch {
            report(error)
        }
        if let size = tokenizer?.vocabularySize, let rows = sizes.vocabulary, size > rows {
            report(
                .error,
                "The tokenizer makes ids up to \(size - 1), and the embedding has \(rows) rows: they do not belong together."
            )
        }
    }

    private mutating func inspectQueryWeights(_ folder: ModelFolder) {
        do throws(ModelFileError) {
            switch try folder.queryTokenWeights() {
            case .byID(let tensor)?:
                if let size = tokenizer?.vocabularySize, tensor.elementCount < size {
                    report(
                        .error,
                        "There are \(tensor.elementCount) query weights, and the tokenizer has \(size) tokens.")
                }
            case .byToken(let weights)?:
                if weights.isEmpty { report(.error, "idf.json has no weights.") }
            case nil: break
            }
        } catch {
            report(error)
        }
    }

    // MARK: Weights

    private mutating func count(_ archive: WeightArchive) {
        var parameters = 0
        var bytes = 0
        var types: [ElementType: Int] = [:]
        for tensor in archive.tensors {
            parameters += tensor.elementCount
            bytes += tensor.byteCount + (tensor.rowScales?.count ?? 0)
            types[tensor.elementType, default: 0] += tensor.elementCount
        }
        weights = ModelInspection.Weights(
            path: archive.path, format: archive.format, tensors: archive.tensors, parameterCount: parameters,
            byteCount: bytes,
            elementTypes: types.map { (type: $0.key, parameterCount: $0.value) }
                .sorted { ($1.parameterCount, $0.type.rawValue) < ($0.parameterCount, $1.type.rawValue) })
        if archive.tensors.isEmpty { report(.error, "The weight file holds no tensors.") }
    }

    /// Compares the tensors with the configuration, as far as names tell.
    private mutating func checkNames(_ archive: WeightArchive, _ folder: ModelFolder) {
        let embedding = archive.tensors.first {
            $0.name.hasSuffix("word_embeddings.weight") || $0.name.hasSuffix("embed_tokens.weight")
        }
        if let embedding {
            if let rows = sizes.vocabulary, let width = sizes.hidden, embedding.shape != [rows, width] {
                report(
                    .error,
                    "The embedding \(embedding.name) has shape \(embedding.shape), and the configuration says [\(rows), \(width)]."
                )
            }
        } else if archive.format != .onnx {
            report(.error, "No tensor is named like a word embedding: the weights are not of a text encoder.")
        }
        var layers = -1
        for tensor in archive.tensors {
            let parts = tensor.name.split(separator: ".")
            for (word, number) in zip(parts, parts.dropFirst()) where word == "layer" || word == "layers" {
                layers = max(layers, Int(number) ?? -1)
            }
        }
        if let stated = sizes.layers, layers >= 0, layers + 1 != stated {
            report(.error, "The weights have \(layers + 1) layers, and the configuration says \(stated).")
        }
        func hasHead(_ words: String...) -> Bool {
            archive.tensors.contains { tensor in words.contains { tensor.name.contains($0) } }
        }
        guard archive.format != .onnx else { return }
        switch folder.task {
        case .crossEncoder:
            if !hasHead("classifier") {
                report(.error, "There is no classification head among the weights: scores would be random.")
            }
        case .sparse:
            if !hasHead("cls.predictions", "lm_head", "vocab_transform") {
                report(
                    .error, "There is no masked language model head among the weights, which a sparse encoder needs.")
            }
        case .dense, .sparseQuery: break
        }
    }

    /// Looks for infinities and NaN, which training that diverged leaves.
    private mutating func checkValues(_ archive: WeightArchive) {
        for tensor in archive.tensors where tensor.elementType.isFloatingPoint || tensor.rowScales != nil {
            guard let values = try? tensor.floats() else { continue }
            // Sum of x * 0: zero if and only if all are finite, and one vectorised pass.
            var sum: SIMD8<Float> = .zero
            values.withUnsafeBufferPointer { values in
                var index = 0
                while index + 8 <= values.count {
                    let lanes = UnsafeRawPointer(values.baseAddress! + index).loadUnaligned(as: SIMD8<Float>.self)
                    sum += lanes * 0
                    index += 8
                }
                while index < values.count {
                    sum[0] += values[index] * 0
                    index += 1
                }
            }
            if !(sum.sum() == 0) {
                let count = values.count { !$0.isFinite }
                report(.error, "The tensor \(tensor.name) has \(count) values that are infinite or not a number.")
            }
        }
    }
}
