import JSON
import Querying
import SearchIndex
import SparseIndex
import TestSupport
import Testing

/// `neural_sparse` and `rank_feature` queries against a plain reference.
struct FeatureTests {
    static let tokens: [(String, Float)] = [("t0", 1.5), ("t3", 0.25), ("t7", 3), ("t11", 0.5), ("unknown", 2)]
    static let tokensJSON = JSONValue.object(JSONObject(tokens.map { ($0.0, .number(JSONNumber(Double($0.1)))) }))
    static let sparse: JSONValue = ["neural_sparse": ["f": ["query_tokens": tokensJSON]]]

    private static func scores(
        _ random: RandomVectors, tag: String? = nil, _ tokens: [(String, Float)] = tokens
    ) -> [Int: Double] {
        var scores: [Int: Double] = [:]
        for (number, document) in random.live(tag: tag) {
            let parts = document.features.compactMap { feature in
                tokens.first { $0.0 == feature.token }.map { Double($0.1) * Double(feature.weight) }
            }
            if !parts.isEmpty { scores[number] = parts.reduce(0, +) }
        }
        return scores
    }

    @Test("The best documents and how many match, by itself and as a clause", arguments: [1 as UInt64, 2, 3])
    func best(_ seed: UInt64) throws {
        let random = try RandomVectors(count: 150, seed: seed)
        let scores = Self.scores(random)
        for size in [1, 5, 150] {
            let alone = try random.index.search(["size": .number(JSONNumber(size)), "query": Self.sparse]).hits
            RandomVectors.expectBest(alone.hits, of: scores, k: size)
            #expect(alone.total == SearchResponse.Total(value: scores.count, isLowerBound: false))
        }
        let few = try random.index.search(["size": 2, "track_total_hits": 3, "query": Self.sparse]).hits
        RandomVectors.expectBest(few.hits, of: scores, k: 2)
        #expect(few.total == SearchResponse.Total(value: 3, isLowerBound: true))
        let clause = try random.index.search([
            "size": 150, "query": ["bool": ["must": [Self.sparse], "filter": [["term": ["tag": "a"]]]]],
        ]).hits.hits
        RandomVectors.expectBest(clause, of: Self.scores(random, tag: "a"), k: 150)
        let boosted = try random.index.search([
            "size": 150,
            "query": [
                "bool": ["should": [Self.sparse, ["constant_score": ["filter": ["term": ["tag": "b"]]]]], "boost": 2]
            ],
        ]).hits.hits
        var sums = scores.mapValues { 2 * $0 }
        for (number, _) in random.live(tag: "b") { sums[number, default: 0] += 2 }
        RandomVectors.expectBest(boosted, of: sums, k: 150)
        let sorted = try random.index.search(["size": 150, "query": Self.sparse, "sort": ["tag"]]).hits.hits
        #expect(Bool(Set(sorted.map(\.id)) == Set(scores.keys.map(String.init))))
    }

