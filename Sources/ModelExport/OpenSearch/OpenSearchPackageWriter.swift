import JSON
public import ModelFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes a model folder as ONNX archives for OpenSearch's ML Commons, with what a registration needs beside them.
///
/// One archive for a dense encoder (`TEXT_EMBEDDING`), a sparse encoder (`SPARSE_ENCODING`) or a cross-encoder (`TEXT_SIMILARITY`); two for
/// an inference-free sparse encoder, whose queries are a `SPARSE_TOKENIZE` model. Equal input gives equal bytes.
///
/// The folder gets, for each archive, `NAME.zip` and `NAME.register.json`, the body of a registration; and
/// `ml-commons_model_config.json`, the same for the encoder without an address, as opensearch-py-ml expects it.
///
/// Source of names and shapes: the translators of ml-commons (`ONNXSentenceTransformerTextEmbeddingTranslator`,
/// `SparseEncodingTranslator`, `TextSimilarityTranslator`), and DJL's `OrtSymbolBlock`, which hands inputs over by name.
public struct OpenSearchPackageWriter: Sendable {
    /// The model.
    public var model: ModelFolder
    /// The name under which the model is to be registered, for example `acme/support-search`.
    public var name: String
    /// The version of the registered model.
    public var version = "1.0.0"
    /// What the model does, in words; `nil` for a sentence that follows from the model.
    public var description: String?
    /// The address of the folder from which the cluster will fetch the archives; `nil` for where they are written.
    public var baseURL: String?

    /// Makes a writer.
    public init(model: ModelFolder, name: String) {
        self.model = model
        self.name = name
    }

    /// Writes a folder with the archives and their registrations: all of it or nothing.
    ///
    /// - Parameters:
    ///   - path: The folder to be.
    ///   - replacing: Whether a folder of archives that is there already makes way.
    /// - Returns: The archives; the encoder is the first.
    /// - Throws: ``ExportError``, also if the graph would be larger than the 2 GB that ONNX allows in one file, or the model ends in
    ///   steps that ML Commons cannot run.
    public func write(to path: String, replacing: Bool = false) throws(ExportError) -> [OpenSearchPackage] {
        var folder = try StagedFolder(path, replacing: replacing, markers: [Self.descriptionFile])
        let archives = try archives(path)
        var packages: [OpenSearchPackage] = []
        try folder.write(byteCount: archives.reduce(0) { $0 + ZipWriter($1.files).byteCount + (1 << 16) }) {
            (folder) throws(ExportError) in
            for archive in archives {
                let place = try folder.place(of: archive.name + ".zip")
                let digest: String
                do throws(ModelFileError) { digest = try ZipWriter(archive.files).write(to: place) } catch {
                    throw folder.named(error)
                }
                packages.append(try register(archive, digest, in: folder))
            }
        }
        return packages
    }

    static let descriptionFile = "ml-commons_model_config.json"

    private struct Archive {
        var name: String
        var description: OpenSearchDescription
        var files: [ArchiveFile]
    }

    private func register(
        _ archive: Archive, _ digest: String, in folder: StagedFolder
    ) throws(ExportError) -> OpenSearchPackage {
        let byteCount = ZipWriter(archive.files).byteCount
        func registration(_ url: String?) -> JSONValue {
            .object(archive.description.registration(digest: digest, byteCount: byteCount, url: url))
        }
        if archive.description.function != "SPARSE_TOKENIZE" {
            try folder.write(IndentedJSON.bytes(registration(nil), indent: 2), to: Self.descriptionFile)
        }
        let body = registration(address(of: archive.name + ".zip", in: folder.path))
        let file = archive.name + ".register.json"
        try folder.write(IndentedJSON.bytes(body, indent: 2) + [UInt8(ascii: "\n")], to: file)
        return OpenSearchPackage(
            function: archive.description.function, path: folder.path + "/" + archive.name + ".zip", digest: digest,
            byteCount: byteCount, registration: body, registrationPath: folder.path + "/" + file)
    }

    /// Where a cluster finds a file.
    private func address(of file: String, in folder: String) -> String {
        if let baseURL { return baseURL.hasSuffix("/") ? baseURL + file : baseURL + "/" + file }
        var path = folder
        if !path.hasPrefix("/"), let current = getcwd(nil, 0) {
            path = String(cString: current) + "/" + path
            free(current)
        }
        return "file://" + Self.escaped(path + "/" + file)
    }

