/// How negatives are found.
public struct MiningSettings: ParameterSection {
    /// What proposes negatives.
    public enum Search: String, Sendable, Hashable, CaseIterable {
        /// By words.
        case words
        /// By the base model, if it encodes texts.
        case base
    }

    /// Negatives of a query; 0 mines none: pairs are ranked against their batch.
    public var negatives = 1
    /// Candidates that each search proposes.
    public var depth = 50
    /// What proposes them.
    public var searches = [Search.words, .base]
    /// Candidates that score higher than the answer less this part of its score are dropped; nil keeps them.
    public var relativeMargin: Double? = 0.05
    /// Skips the so many best candidates.
    public var rangeMinimum = 0
    /// Candidates that share at least this part of their word runs with the answer are dropped; nil keeps them.
    public var nearDuplicates: Double? = 0.8
    /// A model that scores candidates anew.
    public var teacher: String?
    /// The analyser of search by words, everywhere in a run.
    public var analyzer = "standard"

    /// The defaults.
    public init() {}

    static var fields: [ParameterField<Self>] {
        [
            .integer("negatives", \.negatives, in: 0...100, "Negatives of a query; 0 mines none."),
            .integer("depth", \.depth, in: 1...10_000, "Candidates that each search proposes."),
            .choices("searches", \.searches, "What proposes candidates: words, base, or both."),
            .real(
                "relative_margin", \.relativeMargin, in: 0...1,
                "Candidates above the answer's score less this part of it are dropped; unset keeps them."),
            .integer("range_min", \.rangeMinimum, in: 0...10_000, "Skips the so many best candidates."),
            .real(
                "near_duplicates", \.nearDuplicates, in: 0.01...1,
                "Candidates that share this part of their word runs with the answer are dropped."),
            .text("teacher", \.teacher, "A model that scores candidates anew."),
            .text("analyzer", \.analyzer, "The analyser of search by words: standard, english, german, ..."),
        ]
    }
}
