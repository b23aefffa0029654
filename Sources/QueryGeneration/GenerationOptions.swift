public import NegativeMining

/// What queries are made, and which of them are kept.
public struct GenerationOptions: Sendable, Hashable {
    /// Whether titles become queries, where documents have some.
    public var makesTitles = true
    /// How many spans, crops and queries of a few words are made of each document.
    public var draws = 1
    /// The part of the draws that are spans; those that are neither spans nor ``wordShare`` are crops.
    public var spanShare = 0.6
    /// The part of the draws that are a few telling words; 0 makes none.
    public var wordShare = 0.0
    /// How many words these are; each count has the same chance.
    public var wordCounts = 1...3
    /// How long spans are, in words.
    public var spanWords = 3...10
    /// How often a span is cut out of its document; else it stays.
    public var spanRemoval = 0.9
    /// How long the query of a crop is, in words; never more than half of the document.
    public var cropWords = 5...30
    /// How long queries may be, in words; those of ``wordShare`` have ``wordCounts``.
    public var queryWords = 2...40
    /// How many words must be left of a document.
    public var leastDocumentWords = 8
    /// A query is kept if one of the sources finds its document among so many; nil keeps all.
    public var roundTripDepth: Int? = 20
    /// A query is too general if more documents than these share the first place of a source's list; nil keeps it.
    public var largestTie: Int? = 5
    /// Makes queries of so many documents only, chosen at random; nil means all.
    public var documents: Int?
    /// The seed of all choices.
    public var seed: UInt64 = 42

    /// The defaults.
    public init() {}

    /// Throws for values that cannot be.
    public func check() throws(MiningError) {
        func demand(_ isRight: Bool, _ reason: String, _ advice: String) throws(MiningError) {
            if !isRight { throw MiningError(.badSetting, reason, advice: advice) }
        }
        try demand(draws >= 0, "\(draws) draws of each document", "Give 0 or more")
        try demand(makesTitles || draws > 0, "neither titles nor draws are asked for", "Ask for one of them")
        try demand((0...1).contains(spanShare), "the share of spans is \(spanShare)", "Give 0 to 1")
        try demand((0...1).contains(wordShare), "the share of a few words is \(wordShare)", "Give 0 to 1")
        try demand(
            spanShare + wordShare <= 1,
            "the shares of spans (\(spanShare)) and of a few words (\(wordShare)) are more than 1",
            "Give shares of at most 1 together")
        try demand((0...1).contains(spanRemoval), "spans are removed with probability \(spanRemoval)", "Give 0 to 1")
        for (name, range) in [
            ("spans", spanWords), ("crops", cropWords), ("a few words", wordCounts), ("queries", queryWords),
        ] {
            try demand(range.lowerBound >= 1, "\(name) of \(range.lowerBound) words", "Give 1 or more")
        }
        try demand(leastDocumentWords >= 1, "documents of \(leastDocumentWords) words", "Give 1 or more")
        try demand(
            roundTripDepth ?? 1 >= 1, "the round trip looks at \(roundTripDepth ?? 0) documents", "Give 1 or more")
        try demand(largestTie ?? 1 >= 1, "ties of \(largestTie ?? 0) documents", "Give 1 or more")
        try demand(documents ?? 1 >= 1, "queries of \(documents ?? 0) documents", "Give 1 or more")
    }
}
