/// The name of a pretrained model of OpenSearch, with version and format.
///
/// The layout of the artifact host is that of ML Commons:
/// `{name}/{version}/{format}/{name after its first part, "/" as "_"}-{version}-{format}.zip`, with `config.json` beside the zip.
public struct ArtifactName: Sendable, Hashable {
    /// The formats that the host has, as its folders are named.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// A traced PyTorch module, which every model has.
        case torchScript = "torch_script"
        /// An ONNX graph.
        case onnx
    }

    /// For example `huggingface/sentence-transformers/all-MiniLM-L6-v2`.
    public let name: String
    /// For example `1.0.2`; nil means the newest that the host lists.
    public let version: String?
    /// The format; TorchScript unless said.
    public let format: Format

    /// Checks a name.
    ///
    /// - Throws: ``HubError`` of kind `invalidReference` if name or version cannot be parts of a path.
    public init(name: String, version: String? = nil, format: Format = .torchScript) throws(HubError) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.count <= 6, parts.allSatisfy(Self.isPart),
            version.map({ Self.isPart($0[...]) }) ?? true
        else {
            throw HubError(
                .invalidReference, name + (version.map { "@\($0)" } ?? ""),
                reason: "this is not the name of a pretrained model",
                advice: "Write for example huggingface/sentence-transformers/all-MiniLM-L6-v2@1.0.2:onnx")
        }
        self.name = name
        self.version = version
        self.format = format
    }

    /// Reads `name[@version][:format]`; nil if the text does not begin as the names of OpenSearch do.
    init?(_ text: String, version wanted: String?) throws(HubError) {
        var rest = text[...]
        guard rest.hasPrefix("huggingface/") || rest.hasPrefix("amazon/") else { return nil }
        var format = Format.torchScript
        if let colon = rest.lastIndex(of: ":") {
            let word = rest[rest.index(after: colon)...].lowercased()
            guard let named = Format(rawValue: word) else {
                throw HubError(
                    .invalidReference, text, reason: "'\(word)' is not a format",
                    advice: "Formats are torch_script and onnx")
            }
            format = named
            rest = rest[..<colon]
        }
        let halves = rest.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves[0].split(separator: "/").count == 3 else { return nil }
        try self.init(
            name: String(halves[0]), version: wanted ?? (halves.count == 2 ? String(halves[1]) : nil), format: format)
    }

    /// How the name is written.
    public var text: String {
        name + (version.map { "@\($0)" } ?? "") + (format == .torchScript ? "" : ":\(format.rawValue)")
    }

    /// The folder of a version, relative to the root of the host.
    func folder(version: String) -> String { "\(name)/\(version)/\(format.rawValue)" }

    /// The name of the zip of a version.
    func zipName(version: String) -> String {
        let rest = name.split(separator: "/").dropFirst().joined(separator: "_")
        return "\(rest)-\(version)-\(format.rawValue).zip"
    }

    private static func isPart(_ part: Substring) -> Bool {
        !part.isEmpty && !part.hasPrefix(".") && part.utf8.count <= 128
            && part.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "-_.+".utf8.contains(byte)
            }
    }
}
