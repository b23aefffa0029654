/// A model repository of the hub, at a revision.
public struct HubRepository: Sendable, Hashable {
    /// `org/name`, or a bare name for the oldest repositories.
    public let id: String
    /// A branch, a tag or a commit; `main` unless said.
    public let revision: String

    /// Checks a name and a revision by the rules of the hub.
    ///
    /// - Throws: ``HubError`` of kind `invalidReference`.
    public init(id: String, revision: String = "main") throws(HubError) {
        try self.init(Substring(id), of: id, revision: revision)
    }

    init(_ text: Substring, of reference: String, revision: String?) throws(HubError) {
        let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let id = halves[0]
        let revision = revision ?? (halves.count == 2 ? String(halves[1]) : "main")
        let parts = id.split(separator: "/", omittingEmptySubsequences: false)
        let isName = (1...2).contains(parts.count) && id.utf8.count <= 96 && parts.allSatisfy(Self.isName)
        guard isName else {
            throw HubError(
                .invalidReference, reference, reason: "'\(id)' is not the name of a repository",
                advice: "Names are org/name with letters, digits and - _ .")
        }
        guard Self.isRevision(revision) else {
            throw HubError(
                .invalidReference, reference, reason: "'\(revision)' is not a revision",
                advice: "A revision is a branch, a tag or a commit")
        }
        self.id = String(id)
        self.revision = revision
    }

    /// Whether the revision is a full commit, whose contents never change.
    public var isCommit: Bool { Self.isCommit(revision) }

    /// How the repository is written.
    public var text: String { revision == "main" ? id : "\(id)@\(revision)" }

    /// The name of its folder in the cache.
    var folderName: String { "models--" + id.replacing("/", with: "--") }

    static func isCommit(_ text: String) -> Bool {
        text.utf8.count == 40 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func isName(_ part: Substring) -> Bool {
        let isPlain = part.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard let first = part.utf8.first, let last = part.utf8.last else { return false }
        let edges: [UInt8] = [UInt8(ascii: "-"), UInt8(ascii: ".")]
        return isPlain && !edges.contains(first) && !edges.contains(last) && !part.contains("--")
            && !part.contains("..") && !part.hasSuffix(".git")
    }

    /// What git takes as the name of a branch or tag, less what cannot be a path below `refs`.
    private static func isRevision(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.count <= 255
            && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") && !$0.contains("..") }
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"~^:?*[\\@{}\"'<>|".utf8.contains($0) }
    }
}
