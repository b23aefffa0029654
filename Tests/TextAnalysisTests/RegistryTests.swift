import JSON
import TextAnalysis
import Testing

struct RegistryTests {
    private func message(_ settings: JSONValue) -> String? {
        do throws(AnalysisError) {
            _ = try AnalysisRegistry(settings: settings)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func nestedAndDottedSettingsMeanTheSame() throws {
        let nested: JSONValue = [
            "index": [
                "analysis": [
                    "analyzer": ["a": ["type": "custom", "tokenizer": "t", "filter": ["lowercase", "f"]]],
                    "tokenizer": ["t": ["type": "edge_ngram", "min_gram": 2, "max_gram": 3]],
                    "filter": ["f": ["type": "length", "min": 3]],
                ]
            ]
        ]
        let dotted: JSONValue = [
            "index.analysis.analyzer.a.type": "custom", "index.analysis.analyzer.a.tokenizer": "t",
            "index.analysis.analyzer.a.filter": "lowercase, f", "analysis.tokenizer.t.type": "edge_ngram",
            "analysis": [
                "tokenizer.t": ["min_gram": "2", "max_gram": "3"], "filter": ["f.type": "length", "f.min": "3"],
            ],
        ]
        for settings in [nested, dotted] {
            let analyzer = try #require(try AnalysisRegistry(settings: settings).analyzer(named: "a"))
            #expect(try analyzer.tokens("ABCD").map(\.text) == ["abc"])
        }
    }

    @Test func mistakesAreSaidInOpenSearchsWords() {
        let cases: [(JSONValue, String)] = [
            (["filter": ["f": ["type": "nope"]]], "Unknown filter type [nope] for [f]"),
            (
                ["analyzer": ["a": ["tokenizer": "nope"]]],
                "Custom Analyzer [a] failed to find tokenizer under name [nope]"
            ),
            (
                ["analyzer": ["a": ["tokenizer": "standard", "filter": ["nope"]]]],
                "Custom Analyzer [a] failed to find filter under name [nope]"
            ),
            (
                ["analyzer": ["a": ["tokenizer": "standard", "char_filter": "nope"]]],
                "Custom Analyzer [a] failed to find char_filter under name [nope]"
            ),
            (["analyzer": ["a": ["filter": []]]], "analyzer [a] must specify either an analyzer type, or a tokenizer"),
            (["analyzer": ["a": ["type": "nope"]]], "Unknown analyzer type [nope] for [a]"),
            (["normalizer": ["n": ["filter": ["stop"]]]], "Custom normalizer [n] may not use filter [stop]"),
            (["normalizer": ["n": ["tokenizer": "standard"]]], "Custom normalizer [n] cannot configure a tokenizer"),
            (
                ["filter": ["f": ["type": "synonym"]]],
                "synonym requires either `synonyms` or `synonyms_path` to be configured"
            ),
            (["filter": ["f": ["type": "truncate"]]], "length parameter must be provided"),
            (
                ["tokenizer": ["t": ["type": "ngram", "min_gram": 1, "max_gram": 5]]],
                "The difference between max_gram and min_gram in NGram Tokenizer must be less than or equal to: [1] but was [4]. This limit can be set by changing the [index.max_ngram_diff] index level setting."
            ),
            (
                ["filter": ["f": ["type": "stop", "stopword": ["a"]]]],
                "unknown parameter [stopword] of filter [f]; it knows [ignore_case, remove_trailing, stopwords, stopwords_path, type]"
            ),
            (
                ["filter": ["f": ["type": "lowercase", "language": "klingon"]]],
                "language [klingon] not support for lower case"
            ),
        ]
        for (analysis, expected) in cases {
            #expect(message(["analysis": analysis]) == expected)
        }
        #expect(
            message(["analysis": ["filter": ["f": ["type": "pattern_replace", "pattern": "("]]]])?.contains("[(]")
                == true)
        #expect(message(["analysis": ["analyzer": ["a": ["type": "thai"]]]])?.contains("not supported") == true)
    }

    @Test func limitsOfTheIndexCount() throws {
        let settings: JSONValue = [
            "index.max_ngram_diff": "4",
            "analysis": [
                "analyzer": ["a": ["tokenizer": "t"]],
                "tokenizer": ["t": ["type": "ngram", "min_gram": 1, "max_gram": 5]],
            ],
        ]
        let analyzer = try #require(try AnalysisRegistry(settings: settings).analyzer(named: "a"))
        #expect(try analyzer.tokens("abc").map(\.text) == ["a", "ab", "abc", "b", "bc", "c"])
    }

    @Test func partsOfARequestMayBeNamesOrDefinitions() throws {
        let registry = AnalysisRegistry.builtIn
        let analyzer = try registry.customAnalyzer(
            tokenizer: "standard", filters: ["uppercase", ["type": "stop", "stopwords": ["IS"]]],
            characterFilters: ["html_strip"])
        let detail = try analyzer.detail("<b>this</b> is")
        #expect(detail.characterFilters.map(\.text) == ["this is"])
        #expect(detail.tokenizer?.tokens.map(\.text) == ["this", "is"])
        #expect(detail.filters.map(\.name) == ["uppercase", "__anonymous__stop"])
        #expect(detail.analyzer.tokens.map(\.text) == ["THIS"])
        #expect(throws: AnalysisError("failed to find global tokenizer under [x]")) {
            try registry.customAnalyzer(tokenizer: "x")
        }
        #expect(throws: AnalysisError("failed to find global filter under [x]")) {
            try registry.customAnalyzer(tokenizer: "standard", filters: ["x"])
        }
        let normalizer = try registry.customNormalizer(filters: ["lowercase", "asciifolding"])
        #expect(try normalizer.normalize("Ünder The Séa") == "under the sea")
    }

    @Test func normalizersAreFoundByName() throws {
        let registry = try AnalysisRegistry(settings: [
            "analysis": [
                "normalizer": ["n": ["type": "custom", "char_filter": ["c"], "filter": ["lowercase", "trim"]]],
                "char_filter": ["c": ["type": "mapping", "mappings": ["& => and"]]],
            ]
        ])
        #expect(try registry.normalizer(named: "n")?.normalize(" A & B ") == "a and b")
        #expect(try registry.normalizer(named: "lowercase")?.normalize("ÀB") == "àb")
        #expect(registry.normalizer(named: "x") == nil)
    }

    @Test func defaultAnalyzersAreThoseOfTheIndex() throws {
        #expect(AnalysisRegistry.builtIn.defaultAnalyzer.name == "standard")
        let registry = try AnalysisRegistry(settings: [
            "analysis": ["analyzer": ["default": ["type": "whitespace"], "default_search": ["type": "simple"]]]
        ])
        #expect(try registry.defaultAnalyzer.tokens("A-B C").map(\.text) == ["A-B", "C"])
        #expect(try registry.defaultSearchAnalyzer.tokens("A-B C").map(\.text) == ["a", "b", "c"])
    }

    @Test func costlyRegularExpressionsAreBounded() throws {
        let analyzer = try AnalysisRegistry.builtIn.customAnalyzer(
            tokenizer: ["type": "pattern", "pattern": "(a+)+(b+)+\\1$", "group": 0])
        #expect(throws: AnalysisError.self) {
            try analyzer.tokens(String(repeating: "a", count: 40) + String(repeating: "b", count: 40))
        }
    }
}
