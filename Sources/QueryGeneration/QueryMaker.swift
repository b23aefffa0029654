import NegativeMining
import RandomNumbers
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

    /// The most telling span of the text, a crop of it or a few of its words; the document side begins with the title, as documents are read.
    ///
    /// - Parameter random: of this document and this draw.
    /// - Returns: nil if the document is too short.
    func draw(
        _ document: RetrievalDataset.Document, number: Int, random: inout SplitMix
    ) throws(AnalysisError) -> GeneratedQuery? {
        let words = DocumentWords(document.text)
        let share = random.unit()
        let kind: GeneratedQuery.Kind =
            share < options.spanShare ? .span : share < options.spanShare + options.wordShare ? .words : .crop
        let made =
            switch kind {
            case .span: try span(words, random: &random)
            case .words: try fewWords(words, random: &random)
            default: crop(words, random: &random)
            }
        guard let (query, rest) = made else { return nil }
        let text = [document.title, rest].filter { !$0.isEmpty }.joined(separator: " ")
        return GeneratedQuery(kind: kind, query: query, document: number, text: text)
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

    /// Different words in the order of the text, each drawn with a chance that grows with its score; nil if there are too few.
    private func fewWords(
        _ text: DocumentWords, random: inout SplitMix
    ) throws(AnalysisError) -> (query: String, rest: String)? {
        let count = options.wordCounts.lowerBound + random.below(options.wordCounts.count)
        let scores = try statistics.scores(text)
        var seen: Set<String> = []
        var choices: [(place: Int, word: String, weight: Double)] = []
        for (place, word) in text.words.enumerated() where try !statistics.isStopWord(text.text[word]) {
            let trimmed = text.trimmed(place..<(place + 1))
            if trimmed.contains(where: \.isLetter), seen.insert(trimmed.lowercased()).inserted {
                // The power makes rare words likelier: what users search for is what tells documents apart.
                choices.append((place, trimmed, scores[place] * scores[place].squareRoot()))
            }
        }
        guard choices.count >= count else { return nil }
        var drawn: [(place: Int, word: String)] = []
        for _ in 0..<count {
            var rest = random.unit() * choices.reduce(0) { $0 + $1.weight }
            let pick =
                choices.firstIndex { choice in
                    rest -= choice.weight
                    return rest < 0
                } ?? choices.count - 1
            let choice = choices.remove(at: pick)
            drawn.append((choice.place, choice.word))
        }
        let query = drawn.sorted { $0.place < $1.place }.map(\.word).joined(separator: " ")
        return (query, text.text)
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
