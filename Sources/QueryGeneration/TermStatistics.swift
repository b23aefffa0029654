import NegativeMining
import RandomNumbers
import SearchIndex
import TextAnalysis

/// How common the terms of a collection are, and how much a term tells of a document: its BM25 score for it.
struct TermStatistics: Sendable {
    private let analyzer: Analyzer
    private let stopWords: Analyzer
    private let documentCount: Int
    private let averageLength: Double
    private let frequencies: [UInt64: Int32]

    /// Counts the terms of all documents.
    init(_ documents: [String], analyzer: Analyzer, stopWords: Analyzer) throws(AnalysisError) {
        self.analyzer = analyzer
        self.stopWords = stopWords
        var frequencies: [UInt64: Int32] = [:]
        var tokens = TokenBuffer()
        var length = 0
        for document in documents {
            try analyzer.analyze(document, into: &tokens)
            length += tokens.count
            for term in Set(Self.terms(tokens)) { frequencies[term, default: 0] += 1 }
        }
        self.frequencies = frequencies
        documentCount = documents.count
        averageLength = max(1, Double(length) / Double(max(1, documents.count)))
    }

    /// What each word of a document scores for the document; a term that comes again counts at each place.
    func scores(_ document: DocumentWords) throws(AnalysisError) -> [Double] {
        var terms: [[UInt64]] = []
        var counts: [UInt64: Int] = [:]
        var length = 0
        var tokens = TokenBuffer()
        for word in document.words {
            try analyzer.analyze(String(document.text[word]), into: &tokens)
            let own = Self.terms(tokens)
            for term in own { counts[term, default: 0] += 1 }
            length += own.count
            terms.append(own)
        }
        let (k1, b) = (1.2, 0.75)
        let saturation = k1 * (1 - b + b * Double(length) / averageLength)
        return terms.map { terms in
            terms.reduce(0) { sum, term in
                let idf = BM25.idf(documentFrequency: Int(frequencies[term] ?? 0), documentCount: documentCount)
                let count = Double(counts[term] ?? 0)
                return sum + Double(idf) * count / (count + saturation)
            }
        }
    }

    /// Whether a word says nothing: punctuation, or one of Lucene's English stop words.
    func isStopWord(_ word: Substring) throws(AnalysisError) -> Bool {
        var tokens = TokenBuffer()
        try analyzer.analyze(String(word), into: &tokens)
        if tokens.count == 0 { return true }
        guard tokens.count == 1, word.allSatisfy({ !$0.isNumber }) else { return false }
        try stopWords.analyze(String(word), into: &tokens)
        return tokens.count == 0
    }

    private static func terms(_ tokens: TokenBuffer) -> [UInt64] {
        (0..<tokens.count).map { token in
            SplitMix.key(of: tokens.bytes[tokens.range(of: token)])
        }
    }
}
