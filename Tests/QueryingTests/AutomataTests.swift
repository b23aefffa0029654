import JSON
import Querying
import TestSupport
import Testing

/// Patterns over terms find what a plain comparison of every term finds.
struct AutomataTests {
    static let words: [String] = {
        var generator = SeededGenerator(seed: 5)
        let letters = Array("abcdé日")
        return (0..<400).map { _ in
            String(
                (0..<Int.random(in: 1...6, using: &generator)).map { _ in letters.randomElement(using: &generator)! })
        }
    }()

    static let index: Result<TestIndex, any Error> = Result {
        try TestIndex(
            words.map { ["w": .string($0)] }, mapping: ["properties": ["w": ["type": "keyword"]]], segments: 3)
    }

    func found(_ query: JSONValue) throws -> Set<Int> {
        var request = SearchRequest()
        request.query = try Query(parsing: query)
        request.size = 1000
        return Set(
            try Search.run(request, over: [Self.index.get()], context: TestIndex.context).hits.hits.map { Int($0.id)! })
    }

    func expected(_ test: (String) -> Bool) -> Set<Int> { Set(Self.words.indices.filter { test(Self.words[$0]) }) }

    /// Optimal string alignment over code points.
    static func distance(_ left: String, _ right: String, transpositions: Bool) -> Int {
        let a = Array(left.unicodeScalars), b = Array(right.unicodeScalars)
        var d = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in 0...a.count { d[i][0] = i }
        for j in 0...b.count { d[0][j] = j }
        for i in 1...max(1, a.count) where i <= a.count {
            for j in 1...max(1, b.count) where j <= b.count {
                d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if transpositions, i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1)
                }
            }
        }
        return d[a.count][b.count]
    }

    @Test("Fuzzy terms are those within the distance", arguments: [1, 2], [true, false])
    func fuzzy(_ edits: Int, _ transpositions: Bool) throws {
        for word in Self.words.prefix(60) where word.unicodeScalars.count > edits {
            let hits = try found([
                "fuzzy": [
                    "w": [
                        "value": .string(word), "fuzziness": .number(JSONNumber(edits)), "max_expansions": 1000,
                        "transpositions": .bool(transpositions),
                    ]
                ]
            ])
            // A term of no more letters than edits would score below nothing, and is left out.
            let wanted = expected {
                let distance = Self.distance($0, word, transpositions: transpositions)
                return distance <= edits && (distance == 0 || distance <= $0.unicodeScalars.count)
            }
            #expect(hits == wanted, "\(word) with \(edits)")
        }
    }

    @Test(
        "Wildcards match as a plain matcher does",
        arguments: ["a*", "*a", "*a*b*", "?b?", "a?*", "*", "日*", "*é?", "a", "\\*", "??"])
    func wildcard(_ pattern: String) throws {
        let hits = try found(["wildcard": ["w": ["value": .string(pattern)]]])
        #expect(hits == expected { Self.matches(Array(pattern.unicodeScalars)[...], Array($0.unicodeScalars)[...]) })
    }

    static func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case "*": return matches(pattern.dropFirst(), text) || !text.isEmpty && matches(pattern, text.dropFirst())
        case "?": return !text.isEmpty && matches(pattern.dropFirst(), text.dropFirst())
        case "\\" where pattern.count > 1:
            return text.first == pattern[pattern.startIndex + 1] && matches(pattern.dropFirst(2), text.dropFirst())
        default: return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
        }
    }

    @Test(
        "Regular expressions match as Swift's do",
        arguments: [
            "a.*", ".*b", "(ab|cd)+", "[a-c]{2,3}", "[^a]+", "a?b?c?d?", "日.?", ".{3}", "(a|b)*é", "[abé日]*", "a{2}.*",
            "()",
            "abc|日+",
        ])
    func regexp(_ pattern: String) throws {
        let hits = try found(["regexp": ["w": ["value": .string(pattern)]]])
        let regex = try Regex(pattern)
        #expect(hits == expected { $0.wholeMatch(of: regex) != nil })
    }

    @Test("Lucene's own operators: complement, intersection, any string, intervals")
    func operators() throws {
        #expect(try found(["regexp": ["w": "~(a.*)"]]) == expected { !$0.hasPrefix("a") })
        #expect(try found(["regexp": ["w": "a.*&.*b"]]) == expected { $0.hasPrefix("a") && $0.hasSuffix("b") })
        #expect(try found(["regexp": ["w": "a@"]]) == expected { $0.hasPrefix("a") })
        #expect(try found(["regexp": ["w": ["value": "a@", "flags": "NONE"]]]).isEmpty)
        let numbers = try TestIndex(
            (0..<200).map { ["n": .string("x\($0)")] }, mapping: ["properties": ["n": ["type": "keyword"]]])
        let hits = try numbers.search(#"{"size":300,"query":{"regexp":{"n":"x<7-113>"}}}"#).hits.hits
        #expect(Set(hits.map(\.id)) == Set((7...113).map(String.init)))
    }

    @Test(
        "Expressions that explode are refused",
        arguments: ["(.*a){1000}", "((((.*){50}){50}){50}){50}", "(a|b)*a(a|b){100}"])
    func explosion(_ pattern: String) throws {
        let start = ContinuousClock.now
        _ = try? found(["regexp": ["w": .string(pattern)]])
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(throws: SearchError.self) { try found(["regexp": ["w": .string("[ab]*a[ab]{15}&~([ab]*b[ab]{15})")]]) }
    }

    @Test("Case is ignored for ASCII only where asked")
    func cases() throws {
        let index = try TestIndex(
            ["Foo", "foo", "FOO", "É"].map { ["w": .string($0)] }, mapping: ["properties": ["w": ["type": "keyword"]]])
        func ids(_ body: String) throws -> [String] { try index.search(body).hits.hits.map(\.id) }
        #expect(try ids(#"{"query":{"term":{"w":{"value":"fOo","case_insensitive":true}}}}"#) == ["0", "1", "2"])
        #expect(try ids(#"{"query":{"prefix":{"w":{"value":"fO","case_insensitive":true}}}}"#) == ["0", "1", "2"])
        #expect(try ids(#"{"query":{"wildcard":{"w":{"value":"F*O","case_insensitive":true}}}}"#) == ["0", "1", "2"])
        #expect(try ids(#"{"query":{"regexp":{"w":{"value":"f[N-P]+","case_insensitive":true}}}}"#) == ["0", "1", "2"])
        #expect(try ids(#"{"query":{"term":{"w":{"value":"é","case_insensitive":true}}}}"#) == [])
        #expect(try ids(#"{"query":{"prefix":{"w":"f"}}}"#) == ["1"])
    }
}
