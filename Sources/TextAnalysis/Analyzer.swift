/// Turns text into the tokens that are indexed and searched for: character filters, a tokeniser, token filters, as Lucene chains them.
///
/// An analyser is immutable and may be used by any number of threads at once; each brings a ``TokenBuffer`` of its own, which holds the
/// tokens and the working memory. What is not valid UTF-8 is read as U+FFFD.
public final class Analyzer: Sendable {
    /// The name, as mappings and `_analyze` know it.
    public let name: String
    /// The positions left empty between two values of the same field, so that phrases do not match across them; 100 unless configured.
    public let positionIncrementGap: Int
    /// Whether this is a normaliser: one token for the whole text.
    public let isNormalizer: Bool

    let characterFilters: [Named<any CharacterFilter>]
    let tokenizer: Named<any TextTokenizer>
    let filters: [Named<any TokenFilter>]
    /// Whether tokens may stand beside several others (``AnalyzedToken/positionLength``), so that queries must follow the graph.
    public let makesGraphs: Bool
    /// Whether `_analyze` shows the stages: only custom chains have named ones.
    let isCustom: Bool
    private let fastTokenizer: any TextTokenizer
    private let fastFilters: [any TokenFilter]

    /// A stage with the name that it was asked for by.
    struct Named<Stage: Sendable>: Sendable {
        var name: String
        var stage: Stage
    }

    init(
        name: String, characterFilters: [Named<any CharacterFilter>] = [], tokenizer: Named<any TextTokenizer>,
        filters: [Named<any TokenFilter>], positionIncrementGap: Int = 100, isCustom: Bool = false,
        isNormalizer: Bool = false
    ) {
        self.name = name
        self.characterFilters = characterFilters
        self.tokenizer = tokenizer
        self.filters = filters
        self.positionIncrementGap = positionIncrementGap
        self.isCustom = isCustom
        self.isNormalizer = isNormalizer
        makesGraphs = filters.contains { $0.stage.makesGraphs } && !filters.contains { $0.stage.hidesGraphs }
        if filters.first?.stage is LowercaseFilter, let fused = tokenizer.stage.lowercasing() {
            fastTokenizer = fused
            fastFilters = filters.dropFirst().map(\.stage)
        } else {
            fastTokenizer = tokenizer.stage
            fastFilters = filters.map(\.stage)
        }
    }

    /// Replaces the buffer's tokens by those of a text.
    ///
    /// O(length); nothing is allocated once the buffer has grown to its texts.
    public func analyze(
        _ text: UnsafeBufferPointer<UInt8>, into buffer: inout TokenBuffer
    ) throws(AnalysisError) {
        buffer.removeAll()
        try run(text, into: &buffer, positionGap: 0, offsetBase: 0)
    }

    /// Replaces the buffer's tokens by those of a text.
    public func analyze(_ text: String, into buffer: inout TokenBuffer) throws(AnalysisError) {
        buffer.removeAll()
        try append(text, to: &buffer, positionGap: 0, offsetBase: 0)
    }

    /// Adds the tokens of one more value of the same field: positions go on ``positionIncrementGap`` behind the last one, offsets one behind.
    ///
    /// The first value may be added to an empty buffer.
    public func append(
        _ text: UnsafeBufferPointer<UInt8>, to buffer: inout TokenBuffer
    ) throws(AnalysisError) {
        let isFirst = buffer.isFresh
        try run(
            text, into: &buffer, positionGap: isFirst ? 0 : Int32(clamping: positionIncrementGap),
            offsetBase: isFirst ? 0 : buffer.endOffset + 1)
    }

    /// Adds the tokens of one more value of the same field.
    public func append(_ text: String, to buffer: inout TokenBuffer) throws(AnalysisError) {
        let isFirst = buffer.isFresh
        try append(
            text, to: &buffer, positionGap: isFirst ? 0 : Int32(clamping: positionIncrementGap),
            offsetBase: isFirst ? 0 : buffer.endOffset + 1)
    }

