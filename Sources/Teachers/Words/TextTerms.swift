package import TextAnalysis

/// The terms of a text, each with how often it occurs, in the order of their first occurrence.
package struct TextTerms {
    /// The terms.
    package private(set) var terms: [[UInt8]] = []
    /// How often each occurs.
    package private(set) var counts: [Int] = []
    /// The length of the text as an index keeps it: tokens, of which those at one position count once.
    package private(set) var length = 0

    /// Analyses a text.
    ///
    /// - Parameter tokens: working memory.
    package init(
        _ text: String, _ analyzer: Analyzer, _ tokens: inout TokenBuffer
    ) throws(AnalysisError) {
        try analyzer.analyze(text, into: &tokens)
        var places: [[UInt8]: Int] = [:]
        var last: Int32 = -1
        for token in 0..<tokens.count {
            let term = Array(tokens.bytes[tokens.range(of: token)])
            if let place = places[term] {
                counts[place] += 1
            } else {
                places[term] = terms.count
                terms.append(term)
                counts.append(1)
            }
            if tokens.positions[token] != last { length += 1 }
            last = tokens.positions[token]
        }
    }
}