    @Test("Explanations are Lucene's, part by part")
    func explains() throws {
        let random = try RandomVectors(count: 40, seed: 4)
        for hit in try random.index.search(["explain": true, "query": Self.sparse]).hits.hits {
            let explanation = try #require(hit.explanation)
            #expect(explanation.value == hit.score && explanation.description == "sum of:")
            #expect(explanation.details.reduce(0) { $0 + $1.value } == hit.score)
            #expect(
                explanation.details.allSatisfy {
                    $0.description.hasPrefix("Linear function on the f field for the t")
                        && $0.description.hasSuffix(" feature, computed as w * S from:")
                        && $0.details.map(\.description) == ["w, weight of this function", "S, feature value"]
                })
        }
    }

    @Test("In two phases the best have the whole score, the others that of the tokens with high weights")
    func twoPhases() throws {
        let random = try RandomVectors(count: 150, seed: 5)
        let whole = Self.scores(random)
        // 3 is the highest weight: at a ratio of 0.4 two tokens are kept.
        let high = Self.scores(random, Self.tokens.filter { $0.1 >= 1.2 })
        func search(_ query: JSONValue, size: Int, rate: Float) throws -> [SearchHit] {
            var request = try SearchRequest.parse(["query": query, "size": .number(JSONNumber(size))])
            request.twoPhase = try TwoPhaseParameters(
                pruning: .maxRatio(0.4), expansionRate: rate, maxWindowSize: 10_000)
            return try Search.run(request, over: [random.index], context: TestIndex.context).hits.hits
        }
        let order = high.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        let wide = try search(Self.sparse, size: 10, rate: 100)
        #expect(wide.allSatisfy { hit in Int(hit.id).flatMap { whole[$0] }.map { Float($0) } == hit.score })
        #expect(Set(wide.map(\.id)).isSubset(of: Set(order.map(String.init))))
        let window = order.prefix(6)
        let narrow = try search(Self.sparse, size: 6, rate: 1)
        #expect(Bool(Set(narrow.map(\.id)) == Set(window.map(String.init))))
        let nested = try search(
            ["bool": ["should": [["bool": ["should": [Self.sparse], "boost": 2]]], "boost": 3]], size: 6, rate: 2)
        #expect(nested.allSatisfy { hit in Int(hit.id).flatMap { whole[$0] }.map { Float(6 * $0) } == hit.score })
        let filtered = try search(["bool": ["must": [Self.sparse]]], size: 6, rate: 1)
        RandomVectors.expectBest(filtered, of: whole, k: 6)
        let reason = NearestTests.reason {
            var request = try SearchRequest.parse(["query": Self.sparse, "size": 100])
            request.twoPhase = try TwoPhaseParameters(pruning: .topK(2), expansionRate: 5, maxWindowSize: 50)
            return try Search.run(request, over: [random.index], context: TestIndex.context)
        }
        #expect(reason.contains("should be [0,50], but get the value of 500"))
    }

    static let ranks: Result<TestIndex, any Error> = Result {
        try TestIndex(
            [
                ["rank": 8, "length": 20, "topics": ["sports": 20, "politics": 4]],
                ["rank": 50, "length": 10, "topics": ["sports": 2]], ["rank": 0.5, "topics": ["politics": 16.5]],
                ["other": 1],
            ],
            mapping: [
                "properties": [
                    "rank": ["type": "rank_feature"],
                    "length": ["type": "rank_feature", "positive_score_impact": false],
                    "topics": ["type": "rank_features"],
                ]
            ], segments: 2)
    }

    static func scores(_ query: String) throws -> [String: Float] {
        let hits = try ranks.get().search(#"{"query":{"rank_feature":\#(query)}}"#).hits.hits
        return Dictionary(uniqueKeysWithValues: hits.map { ($0.id, $0.score ?? -1) })
    }

    @Test("rank_feature scores by Lucene's functions, on fields and on features of fields")
    func rankFeature() throws {
        #expect(try Self.scores(#"{"field":"rank","linear":{}}"#) == ["0": 8, "1": 50, "2": 0.5])
        #expect(try Self.scores(#"{"field":"rank","saturation":{"pivot":8}}"#)["0"] == 0.5)
        let log = try Self.scores(#"{"field":"rank","log":{"scaling_factor":4},"boost":2}"#)
        #expect(abs((log["0"] ?? 0) - 2 * 2.4849067) < 1e-5)
        #expect(try Self.scores(#"{"field":"rank","sigmoid":{"pivot":8,"exponent":0.6}}"#)["0"] == 0.5)
        #expect(try Self.scores(#"{"field":"topics.sports","linear":{}}"#) == ["0": 20, "1": 2])
        // The reciprocal is kept: shorter is better.
        let length = try Self.scores(#"{"field":"length"}"#)
        #expect((length["1"] ?? 0) > (length["0"] ?? 1) && length.count == 2)
        // Without a pivot: from the mean of the stored bits over all segments, which Lucene takes.
        var sum: UInt64 = 0
        for value: Float in [8, 50, 0.5] { sum += UInt64(value.bitPattern >> 15) }
        let pivot = FeatureFunction.defaultPivot(bitSum: sum, count: 3)
        #expect(try Self.scores(#"{"field":"rank"}"#)["0"] == 1 - pivot / (8 + pivot))
        #expect(try Self.scores(#"{"field":"nothing.here"}"#).isEmpty)
    }

    @Test(
        "What cannot be is refused in the words of OpenSearch",
        arguments: [
            (#"{"rank_feature":{"linear":{}}}"#, "Required [field]"),
            (
                #"{"rank_feature":{"field":"rank","linear":{},"log":{"scaling_factor":2}}}"#,
                "Can only specify one of [log], [saturation], [sigmoid] and [linear]"
            ),
            (
                #"{"rank_feature":{"field":"length","log":{"scaling_factor":2}}}"#,
                "Cannot use the [log] function with a field that has a negative score impact as it would trigger negative scores"
            ),
            (
                #"{"rank_feature":{"field":"topics"}}"#,
                "[rank_feature] query only works on [rank_feature] fields and features of [rank_features] fields, not [rank_features]"
            ),
            (#"{"rank_feature":{"field":"rank","log":{}}}"#, "Required [scaling_factor]"),
            (#"{"rank_feature":{"field":"rank","saturation":{"pivot":0}}}"#, "pivot must be > 0, got: 0.0"),
            (
                #"{"neural_sparse":{"rank":{"query_tokens":{"a":1}}}}"#,
                "[neural_sparse] query only works on [rank_features] fields"
            ),
            (
                #"{"neural_sparse":{"topics":{}}}"#,
                "either query_text field or query_tokens field must be provided for [neural_sparse] query"
            ),
            (#"{"neural_sparse":{"topics":{"query_text":""}}}"#, "query_text field can not be empty"),
            (#"{"neural_sparse":{"topics":{"query_tokens":{"a":65}}}}"#, "weight must be in (0, 64.0], got: 65.0"),
            (#"{"neural_sparse":{"topics":{"query_tokens":{"a":-1}}}}"#, "weight must be in (0, 64.0], got: -1.0"),
            (
                #"{"neural_sparse":{"topics":{"query_text":"a","model_id":"m","analyzer":"bert-uncased"}}}"#,
                "Cannot use both [model_id: m] and [analyzer: bert-uncased] for neural sparse query tokenization."
            ),
            (
                #"{"neural_sparse":{"topics":{"query_tokens":{"a":1},"method_parameters":{"k":0}}}}"#,
                "[neural_sparse] k must be a positive integer"
            ),
        ])
    func refusals(_ query: String, _ expected: String) throws {
        let index = try Self.ranks.get()
        #expect(NearestTests.reason { try index.search(#"{"query":\#(query)}"#) }.contains(expected))
    }

    @Test("Fields of numbered tokens take numbers, and find the best approximately or exactly")
    func numbers() throws {
        var index = try TestIndex(
            [["s": ["7": 1, "1000": 2]], ["s": ["7": 0.5]], ["s": ["70000": 3]]],
            mapping: [
                "properties": [
                    "s": [
                        "type": "sparse_vector",
                        "method": ["name": "seismic", "parameters": ["approximate_threshold": 1]],
                    ]
                ]
            ], segments: 3)
        // Merged segments have the approximate index.
        try index.writer.merge()
        index.snapshot = try index.writer.refresh()
        let merged = index
        func ids(_ sparse: String) throws -> [String] {
            try merged.search(#"{"query":{"neural_sparse":{"s":\#(sparse)}}}"#).hits.hits.map(\.id)
        }
        #expect(try ids(#"{"query_tokens":{"7":2,"70000":1}}"#) == ["2", "0", "1"])
        #expect(try ids(#"{"query_tokens":{"7":2,"70000":1},"method_parameters":{"k":2}}"#) == ["2", "0"])
        let filter = #""method_parameters":{"k":2,"heap_factor":1.5,"top_n":5,"filter":{"ids":{"values":["1"]}}}"#
        #expect(try ids(#"{"query_tokens":{"7":2,"70000":1},\#(filter)}"#) == ["1"])
        #expect(
            NearestTests.reason { try merged.search(#"{"query":{"neural_sparse":{"s":{"query_tokens":{"a":1}}}}}"#) }
                .contains("Query tokens should be valid integer"))
    }
}
