/// The models that came along with the server: under their own names and, where that is allowed, in the place of OpenSearch's pretrained ones.
public struct CompanionModels: Sendable {
    private let find: @Sendable (String) -> String?
    private let standsIn: Bool

    /// Models.
    ///
    /// - Parameters:
    ///   - standsIn: Whether they stand in for pretrained models of their kind.
    ///   - find: The path of the model of a name; nil if none came along.
    public init(standsIn: Bool = false, find: @escaping @Sendable (String) -> String? = { _ in nil }) {
        self.standsIn = standsIn
        self.find = find
    }

    /// The folder of a model; nil if none of that name came along.
    func path(of name: String) -> String? {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-_.".utf8.contains(byte)
        }
        // A name, and no way out of the folder of models.
        guard isPlain, !name.isEmpty, !name.hasPrefix(".") else { return nil }
        return find(name)
    }

    /// What stands in for a pretrained model; nil if nothing does.
    func standIn(for name: String) -> (name: String, path: String)? {
        guard standsIn, let starter = Self.starters.first(where: { name.hasPrefix($0.prefix) })?.starter else {
            return nil
        }
        return path(of: starter).map { (starter, $0) }
    }

    /// Names of pretrained models, and the starter model of their kind.
    private static let starters = [
        (prefix: "huggingface/cross-encoders/", starter: "starter-cross-encoder"),
        (prefix: "huggingface/sentence-transformers/", starter: "starter-dense-encoder"),
        (prefix: "amazon/neural-sparse/opensearch-neural-sparse-encoding-", starter: "starter-sparse-encoder"),
    ]
}
