/// Texts that a model is quantised by: most of them choose the smoothing, the others measure what was lost.
public struct CalibrationSample: Sendable, Hashable {
    /// A text and, if known, a query that it may answer.
    public struct Item: Sendable, Hashable {
        /// What a user would ask; nil: the beginning of the text stands for it.
        public var query: String?
        /// The text.
        public var text: String

        /// A text with or without a query.
        public init(query: String? = nil, text: String) {
            self.query = query
            self.text = text
        }

        /// Whether the text has nothing in it.
        var isBlank: Bool { text.allSatisfy(\.isWhitespace) }

        /// The query, or the first eight words of the text.
        var question: String {
            query
                ?? text.split(separator: " ", maxSplits: 8, omittingEmptySubsequences: true).prefix(8)
                .joined(separator: " ")
        }
    }

    /// Texts that are used at most; those beyond are not read.
    public static let largestCount = 512
    /// Texts that are needed at least.
    public static let smallestCount = 32

    /// Where the texts came from, for the record.
    public let name: String
    /// The texts that have something in them.
    public let items: [Item]

    /// Takes texts; blank ones are left out, and those beyond ``largestCount``.
    ///
    /// - Throws: ``EncoderError/Code/badRequest`` if fewer than ``smallestCount`` are left.
    public init(name: String, _ items: [Item]) throws(EncoderError) {
        self.name = name
        self.items = Array(
            items.lazy.filter { !$0.isBlank }.prefix(Self.largestCount))
        guard self.items.count >= Self.smallestCount else {
            throw EncoderError(
                .badRequest,
                "the sample \(name) holds \(self.items.count) texts; quantisation needs \(Self.smallestCount) at least, "
                    + "of which a quarter measures the quality",
                advice: "Give texts of the kind that the model will read, a hundred or more")
        }
    }

    /// The texts that come along.
    init(builtIn items: [Item]) {
        name = "built-in texts"
        self.items = items
    }

    /// The texts that choose the smoothing: three of four.
    var calibration: [Item] { items.indices.filter { $0 % 4 != 3 }.map { items[$0] } }
    /// The texts that measure quality: every fourth.
    var heldOut: [Item] { items.indices.filter { $0 % 4 == 3 }.map { items[$0] } }
}