    /// The tokens of a text with type and position length.
    public func tokens(_ text: String) throws(AnalysisError) -> [AnalyzedToken] {
        try detail(text).analyzer.tokens
    }

    /// The one token that a normaliser makes of a value.
    public func normalize(_ text: String) throws(AnalysisError) -> String {
        try tokens(text).first?.text ?? ""
    }

    private func append(
        _ text: String, to buffer: inout TokenBuffer, positionGap: Int32, offsetBase: Int32
    ) throws(AnalysisError) {
        var text = text
        var failure: AnalysisError?
        text.withUTF8 { bytes in
            do throws(AnalysisError) {
                try run(bytes, into: &buffer, positionGap: positionGap, offsetBase: offsetBase)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private func run(
        _ text: UnsafeBufferPointer<UInt8>, into buffer: inout TokenBuffer, positionGap: Int32, offsetBase: Int32
    ) throws(AnalysisError) {
        let scratch = buffer.exclusiveScratch()
        var batch = scratch.takeBatch()
        batch.removeAll()
        try Self.run(
            text, characterFilters: characterFilters, tokenizer: fastTokenizer, filters: fastFilters, into: &batch,
            scratch: scratch)
        buffer.append(batch, positionGap: positionGap, offsetBase: offsetBase)
        scratch.putBack(batch)
    }

    /// Runs a chain over one text.
    static func run(
        _ text: UnsafeBufferPointer<UInt8>, characterFilters: [Named<any CharacterFilter>],
        tokenizer: any TextTokenizer, filters: [any TokenFilter], into batch: inout TokenBatch,
        scratch: AnalysisScratch
    ) throws(AnalysisError) {
        var repaired: [UInt8] = []
        let isValid = UTF8Repair.isValid(text)
        if !isValid { repaired = UTF8Repair.repaired(text) }
        if characterFilters.isEmpty, isValid {
            try tokenizer.tokenize(text, into: &batch)
        } else {
            if isValid { repaired = Array(text) }
            while scratch.filtered.count < characterFilters.count { scratch.filtered.append(FilteredText()) }
            for (index, filter) in characterFilters.enumerated() {
                scratch.filtered[index].removeAll()
                try Self.withBytes(index == 0 ? repaired : scratch.filtered[index - 1].bytes) {
                    bytes throws(AnalysisError) in
                    try filter.stage.apply(bytes, into: &scratch.filtered[index])
                }
            }
            let filtered = characterFilters.isEmpty ? repaired : scratch.filtered[characterFilters.count - 1].bytes
            try tokenize(filtered, with: tokenizer, into: &batch)
            for index in stride(from: characterFilters.count - 1, through: 0, by: -1) {
                let map = scratch.filtered[index]
                for token in 0..<batch.tokens.count {
                    batch.tokens.base[token].startOffset = map.correct(batch.tokens.base[token].startOffset)
                    batch.tokens.base[token].endOffset = map.correct(batch.tokens.base[token].endOffset)
                }
                batch.endOffset = map.correct(batch.endOffset)
            }
        }
        for filter in filters { try filter.apply(to: &batch) }
    }

    private static func tokenize(
        _ bytes: [UInt8], with tokenizer: any TextTokenizer, into batch: inout TokenBatch
    ) throws(AnalysisError) {
        var failure: AnalysisError?
        bytes.withUnsafeBufferPointer { text in
            do throws(AnalysisError) { try tokenizer.tokenize(text, into: &batch) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    static func withBytes(
        _ bytes: [UInt8], _ body: (UnsafeBufferPointer<UInt8>) throws(AnalysisError) -> Void
    ) throws(AnalysisError) {
        var failure: AnalysisError?
        bytes.withUnsafeBufferPointer { text in
            do throws(AnalysisError) { try body(text) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
