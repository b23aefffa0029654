import JSON
import TextAnalysis

/// How a long text is scored: in chunks of so many words, whose scores make that of the text.
struct PassageChunking: Sendable, Hashable {
    /// What a text with several chunks scores.
    enum Aggregate: String, Sendable, CaseIterable {
        /// As its best chunk.
        case max
        /// The mean of its first chunks, of `first_k` of them or of all.
        case mean
    }

    /// `max_tokens`: words of a chunk, as the analyser `standard` sees them.
    let tokens: Int
    /// `overlap`: words that a chunk repeats from the one before it.
    let overlap: Int
    /// `max_chunks`, or `first_k` if that is less: chunks of a text that are scored; what is behind them is not read.
    let maximum: Int
    /// `score`.
    let aggregate: Aggregate

    init(_ settings: inout ProcessorSettings) throws {
        func positive(_ name: String, _ fallback: Int?) throws -> Int? {
            guard let number = try settings.int(name) else { return fallback }
            guard number > 0 else { throw settings.fault(name, "must be 1 or more, but is [\(number)]") }
            return number
        }
        tokens = try positive("max_tokens", 200) ?? 200
        overlap = try settings.int("overlap") ?? 0
        guard (0..<tokens).contains(overlap) else {
            throw settings.fault(
                "overlap", "must be 0 or more and less than max_tokens [\(tokens)], but is [\(overlap)]")
        }
        let chunks = try positive("max_chunks", 8) ?? 8
        let name = try settings.optionalString("score") ?? Aggregate.max.rawValue
        guard let known = Aggregate(rawValue: name) else {
            let names = Aggregate.allCases.map(\.rawValue).joined(separator: ", ")
            throw settings.fault("score", "[\(name)] is not known: it is one of [\(names)]")
        }
        aggregate = known
        let first = try positive("first_k", nil)
        if first != nil, known == .max { throw settings.fault("first_k", "goes with \"score\": \"mean\" only") }
        maximum = min(chunks, first ?? chunks)
    }

    /// The chunks of a text; the text itself if it is short.
    ///
    /// A chunk reaches from its first word to the first word behind it. O(length of the text).
    func chunks(of text: String) throws(PipelineError) -> [String] {
        // A word has at least one byte, and another byte stands between two of them unless they are ideographs.
        if text.utf8.count <= tokens { return [text] }
        let words: [AnalyzedToken]
        do throws(AnalysisError) {
            words = try Self.analyzer.detail(text).analyzer.tokens
        } catch {
            throw .illegalArgument(error.reason)
        }
        if words.count <= tokens { return [text] }
        let units = Array(text.utf16)
        var chunks: [String] = []
        var first = 0
        while first < words.count, chunks.count < maximum {
            let start = first == 0 ? 0 : words[first].startOffset
            let isLast = first + tokens >= words.count
            let end = isLast ? units.count : words[first + tokens].startOffset
            chunks.append(String(decoding: units[start..<end], as: UTF16.self))
            if isLast { break }
            first += tokens - overlap
        }
        return chunks
    }

    /// The score of a text by those of its chunks.
    ///
    /// - Parameter scores: at least one.
    func score(_ scores: [Float]) -> Float {
        switch aggregate {
        case .max: scores.max() ?? 0
        case .mean: Float(scores.reduce(0) { $0 + Double($1) } / Double(scores.count))
        }
    }

    private static let analyzer: Analyzer = {
        guard let analyzer = AnalysisRegistry.builtIn.analyzer(named: "standard") else {
            preconditionFailure("the standard analyser is built in")
        }
        return analyzer
    }()
}
