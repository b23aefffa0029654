import SearchIndex
import TextAnalysis

/// An index with all that a segment can hold: postings with and without positions, norms, numbers, byte strings, children.
enum SeedIndex {
    static func fill(_ writer: IndexWriter) throws {
        let (text, keyword, number, marks) = (FieldNumber(0), FieldNumber(1), FieldNumber(2), FieldNumber(3))
        try writer.define(text, .text)
        try writer.define(keyword, .keyword)
        try writer.define(number, .number)
        try writer.define(marks, FieldOptions(indexing: .documents))
        var document = IndexDocument()
        for place in 0..<40 {
            document.removeAll()
            document.seqNo = Int64(place)
            if place % 5 == 0 {
                document.add(keyword, term: "child\(place % 3)")
                document.add(number, integer: Int64(-place))
                document.endChild()
            }
            var tokens = TokenBuffer()
            let words = (0..<(place % 7 + 1)).map { "w\((place * 7 + $0 * $0) % 23)" }.joined(separator: " ")
            try AnalysisRegistry.builtIn.defaultAnalyzer.analyze("all " + words, into: &tokens)
            document.add(text, tokens: tokens)
            document.add(keyword, term: "k\(place % 4)")
            document.add(keyword, value: "k\(place % 4)")
            if place % 3 == 0 { document.add(keyword, value: "second\(place)") }
            document.add(number, integer: Int64(place * place * 1_000))
            if place % 2 == 0 { document.add(exists: marks) }
            try writer.add(document)
        }
        try writer.refresh()
    }
}
