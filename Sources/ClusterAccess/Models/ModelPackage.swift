public import JSON
import ModelExport
import ModelFiles

/// A model archive of ML Commons on this machine, and what its registration has to say.
public struct ModelPackage: Sendable, Hashable {
    /// The zip.
    public let path: String
    /// `name`, `model_format`, `function_name`, `model_config` and the other fields of a registration; an `url` among them is not used.
    public let registration: JSONValue

    /// A package of its parts.
    public init(path: String, registration: JSONValue) {
        self.path = path
        self.registration = registration
    }

    /// Reads a package that `OpenSearchPackageWriter` wrote.
    ///
    /// - Parameter registrationPath: `NAME.register.json`; the archive is `NAME.zip` beside it.
    /// - Throws: `ModelFileError` if the file cannot be read or is no registration.
    public init(registrationPath: String) throws {
        let ending = ".register.json"
        guard registrationPath.hasSuffix(ending) else {
            throw ModelFileError(
                .unsupported, path: registrationPath, reason: "the name does not end with \(ending)",
                advice: "Give the file that was written beside the archive")
        }
        let file = try FileBytes(path: registrationPath)
        do {
            registration = try JSONValue(parsing: file.array())
        } catch {
            throw ModelFileError(.malformed, path: registrationPath, offset: error.offset, reason: error.reason)
        }
        path = registrationPath.dropLast(ending.count) + ".zip"
    }

    /// Packs a model folder: an ONNX graph, its tokenizer and its description in a zip that OpenSearch and Needletail register alike.
    ///
    /// Equal models give equal archives, so that a repeated registration knows them.
    ///
    /// - Parameters:
    ///   - folder: The model, as training writes it.
    ///   - name: The name under which it is to be registered.
    ///   - target: The folder of archives to be; one that is there is replaced.
    /// - Returns: The encoder; for an inference-free sparse encoder also the tokenizer of its queries.
    /// - Throws: `ModelFileError` if the folder is no model, `ExportError` if it cannot be packed.
    public static func pack(
        _ folder: String, name: String, description: String? = nil, into target: String
    ) throws -> [ModelPackage] {
        var writer = OpenSearchPackageWriter(model: try ModelFolder(path: folder), name: name)
        writer.description = description
        return try writer.write(to: target, replacing: true).map {
            ModelPackage(path: $0.path, registration: $0.registration)
        }
    }
}
