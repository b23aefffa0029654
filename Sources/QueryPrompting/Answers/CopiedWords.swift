/// The runs of four words of a document, to see what was copied from it.
struct CopiedWords {
    private static let length = 4
    /// The share of the runs of a query above which it is a copy.
    private static let limit = 0.8
    private let runs: Set<ArraySlice<String>>

    init(of document: String) {
        runs = Set(Self.runs(QueryText.words(document)))
    }

    /// Whether most of a query stands in the document as it is; a query of less than four words is never a copy.
    func isCopy(_ words: [String]) -> Bool {
        let own = Self.runs(words)
        return !own.isEmpty && Double(own.count(where: runs.contains)) > Self.limit * Double(own.count)
    }

    private static func runs(_ words: [String]) -> [ArraySlice<String>] {
        guard words.count >= length else { return [] }
        return (0...(words.count - length)).map { words[$0..<($0 + length)] }
    }
}
