import JSON
import Querying
import TestSupport
import Testing

/// Random boolean combinations over a random collection equal a plain evaluation of each document: matches, sums of scores,
/// order, with several segments and deletions.
struct NaiveEvaluationTests {
    static let vocabulary = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"]

    struct Collection {
        var texts: [[String]]
        var deleted: Set<Int>
        var index: TestIndex
    }

    static let collection: Result<Collection, any Error> = Result {
        var generator = SeededGenerator(seed: 21)
        let texts = (0..<600).map { _ in
            (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                vocabulary[min(Int.random(in: 0..<8, using: &generator), Int.random(in: 0..<8, using: &generator))]
            }
        }
        let deleted = Set((0..<60).map { _ in Int.random(in: 0..<600, using: &generator) })
        let index = try TestIndex(
            texts.map { ["t": .string($0.joined(separator: " "))] },
            mapping: ["properties": ["t": ["type": "text"]]], segments: 4, deleting: Array(deleted))
        return Collection(texts: texts, deleted: deleted, index: index)
    }

    /// A random query with its meaning: the score of each document that matches.
    static func query(_ depth: Int, _ generator: inout SeededGenerator, _ terms: [String: [Int: Float]])
        -> (JSONValue, [Int: Float])
    {
        if depth == 0 || Int.random(in: 0..<3, using: &generator) == 0 {
            let word = vocabulary.randomElement(using: &generator)!
            return (["term": ["t": .string(word)]], terms[word] ?? [:])
        }
        func parts(_ range: ClosedRange<Int>) -> [(JSONValue, [Int: Float])] {
            (0..<Int.random(in: range, using: &generator)).map { _ in query(depth - 1, &generator, terms) }
        }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            let alternatives = parts(1...3)
            var scores: [Int: Float] = [:]
            for document in Set(alternatives.flatMap { $0.1.keys }) {
                let all = alternatives.compactMap { $0.1[document] }
                let best = all.max() ?? 0
                scores[document] = best + (all.reduce(0, +) - best) * 0.5
            }
            return (["dis_max": ["queries": .array(alternatives.map(\.0)), "tie_breaker": 0.5]], scores)
        }
        let must = parts(0...2), filter = parts(0...1), should = parts(0...3), mustNot = parts(0...1)
        if must.isEmpty, filter.isEmpty, should.isEmpty { return query(depth, &generator, terms) }
        let minimum = should.isEmpty ? 0 : Int.random(in: 0...should.count, using: &generator)
        let needed = must.isEmpty && filter.isEmpty ? max(1, minimum) : minimum
        var scores: [Int: Float] = [:]
        for document in 0..<600 {
            guard must.allSatisfy({ $0.1[document] != nil }), filter.allSatisfy({ $0.1[document] != nil }),
                mustNot.allSatisfy({ $0.1[document] == nil })
            else { continue }
            let matched = should.compactMap { $0.1[document] }
            guard matched.count >= needed else { continue }
            scores[document] = must.reduce(0) { $0 + $1.1[document]! } + matched.reduce(0, +)
        }
        return (
            [
                "bool": [
                    "must": .array(must.map(\.0)), "filter": .array(filter.map(\.0)), "should": .array(should.map(\.0)),
                    "must_not": .array(mustNot.map(\.0)), "minimum_should_match": .number(JSONNumber(minimum)),
                ]
            ], scores
        )
    }

    @Test("Random boolean queries", arguments: 0..<8)
    func random(_ seed: Int) throws {
        let collection = try Self.collection.get()
        var terms: [String: [Int: Float]] = [:]
        for word in Self.vocabulary {
            let hits = try collection.index.search(#"{"query":{"term":{"t":"\#(word)"}},"size":1000}"#).hits.hits
            terms[word] = Dictionary(uniqueKeysWithValues: hits.map { (Int($0.id)!, $0.score!) })
            let wanted = collection.texts.indices.filter {
                collection.texts[$0].contains(word) && !collection.deleted.contains($0)
            }
            #expect(Set(hits.map { Int($0.id)! }) == Set(wanted))
        }
        var generator = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<150 {
            let (json, scores) = Self.query(3, &generator, terms)
            var request = SearchRequest()
            request.query = try Query(parsing: json)
            request.size = [3, 10, 700][Int.random(in: 0..<3, using: &generator)]
            request.trackTotalHits = [.exact, .upTo(5), .off][Int.random(in: 0..<3, using: &generator)]
            let response = try Search.run(request, over: [collection.index], context: TestIndex.context)
            if request.trackTotalHits == .exact { #expect(response.hits.total?.value == scores.count) }
            let hits = response.hits.hits.map { (Int($0.id)!, $0.score!) }
            #expect(hits.count == min(request.size!, scores.count), "\(json.serialized())")
            for (id, score) in hits {
                let wanted = scores[id] ?? -1
                #expect(abs(score - wanted) <= 1e-4 * max(wanted, 1e-3), "\(id) of \(json.serialized())")
            }
            let best = scores.values.sorted(by: >).prefix(hits.count)
            for (hit, wanted) in zip(hits, best) { #expect(abs(hit.1 - wanted) <= 1e-4 * max(wanted, 1e-3)) }
        }
    }
}
