import JSON
import Querying
import TestSupport
import Testing

/// `knn` queries and the script `knn_score` against a plain reference.
struct NearestTests {
    static let spaces = ["l2", "l1", "linf", "cosinesimil", "innerproduct"]
    static let query: [Float] = [1.25, -0.5, 2, 0, -1, 0.5]

    private static func knn(_ members: JSONObject, field: String = "v") -> JSONValue {
        var body: JSONObject = ["vector": RandomVectors.json(query)]
        for (key, value) in members { body[key] = value }
        return ["knn": .object(JSONObject([(field, .object(body))]))]
    }

    private static func scores(_ random: RandomVectors, _ space: String, tag: String? = nil) -> [Int: Double] {
        var scores: [Int: Double] = [:]
        for (number, document) in random.live(tag: tag) {
            if let vector = document.vector { scores[number] = RandomVectors.score(space, query, vector) }
        }
        return scores
    }

    @Test(
        "The k nearest of all segments are found, without deleted documents; filters hold while searching",
        arguments: spaces)
    func nearest(_ space: String) throws {
        let random = try RandomVectors(count: 120, space: space, seed: 1)
        for k in [1, 7, 200] {
            let number = JSONValue.number(JSONNumber(k))
            let all = try random.index.search(["size": 200, "query": Self.knn(["k": number])]).hits
            RandomVectors.expectBest(all.hits, of: Self.scores(random, space), k: k)
            #expect(all.total?.value == all.hits.count)
            let filtered = try random.index.search([
                "size": 200, "query": Self.knn(["k": number, "filter": ["term": ["tag": "b"]]]),
            ]).hits.hits
            RandomVectors.expectBest(filtered, of: Self.scores(random, space, tag: "b"), k: k)
        }
    }

    @Test("A radius finds all within it", arguments: spaces)
    func radius(_ space: String) throws {
        let random = try RandomVectors(count: 90, space: space, seed: 2)
        let scores = Self.scores(random, space)
        let least = scores.values.sorted()[scores.count / 2] - 1e-4
        let found = try random.index.search([
            "size": 200, "query": Self.knn(["min_score": .number(JSONNumber(least))]),
        ]).hits.hits
        RandomVectors.expectBest(found, of: scores.filter { $0.value >= least }, k: 200)
        guard space == "l2" else { return }
        let near = try random.index.search(["size": 200, "query": Self.knn(["max_distance": 20.53])]).hits.hits
        RandomVectors.expectBest(near, of: scores.filter { 1 / $0.value - 1 <= 20.53 }, k: 200)
    }

    @Test("Of nested objects each document has its nearest; all of them where that is asked for")
    func nested() throws {
        let random = try RandomVectors(count: 100, seed: 3)
        func search(_ members: JSONObject, mode: String) throws -> [SearchHit] {
            try random.index.search([
                "size": 200,
                "query": [
                    "nested": ["path": "p", "score_mode": .string(mode), "query": Self.knn(members, field: "p.v")]
                ],
            ]).hits.hits
        }
        func expected(_ isAllowed: (RandomVectors.Document, RandomVectors.Part) -> Bool) -> [Int: [Double]] {
            var scores: [Int: [Double]] = [:]
            for (number, document) in random.live() {
                let own = document.parts.filter { isAllowed(document, $0) }
                    .map { RandomVectors.score("l2", Self.query, $0.vector) }
                if !own.isEmpty { scores[number] = own }
            }
            return scores
        }
        let all = expected { _, _ in true }
        let best = all.mapValues { $0.max() ?? 0 }
        for mode in ["max", "avg", "sum"] {
            RandomVectors.expectBest(try search(["k": 9], mode: mode), of: best, k: 9)
        }
        let whole = try search(["k": 9, "expand_nested_docs": true], mode: "sum")
        let sums = all.mapValues { $0.reduce(0, +) }
        #expect(Bool(Set(whole.map(\.id)) == Set(try search(["k": 9], mode: "max").map(\.id))))
        #expect(whole.allSatisfy { abs(Double($0.score ?? 0) - (sums[Int($0.id) ?? -1] ?? 0)) < 1e-5 })
        // Filters on the objects, on their documents, and on what must not be there.
        let part = expected { $1.tag == "a" }.mapValues { $0.max() ?? 0 }
        let ofPart = try search(["k": 9, "filter": ["term": ["p.tag": "a"]]], mode: "max")
        RandomVectors.expectBest(ofPart, of: part, k: 9)
        let above = expected { document, _ in document.tag == "a" }.mapValues { $0.max() ?? 0 }
        let ofDocument = try search(["k": 9, "filter": ["term": ["tag": "a"]]], mode: "max")
        RandomVectors.expectBest(ofDocument, of: above, k: 9)
        let without = expected { document, _ in document.tag != "a" }.mapValues { $0.max() ?? 0 }
        let ofOthers = try search(
            ["k": 9, "filter": ["bool": ["must_not": ["term": ["tag": "a"]]]]], mode: "max")
        RandomVectors.expectBest(ofOthers, of: without, k: 9)
        // A nested query in the filter, alone and beside a condition on the documents.
        let nested: JSONValue = ["nested": ["path": "p", "query": ["term": ["p.tag": "a"]]]]
        let ofNested = try search(["k": 9, "filter": nested], mode: "max")
        RandomVectors.expectBest(ofNested, of: part, k: 9)
        let both = expected { $0.tag != "b" && $1.tag == "a" }.mapValues { $0.max() ?? 0 }
        let ofBoth = try search(
            ["k": 9, "filter": ["bool": ["must": [nested], "must_not": [["term": ["tag": "b"]]]]]], mode: "max")
        RandomVectors.expectBest(ofBoth, of: both, k: 9)
        let either = expected { $0.tag == "b" || $1.tag != "a" }.mapValues { $0.max() ?? 0 }
        let ofEither = try search(
            ["k": 9, "filter": ["bool": ["should": [["term": ["tag": "b"]], ["bool": ["must_not": [nested]]]]]]],
            mode: "max")
        RandomVectors.expectBest(ofEither, of: either, k: 9)
    }

