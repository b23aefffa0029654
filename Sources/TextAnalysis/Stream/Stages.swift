/// Changes text before it is cut into tokens, and remembers where offsets moved.
protocol CharacterFilter: Sendable {
    /// Reads valid UTF-8 and fills `output`, which is empty.
    func apply(_ text: UnsafeBufferPointer<UInt8>, into output: inout FilteredText) throws(AnalysisError)
}

/// Cuts valid UTF-8 into tokens.
protocol TextTokenizer: Sendable {
    /// Appends the tokens to an empty batch and sets its `endOffset`. Offsets are UTF-16 code units of `text`.
    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) throws(AnalysisError)

    /// This tokeniser with a lower-case filter behind it, if it can do both in one pass.
    func lowercasing() -> (any TextTokenizer)?
}

extension TextTokenizer {
    func lowercasing() -> (any TextTokenizer)? { nil }
}

/// Changes, removes or adds tokens.
protocol TokenFilter: Sendable {
    func apply(to batch: inout TokenBatch) throws(AnalysisError)

    /// Whether a normaliser may use the filter: it works on single characters and keeps the number of tokens.
    var worksInNormalizers: Bool { get }

    /// Whether tokens may come out that stand beside several others.
    var makesGraphs: Bool { get }

    /// Whether queries must not follow such tokens: they are variants of one another, not of a text.
    var hidesGraphs: Bool { get }
}

extension TokenFilter {
    var worksInNormalizers: Bool { false }
    var makesGraphs: Bool { false }
    var hidesGraphs: Bool { false }
}
