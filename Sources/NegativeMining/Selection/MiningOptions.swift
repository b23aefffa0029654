/// Which candidates become negatives; the names and meanings are those of sentence-transformers' `mine_hard_negatives`.
///
/// All scores and margins are those of the guide: the teacher if there is one, else the dense source, the sparse one, BM25.
///
/// What differs from the original: each source proposes ``depth`` candidates (there, the model proposes `range_max` and as many as there
/// are positives), and without ``rangeMax`` all of them are considered; a teacher always scores anew (there, only where scores are bounded);
/// copies of relevant documents are dropped; random choices are those of another generator, and never fall on dropped candidates.
public struct MiningOptions: Sendable, Hashable {
    /// How the negatives of a query are chosen among those that are admissible.
    public enum Sampling: Sendable, Hashable {
        /// Those with the highest scores.
        case top
        /// Any of them, with equal chances; the same for a query whatever the other queries and the number of threads.
        case random(seed: UInt64)
        /// One of each of as many runs of ranks as negatives are wanted, each run longer than the last by the same factor: few of the best, and
        /// some of all depths, as lists need that teach a whole ranking. Random within a run, as ``random(seed:)``.
        case spread(seed: UInt64)
    }

    /// How many candidates each source proposes for a query.
    public var depth = 50
    /// Skips the so many best of the candidates that passed the filters.
    public var rangeMin = 0
    /// Takes negatives from the so many best of the candidates that passed the filters, the skipped ones included; nil means from all.
    public var rangeMax: Int?
    /// Drops candidates that score more.
    public var maximumScore: Float?
    /// Drops candidates that score less.
    public var minimumScore: Float?
    /// Drops candidates that score more than the lowest positive less this margin.
    public var absoluteMargin: Float?
    /// Drops candidates that score more than `p - |p| * margin`, where `p` is the score of the lowest positive; 0.05 is the
    /// "TopK-PercPos 95%" of NV-Retriever (arXiv:2407.15831).
    public var relativeMargin: Float?
    /// How many negatives a query gets at most.
    public var negatives = 3
    /// How they are chosen.
    public var sampling = Sampling.top
    /// Keeps positives among the candidates, for lists that show a ranking; filters may still drop them.
    public var includesPositives = false
    /// Drops candidates that share at least this part of their shingles (runs of five words) with a positive: the Jaccard coefficient; nil
    /// drops none.
    public var nearDuplicateSimilarity: Double? = 0.8
    /// Fills up with random documents of the collection that are no candidates, where too few are admissible.
    public var fillsWithRandom = false
    /// The seed of ``fillsWithRandom``.
    public var fillSeed: UInt64 = 42

    /// The most candidates, negatives and ranks that can be asked for.
    public static let limit = 100_000

    /// The defaults: the three best, no margins.
    public init() {}

    /// Throws for values that cannot be.
    public func check() throws(MiningError) {
        func demand(_ isRight: Bool, _ reason: String, _ advice: String) throws(MiningError) {
            if !isRight { throw MiningError(.badSetting, reason, advice: advice) }
        }
        try demand(
            (1...Self.limit).contains(depth), "the sources propose \(depth) candidates", "Ask for 1 to \(Self.limit)")
        try demand((1...Self.limit).contains(negatives), "num_negatives is \(negatives)", "Ask for 1 to \(Self.limit)")
        try demand((0...Self.limit).contains(rangeMin), "range_min is \(rangeMin)", "Give 0 to \(Self.limit)")
        if let rangeMax {
            try demand(
                rangeMin < rangeMax, "range_min \(rangeMin) is not below range_max \(rangeMax)",
                "Give a larger range_max")
            try demand(
                negatives <= rangeMax - rangeMin,
                "\(negatives) negatives do not fit the \(rangeMax - rangeMin) ranks from range_min \(rangeMin) to range_max \(rangeMax)",
                "Ask for fewer negatives or a larger range")
        }
        for (name, value) in [
            ("max_score", maximumScore), ("min_score", minimumScore), ("absolute_margin", absoluteMargin),
            ("relative_margin", relativeMargin),
        ] {
            try demand(value?.isFinite != false, "\(name) is not a finite number", "Give a number")
        }
        if let maximumScore, let minimumScore {
            try demand(
                minimumScore <= maximumScore, "min_score \(minimumScore) is above max_score \(maximumScore)",
                "Give a range that scores can be in")
        }
        if let similarity = nearDuplicateSimilarity {
            try demand(
                similarity > 0 && similarity <= 1, "the near-duplicate similarity is \(similarity)",
                "Give more than 0 and at most 1")
        }
    }
}
