import JSON
import TestSupport
import TextAnalysis
import Testing

/// Whatever bytes come, analysers end, and offsets ascend within the text.
struct RandomTextTests {
    static let analyzers: [String] = [
        "standard", "simple", "whitespace", "stop", "keyword", "english", "german", "french", "spanish", "italian",
        "portuguese", "dutch", "russian", "turkish", "irish", "cjk", "pattern", "fingerprint", "snowball",
    ]

    /// Chains that change offsets or add tokens.
    static let chains: [(tokenizer: JSONValue, filters: [JSONValue], characterFilters: [JSONValue])] = [
        ("standard", ["lowercase", "word_delimiter_graph", "shingle"], ["html_strip"]),
        ("whitespace", ["word_delimiter", "asciifolding", "reverse", "unique"], []),
        ("uax_url_email", ["trim", ["type": "truncate", "length": 3], "porter_stem"], []),
        ("classic", ["classic", "apostrophe", "elision", "decimal_digit"], []),
        ("standard", ["cjk_width", ["type": "cjk_bigram", "output_unigrams": true]], []),
        (["type": "ngram", "token_chars": ["letter", "digit"]], ["uppercase"], []),
        (["type": "path_hierarchy", "reverse": true], ["scandinavian_folding"], []),
        (
            ["type": "char_group", "tokenize_on_chars": ["whitespace", "-"]],
            ["german_normalization", "flatten_graph"], []
        ),
        (
            "keyword", ["fingerprint"],
            [
                ["type": "pattern_replace", "pattern": "[aeiou]", "replacement": "xyz"],
                ["type": "mapping", "mappings": ["x => ", "y => 😀"]],
            ]
        ),
        (
            ["type": "simple_pattern", "pattern": "[a-z]+"],
            [["type": "synonym_graph", "synonyms": ["ab, b c", "x => y z"]]], []
        ),
    ]

    private static func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
        let samples: [String] = [
            "a", "b", "X", "9", " ", ".", "'", "_", ",", ":", "#", "<b>", "&amp;", "<", ">", "é", "ß", "\u{301}",
            "\u{200D}",
            "\u{FE0F}", "👩", "🏽", "🇩", "中", "カ", "ひ", "한", "ש", "๑", "\n", "ｶﾞ", "İ", "Ⱥ", "@", "/", "-", "http://a.de",
        ]
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...120, using: &generator) {
            switch Int.random(in: 0..<20, using: &generator) {
            case 0: bytes.append(UInt8.random(in: 0...255, using: &generator))
            case 1..<10: bytes.append(UInt8.random(in: 0x20...0x7E, using: &generator))
            default: bytes += Array(samples.randomElement(using: &generator)!.utf8)
            }
        }
        return bytes
    }

    private func check(_ analyzer: Analyzer, ascends: Bool, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var buffer = TokenBuffer()
        var faults = 0
        for _ in 0..<300 {
            let bytes = Self.bytes(&generator)
            let length = String(decoding: bytes, as: UTF8.self).utf16.count
            try bytes.withUnsafeBufferPointer { try analyzer.analyze($0, into: &buffer) }
            var last: Int32 = 0
            var position: Int32 = 0
            for token in 0..<buffer.count {
                let (start, end) = (buffer.startOffsets[token], buffer.endOffsets[token])
                if start < 0 || end < start || Int(end) > length || ascends && start < last { faults += 1 }
                if buffer.positions[token] < position { faults += 1 }
                if String(validating: buffer.bytes[buffer.range(of: token)], as: UTF8.self) == nil { faults += 1 }
                last = start
                position = buffer.positions[token]
            }
            if Int(buffer.endOffset) > length { faults += 1 }
        }
        #expect(faults == 0)
    }

    @Test(arguments: analyzers) func builtInAnalyzersStayWithinTheText(name: String) throws {
        let analyzer = try #require(AnalysisRegistry.builtIn.analyzer(named: name))
        try check(analyzer, ascends: true, seed: 11)
    }

    @Test(arguments: chains.indices) func chainsStayWithinTheText(index: Int) throws {
        let chain = Self.chains[index]
        let analyzer = try AnalysisRegistry.builtIn.customAnalyzer(
            tokenizer: chain.tokenizer, filters: chain.filters, characterFilters: chain.characterFilters)
        try check(analyzer, ascends: false, seed: UInt64(index))
    }

    @Test func oneAnalyserServesManyThreads() async throws {
        let analyzer = try #require(AnalysisRegistry.builtIn.analyzer(named: "swedish"))
        let text = "flickorna sprang genom skogarnas gröna ängar"
        let expected = try analyzer.tokens(text).map(\.text)
        let different = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var buffer = TokenBuffer()
                    var different = 0
                    for _ in 0..<500 {
                        try? analyzer.analyze(text, into: &buffer)
                        if (0..<buffer.count).map(buffer.text(of:)) != expected { different += 1 }
                    }
                    return different
                }
            }
            return await group.reduce(0, +)
        }
        #expect(different == 0)
    }
}

/// Texts and definitions that would cost too much if nothing bounded them.
struct HostileTextTests {
    @Test(arguments: ["<!", "<a b='", "<?x", "&#", "a-", "a!", "a.", "\u{200D}", "<", "x@"])
    func repeatedPiecesEndSoon(piece: String) throws {
        let text = String(repeating: piece, count: 100_000)
        for tokenizer: JSONValue in ["standard", "classic", "uax_url_email", "whitespace"] {
            let analyzer = try AnalysisRegistry.builtIn.customAnalyzer(
                tokenizer: tokenizer, characterFilters: ["html_strip"])
            var buffer = TokenBuffer()
            try analyzer.analyze(text, into: &buffer)
            #expect(Int(buffer.endOffset) == text.utf16.count)
        }
    }

    @Test func nestedClassesAreBounded() {
        let pattern = String(repeating: "[", count: 100_000)
        #expect(throws: AnalysisError.self) {
            try AnalysisRegistry.builtIn.customAnalyzer(tokenizer: ["type": "pattern", "pattern": .string(pattern)])
        }
    }

    @Test func multiplexersDoNotNest() {
        #expect(throws: AnalysisError("Multiplexing filter [m] may not refer to the multiplexing filter [m]")) {
            try AnalysisRegistry(settings: [
                "analysis": [
                    "analyzer": ["a": ["tokenizer": "standard", "filter": "m"]],
                    "filter": ["m": ["type": "multiplexer", "filters": ["m"]]],
                ]
            ])
        }
    }
}