    @Test("knn_score compares what a query matches, in any space that goes with the vectors", arguments: spaces)
    func script(_ space: String) throws {
        let random = try RandomVectors(count: 60, seed: 4)
        let script: JSONValue = [
            "lang": "knn", "source": "knn_score",
            "params": ["field": "v", "query_value": RandomVectors.json(Self.query), "space_type": .string(space)],
        ]
        let found = try random.index.search([
            "size": 100, "query": ["script_score": ["query": ["term": ["tag": "c"]], "script": script, "boost": 2]],
        ]).hits.hits
        var scores: [Int: Double] = [:]
        for (number, document) in random.live(tag: "c") {
            let score = document.vector.map { RandomVectors.score(space, Self.query, $0) } ?? 0
            scores[number] = 2 * (space == "cosinesimil" ? 2 * score : score)
        }
        RandomVectors.expectBest(found, of: scores, k: 100)
        let least = scores.values.sorted()[scores.count / 2]
        let bounded = try random.index.search([
            "size": 100,
            "query": [
                "script_score": [
                    "query": ["term": ["tag": "c"]], "script": script, "boost": 2,
                    "min_score": .number(JSONNumber(least - 1e-5)),
                ]
            ],
        ]).hits.hits
        RandomVectors.expectBest(bounded, of: scores.filter { $0.value >= least }, k: 100)
    }

    @Test(
        "The k nearest are a clause among others: in bool, dis_max, hybrid, rescoring, post filters, aggregations, sorts"
    )
    func combined() throws {
        let random = try RandomVectors(count: 80, seed: 5)
        let knn = Self.knn(["k": 10, "boost": 3])
        let alone = try random.index.search(["query": knn]).hits.hits
        let scores = Self.scores(random, "l2").mapValues { 3 * $0 }
        RandomVectors.expectBest(alone, of: scores, k: 10)
        let ids = Set(alone.map(\.id))
        func found(_ body: JSONValue) throws -> SearchResponse { try random.index.search(body) }
        let must = try found(["query": ["bool": ["must": [knn, ["term": ["tag": "a"]]]]], "size": 100]).hits.hits
        #expect(Bool(Set(must.map(\.id)) == ids.filter { random.documents[Int($0) ?? 0].tag == "a" }))
        let mostly = try found(["query": ["dis_max": ["queries": [knn, ["match_none": [:]]]]], "size": 100])
        #expect(mostly.hits.hits.map(\.id) == alone.map(\.id))
        let constant = try found(["query": ["constant_score": ["filter": knn, "boost": 2]], "size": 100]).hits
        #expect(Bool(Set(constant.hits.map(\.id)) == ids && constant.maxScore == 2))
        let post = try found(["post_filter": knn, "size": 100]).hits.hits
        #expect(Bool(Set(post.map(\.id)) == ids))
        let counted = try found([
            "query": knn, "size": 3, "sort": ["tag"], "aggs": ["t": ["terms": ["field": "tag"]]],
        ])
        #expect(counted.hits.total?.value == 10)
        let buckets = counted.aggregations?["t"]?["buckets"]?.array ?? []
        #expect(buckets.reduce(0) { $0 + ($1["doc_count"]?.int ?? 0) } == 10)
        let rescored = try found([
            "query": ["match_all": [:]], "size": 100,
            "rescore": ["window_size": 100, "query": ["rescore_query": knn]],
        ]).hits.hits
        #expect(Bool(Set(rescored.prefix(10).map(\.id)) == ids))
        let hybrid = try found(["query": ["hybrid": ["queries": [knn, ["term": ["tag": "a"]]]]], "size": 100]).hits
        let tagged = random.live(tag: "a").map { String($0.number) }
        #expect(Bool(Set(hybrid.hits.map(\.id)) == ids.union(tagged)))
        #expect(hybrid.total?.value == ids.union(tagged).count)
        let first = try #require(try found(["query": knn, "explain": true]).hits.hits.first?.explanation)
        #expect(first.value == alone.first?.score)
        let profile = try found(["query": knn, "profile": true]).profile
        let children = profile?["shards"]?.array?.first?["searches"]?.array?.first?["query"]?.array?.first?["children"]
        #expect((children?.array?.count ?? 0) >= 2)
        #expect(children?.array?.allSatisfy { $0["description"]?.string?.contains("exact: ") == true } == true)
    }

