import PercentEncoding

/// What a user may write where a model is asked for.
///
/// | written | meaning |
/// |---|---|
/// | `folder`, `./folder`, `model.zip`, `file:///srv/model` | a model in the file system |
/// | `org/name`, `org/name@revision` | a repository of the Hugging Face hub |
/// | `hf://org/name@revision` | the same, even where a folder `org/name` exists |
/// | `https://host/path/model.zip` | an OpenSearch artifact; `config.json` beside it, if there is one, has its SHA-256 |
/// | `huggingface/sentence-transformers/name@version:onnx` | a pretrained model of OpenSearch; version and format may be left out |
public enum ModelReference: Sendable, Hashable {
    /// A path in the file system.
    case local(String)
    /// A repository of the hub.
    case repository(HubRepository)
    /// A zip at an address, with its SHA-256 in hexadecimal digits where the caller knows it.
    case archive(url: String, sha256: String?)
    /// A pretrained model of OpenSearch.
    case artifact(ArtifactName)

    /// Reads a reference.
    ///
    /// - Parameters:
    ///   - text: As in the table above.
    ///   - revision: Overrides the revision or version in the text.
    ///   - exists: Whether a path exists; a local path wins over a repository of that name.
    /// - Throws: ``HubError`` of kind `invalidReference`, or `notFound` for a path that does not exist.
    public init(
        _ text: String, revision: String? = nil, exists: (String) -> Bool = ModelReference.exists
    ) throws(HubError) {
        func path(_ path: String) throws(HubError) -> ModelReference {
            guard revision == nil else {
                throw HubError(
                    .invalidReference, text, reason: "a local path has no revisions", advice: "Leave the revision out")
            }
            guard exists(path) else {
                throw HubError(.notFound, text, reason: "no such file or folder", advice: "Check the path of the model")
            }
            return .local(path)
        }
        guard !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw HubError(
                .invalidReference, text.debugDescription, reason: "this is not the name of a model",
                advice: "Give a path, org/name, or an address")
        }
        if text.hasPrefix("file:") {
            self = try path(try Self.path(ofFileURL: text))
        } else if text.hasPrefix("hf://") {
            self = .repository(try HubRepository(text.dropFirst(5), of: text, revision: revision))
        } else if text.hasPrefix("https://") || text.hasPrefix("http://") {
            let plain = text.split(whereSeparator: { $0 == "?" || $0 == "#" }).first ?? ""
            guard plain.lowercased().hasSuffix(".zip") else {
                throw HubError(
                    .invalidReference, Address.shown(text), reason: "the address is not that of a .zip",
                    advice: "Repositories of the hub are written org/name; a mirror is set by HF_ENDPOINT")
            }
            self = .archive(url: text, sha256: nil)
        } else if text.contains("://") {
            throw HubError(
                .invalidReference, Address.shown(text), reason: "addresses of this kind are not known",
                advice: "Known are file://, hf://, http:// and https://")
        } else if exists(text) || text.hasPrefix("/") || text.hasPrefix(".") || text.hasPrefix("~") {
            self = try path(text)
        } else if let name = try ArtifactName(text, version: revision) {
            self = .artifact(name)
        } else if text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)[0].split(separator: "/")
            .count == 2
        {
            self = .repository(try HubRepository(Substring(text), of: text, revision: revision))
        } else {
            throw HubError(
                .notFound, text, reason: "this is no file or folder here, and not org/name either",
                advice: "Check the path; a repository of the hub without an organisation is written hf://name")
        }
    }

    /// How the reference is written.
    public var text: String {
        switch self {
        case .local(let path): path
        case .repository(let repository): repository.text
        case .archive(let url, _): Address.shown(url)
        case .artifact(let name): name.text
        }
    }

    /// The path in `file:///path`, `file://localhost/path` and `file:/path`.
    private static func path(ofFileURL text: String) throws(HubError) -> String {
        var rest = text.dropFirst(5)
        if rest.hasPrefix("//localhost/") {
            rest = rest.dropFirst(11)
        } else if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
        }
        guard rest.hasPrefix("/"), let path = rest.percentDecodedIfValid() else {
            throw HubError(
                .invalidReference, text, reason: "the address does not hold an absolute path",
                advice: "Write file:///folder/model")
        }
        return path
    }
}
