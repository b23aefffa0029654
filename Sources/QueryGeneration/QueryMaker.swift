import NegativeMining
import Relevance
import TextAnalysis

/// Makes queries of one document.
struct QueryMaker: Sendable {
    let options: GenerationOptions
    let statistics: TermStatistics

    /// The title as query; nil if the document has none.
    func title(_ document: RetrievalDataset.Document, number: Int) -> GeneratedQuery? {
        document.title.isEmpty
            ? nil : GeneratedQuery(kind: .title, query: document.title, document: number, text: document.text)
    }

    /// The most telling span of the text, or a crop of it; the document side begins with the title, as documents are read.
    ///
    /// - Parameter random: of this document and this draw.
    /// - Returns: nil if the document is too short.
    func draw(
        _ document: RetrievalDataset.Document, number: Int, random: inout SplitMix
    ) throws(AnalysisError) -> GeneratedQuery? {
        let words = DocumentWords(document.text)
        let isSpan = random.unit() < options.spanShare
        guard let (query, rest) = isSpan ? try span(words, random: &random) : crop(words, random: &random) else {
            return nil
        }
        let text = [document.title, rest].filter { !$0.isEmpty }.joined(separator: " ")
        return GeneratedQuery(kind: isSpan ? .span : .crop, query: query, document: number, text: text)
    }

    /// The runs of words of a length that is drawn, within sentences and not between stop words, and whole sentences of a length that
    /// spans may have, compete by their mean score per word.
    private func span(
        _ text: DocumentWords, random: inout SplitMix
    ) throws(AnalysisError) -> (query: String, rest: String)? {
        let length = options.spanWords.lowerBound + random.below(options.spanWords.count)
        let isRemoved = random.unit() < options.spanRemoval
        let scores = try statistics.scores(text)
        let isStopWord = try text.words.map { (word) throws(AnalysisError) in try statistics.isStopWord(text.text[word])
        }
        var best: (range: Range<Int>, score: Double)?
        func consider(_ range: Range<Int>) {
            let score = scores[range].reduce(0, +) / Double(range.count)
            if score > best?.score ?? 0 { best = (range, score) }
        }
        for sentence in text.sentences {
            if options.spanWords.contains(sentence.count) { consider(sentence) }
            guard sentence.count >= length else { continue }
            for start in sentence.lowerBound...(sentence.upperBound - length) {
                let range = start..<(start + length)
                if !isStopWord[start], !isStopWord[range.upperBound - 1] { consider(range) }
            }
        }
        guard let best else { return nil }
        return (text.trimmed(best.range), isRemoved ? text.without(best.range) : text.text)
    }

    /// A short run of words as query, and a run of at least half of the words, drawn apart, as document.
    private func crop(_ text: DocumentWords, random: inout SplitMix) -> (query: String, rest: String)? {
        let longest = min(options.cropWords.upperBound, text.count / 2)
        guard longest >= options.cropWords.lowerBound else { return nil }
        let length = options.cropWords.lowerBound + random.below(longest - options.cropWords.lowerBound + 1)
        let start = random.below(text.count - length + 1)
        let kept = text.count / 2 + random.below(text.count - text.count / 2 + 1)
        let first = random.below(text.count - kept + 1)
        return (text.trimmed(start..<(start + length)), String(text.span(first..<(first + kept))))
    }
}