    @Test(
        "What cannot be is refused in the words of the k-NN plugin",
        arguments: [
            (#"{"v":{"vector":[1,2,3],"k":2}}"#, "Query vector has invalid dimension: 3. Dimension should be: 6"),
            (#"{"v":{"vector":[1,2,3,4,5,6]}}"#, "[knn] requires exactly one of k, distance or score to be set"),
            (
                #"{"v":{"vector":[1,2,3,4,5,6],"k":1,"min_score":0.5}}"#,
                "[knn] requires exactly one of k, distance or score to be set"
            ),
            (#"{"v":{"vector":[1,2,3,4,5,6],"k":0}}"#, "[knn] requires k to be in the range (0, 10000]"),
            (#"{"v":{"vector":[1,2,3,4,5,6],"k":10001}}"#, "[knn] requires k to be in the range (0, 10000]"),
            (#"{"v":{"vector":[],"k":1}}"#, "[knn] field 'vector' requires to be non-null and non-empty"),
            (#"{"v":{"vector":["a"],"k":1}}"#, "[knn] field 'vector' requires to be an array of numbers"),
            (#"{"v":{"k":1}}"#, "[knn] requires query vector"),
            (#"{"tag":{"vector":[1],"k":1}}"#, "Field 'tag' is not knn_vector type."),
            (#"{"nope":{"vector":[1],"k":1}}"#, "Field 'nope' is not knn_vector type."),
            (#"{"v":{"vector":[1,2,3,4,5,6],"min_score":0}}"#, "[knn] requires minScore to be greater than 0"),
            (
                #"{"v":{"vector":[1,2,3,4,5,6],"min_score":1.5}}"#,
                "[knn] requires score to be in the range [0, 1] for space type: L2"
            ),
            (
                #"{"v":{"vector":[1,2,3,4,5,6],"max_distance":-1}}"#,
                "[knn] requires distance to be non-negative for space type: L2"
            ),
            (
                #"{"v":{"vector":[1,2,3,4,5,6],"k":1,"method_parameters":{}}}"#, "method_parameters cannot be empty"
            ),
            (
                #"{"v":{"vector":[1,2,3,4,5,6],"k":1,"method_parameters":{"x":1}}}"#,
                "[knn] unknown method parameter found [x]"
            ),
            (
                #"{"v":{"vector":[1,2,3,4,5,6],"k":1,"method_parameters":{"ef_search":0}}}"#,
                "[knn] errors in method parameter [Validation Failed: 1: Validation Failed: 1: ef_search should be greater than 0;;]"
            ),
            (
                #"{"v":{"vector":[1,2,3,4,5,6],"k":1,"method_parameters":{"nprobes":4}}}"#,
                "Parameters not valid for [NMSLIB]:[hnsw]:[k] combination: [Validation Failed: 1: Unknown parameter 'nprobes' found;]"
            ),
            (
                #"{"v":{"vector":[1,2,3,4,5,6],"k":1},"w":{"vector":[1],"k":1}}"#,
                "[knn] query doesn't support multiple fields, found [v] and [w]"
            ),
        ])
    func refusals(_ knn: String, _ expected: String) throws {
        let index = try Self.small.get()
        #expect(Self.reason { try index.search(#"{"query":{"knn":\#(knn)}}"#) }.contains(expected))
    }

    static let small: Result<TestIndex, any Error> = Result { try RandomVectors(count: 5, seed: 6).index }

    /// The reasons of an error, outermost first.
    static func reason(_ body: () throws -> SearchResponse) -> String {
        do {
            _ = try body()
            return "no error"
        } catch let error as SearchError {
            var reasons = [error.reason], inner = error.causes.first
            while let cause = inner {
                reasons.append(cause.reason)
                inner = cause.causes.first
            }
            return reasons.joined(separator: " | ")
        } catch { return "\(error)" }
    }

    @Test(
        "Fields that are not mapped match nothing where that is asked for; names and highlights are those of any query")
    func options() throws {
        let index = try Self.small.get()
        let nothing = try index.search(
            #"{"query":{"knn":{"nope":{"vector":[1],"k":1,"ignore_unmapped":true}}}}"#)
        #expect(nothing.hits.total?.value == 0)
        let named = try index.search([
            "query": Self.knn(["k": 1, "_name": "near", "rescore": ["oversample_factor": 2]]),
            "highlight": ["fields": ["tag": [:]]],
        ]).hits.hits
        #expect(named.first?.matchedQueries.map(\.name) == ["near"])
        let other = NearestTests.reason {
            try index.search(#"{"query":{"script_score":{"query":{"match_all":{}},"script":{"source":"1 + 1"}}}}"#)
        }
        #expect(other.contains("scripts are not run"))
    }
}
