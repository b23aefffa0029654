public import ModelFiles

/// Writes a model folder as ONNX archives for OpenSearch's ML Commons, with what a registration needs beside them.
///
/// One archive for a dense encoder (`TEXT_EMBEDDING`), a sparse encoder (`SPARSE_ENCODING`) or a cross-encoder (`TEXT_SIMILARITY`); two for
/// an inference-free sparse encoder, whose queries are a `SPARSE_TOKENIZE` model. Equal input gives equal bytes.
public struct OpenSearchPackageWriter: Sendable {
    /// The model.
    public var model: ModelFolder
    /// The name under which the model is to be registered, for example `acme/support-search`.
    public var name: String
    /// The version of the registered model.
    public var version = "1.0.0"
    /// What the model does, in words; `nil` for a sentence that follows from the model.
    public var description: String?
    /// The folder or bucket from which the cluster will fetch the archives; `nil` for where they are written.
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
    ///   - replacing: Whether a folder that is there already makes way.
    /// - Returns: The archives; the encoder is the first.
    /// - Throws: ``ExportError``, also if the graph would be larger than the 2 GB that ONNX allows in one file.
    public func write(to path: String, replacing: Bool = false) throws(ExportError) -> [OpenSearchPackage] {
        throw ExportError(
            .unsupported, path: path, reason: "archives are not written yet", advice: "Use a later version")
    }
}