    /// A path as part of an address: RFC 3986, section 3.3.
    private static func escaped(_ path: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/!$&'()*+,;=:@".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in path.utf8 {
            if plain.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Archives

    private func archives(_ path: String) throws(ExportError) -> [Archive] {
        guard model.task != .sparseQuery else {
            throw ExportError(
                .unsupported, path: model.path, reason: "a \(model.task.name) has no network to be exported",
                advice: "Export its document encoder, as a sparse encoder")
        }
        let base = try fileName()
        let plan = try FolderPlan(ModelFolderWriter(source: model), path: path)
        let shape = plan.shape
        let description = try OpenSearchDescription(encoder: self, shape)
        let tokenizer = try OpenSearchTokenizer(model, length: model.maxSequenceLength ?? shape.maximumTokens)
        var files = [
            file(Self.descriptionFile, IndentedJSON.bytes(.object(description.object), indent: 2)),
            file("tokenizer.json", tokenizer.bytes),
        ]
        files.append(ArchiveFile(name: base + ".onnx", contents: .graph(try graph(plan))))
        var archives = [Archive(name: base, description: description, files: files)]
        let pipeline = try ModulePipeline(plan)
        if pipeline.isRouted {
            let tokens = try TokenizerFiles(plan).tokens()
            let weights = try pipeline.queryWeights(tokens).weights
            let description = OpenSearchDescription(tokenizer: self)
            let files = [
                file(Self.descriptionFile, IndentedJSON.bytes(.object(description.object), indent: 2)),
                file("idf.json", ModulePipeline.idf(tokens, weights)), file("tokenizer.json", tokenizer.bytes),
            ]
            archives.append(Archive(name: base + "-tokenizer", description: description, files: files))
        }
        return archives
    }

    private func file(_ name: String, _ bytes: [UInt8]) -> ArchiveFile {
        ArchiveFile(name: name, contents: .bytes(bytes))
    }

    /// The last part of the model's name, as a file name.
    private func fileName() throws(ExportError) -> String {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._".utf8)
        let last = name.split(separator: "/").last ?? ""
        let bytes = last.utf8.map { allowed.contains($0) ? $0 : UInt8(ascii: "-") }
        let text = String(decoding: bytes, as: UTF8.self)
        guard !["", ".", ".."].contains(text), text.utf8.count <= 200 else {
            throw ExportError(
                .badSetting, path: model.path, subject: "name",
                reason: "\(name.debugDescription) is no name for a model",
                advice: "Use letters and digits, at most 200")
        }
        // Neither hidden nor taken for an option.
        return text.hasPrefix(".") || text.hasPrefix("-") ? "model" + text : text
    }

    private func graph(_ plan: FolderPlan) throws(ExportError) -> ONNXModel {
        let shape = plan.shape
        let archive: WeightArchive
        do throws(ModelFileError) { archive = try model.weights() } catch { throw ExportError(reading: error) }
        let labels = plan.labels.count
        let selection = try TensorSelection(
            shape, task: model.task, labels: labels, given: [], source: archive, path: archive.path)
        let hasTypes = shape.family == .bert || model.task == .crossEncoder
        // The translator of sparse encoders calls its inputs as traced pipelines do, and has no segments.
        let inputs =
            model.task == .sparse
            ? EncoderGraph.InputNames(ids: "input1.input_ids", mask: "input1.attention_mask", types: nil)
            : EncoderGraph.InputNames(
                ids: "input_ids", mask: "attention_mask", types: hasTypes ? "token_type_ids" : nil)
        let prefix = model.task == .dense ? "" : shape.family.base + "."
        let encoder = try EncoderGraph(
            shape, tensors: selection.tensors, prefix: prefix, inputs: inputs, path: model.path)
        let graph =
            switch model.task {
            case .dense: encoder.hiddenStates()
            case .sparse:
                encoder.tokenWeights(
                    OpenSearchDescription.spladePooling(of: model), hasOwnDecoder: selection.hasOwnDecoder)
            case .crossEncoder, .sparseQuery: encoder.logits(labels: labels)
            }
        guard graph.byteCount <= ONNXModel.largest else {
            throw ExportError(
                .unsupported, path: model.path,
                reason: "its ONNX graph would have \(graph.byteCount) bytes, and one file holds less than 2 GB",
                advice: "Serve the folder with Needletail, which ML Commons can call as a remote model")
        }
        return graph
    }
}
