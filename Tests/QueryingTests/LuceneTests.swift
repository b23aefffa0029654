import JSON
import Mappings
import Querying
import TestSupport
import Testing

/// Hits and scores equal those of Lucene 9.9 on 4,500 package descriptions.
struct LuceneTests {
    static let index: Result<TestIndex, any Error> = Result {
        let lines = try Fixture.lines("../../Examples/packages/corpus.jsonl")
        var documents: [JSONValue] = []
        var ids: [String] = []
        for (number, line) in lines.enumerated() {
            let id = line["_id"]?.string ?? ""
            ids.append(id)
            documents.append([
                "title": line["title"] ?? "", "text": line["text"] ?? "", "initial": .string(String(id.prefix(1))),
                "number": .number(JSONNumber(number)),
            ])
        }
        let rules = try Fixture.bytes("lucene/synonyms.txt").split(separator: UInt8(ascii: "\n"))
        let synonyms = JSONValue.array(rules.map { .string(String(decoding: $0, as: UTF8.self)) })
        return try TestIndex(
            documents,
            mapping: [
                "properties": [
                    "title": ["type": "text"], "text": ["type": "text"], "initial": ["type": "keyword"],
                    "number": ["type": "long"],
                ]
            ],
            settings: [
                "analysis": [
                    "filter": ["rules": ["type": "synonym_graph", "synonyms": synonyms]],
                    "analyzer": ["synonyms": ["tokenizer": "standard", "filter": ["lowercase", "rules"]]],
                ]
            ], ids: ids)
    }

    static let cases: [(id: String, line: JSONValue)] = {
        let lines = (try? Fixture.lines("lucene/packages.jsonl")) ?? []
        return lines.map { ($0["id"]?.string ?? "", $0) }
    }()

    @Test("There are reference queries") func hasCases() { #expect(Self.cases.count > 100) }

    @Test("Top hundred, scores and totals equal Lucene's", arguments: cases.map(\.id))
    func hits(_ id: String) throws {
        let index = try Self.index.get()
        let line = try #require(Self.cases.first { $0.id == id }).line
        var request = SearchRequest()
        request.query = try Query(parsing: try #require(line["query"]))
        request.size = 100
        request.trackTotalHits = .exact
        request.source = SourceFilter(fetch: false)
        let response = try Search.run(request, over: [index], context: TestIndex.context)
        #expect(response.hits.total?.value == line["total"]?.int)
        let expected = (line["hits"]?.array ?? []).map { (Int($0[0]?.int ?? -1), Float($0[1]?.double ?? 0)) }
        let actual = response.hits.hits.map { ($0.document, $0.score ?? 0) }
        #expect(actual.count == expected.count)
        let wrongScore = zip(actual, expected).first { abs($0.1 - $1.1) > 1e-4 * max(abs($1.1), 1e-6) }
        if let (mine, theirs) = wrongScore {
            Issue.record("\(id): \(mine.0) scores \(mine.1), Lucene has \(theirs.0) with \(theirs.1)")
            return
        }
        // Equal scores within rounding may come in another order.
        let theirs = Dictionary(uniqueKeysWithValues: expected)
        let last = expected.last?.1 ?? 0
        let strange = actual.first { theirs[$0.0] == nil && $0.1 > last * 1.0001 }
        #expect(strange == nil, "\(id): a hit that Lucene does not have")
    }

    /// Without `exists`, whose rewriting to all documents explains itself otherwise.
    static let explanations: [(id: String, line: JSONValue)] = {
        let lines = (try? Fixture.lines("lucene/explain.jsonl")) ?? []
        return lines.map { ($0["id"]?.string ?? "", $0) }.filter { !$0.0.hasPrefix("exists") }
    }()

    @Test("Explanations are Lucene's trees", arguments: explanations.map(\.id))
    func explanation(_ id: String) throws {
        let index = try Self.index.get()
        let line = try #require(Self.explanations.first { $0.id == id }).line
        let query = try #require(Self.cases.first { $0.id == id }).line["query"]
        let found = try Search.explain(
            try Query(parsing: try #require(query)), document: Int64(try #require(line["number"]?.int)), in: index,
            context: TestIndex.context)
        let actual = try #require(found).json
        let difference = Self.difference(actual, try #require(line["explanation"]), path: "")
        #expect(difference == nil, "\(id): \(difference ?? "")")
    }

    /// The first place where two trees differ.
    static func difference(_ a: JSONValue, _ b: JSONValue, path: String) -> String? {
        let (x, y) = (a["value"]?.double ?? .nan, b["value"]?.double ?? .nan)
        if a["description"] != b["description"] {
            return "\(path): \(a["description"]?.string ?? "") is not \(b["description"]?.string ?? "")"
        }
        if abs(x - y) > 1e-4 * max(abs(y), 1e-6) {
            return "\(path)/\(a["description"]?.string ?? ""): \(x) is not \(y)"
        }
        var (left, right) = (a["details"]?.array ?? [], b["details"]?.array ?? [])
        if a["description"]?.string?.hasPrefix("max ") == true {
            // Lucene keeps the parts of dis_max in the order of a hash table.
            left.sort { ($0["value"]?.double ?? 0) > ($1["value"]?.double ?? 0) }
            right.sort { ($0["value"]?.double ?? 0) > ($1["value"]?.double ?? 0) }
        }
        if left.count != right.count { return "\(path): \(left.count) details, not \(right.count)" }
        for (i, pair) in zip(left, right).enumerated() {
            if let found = difference(pair.0, pair.1, path: "\(path)/\(i)") { return found }
        }
        return nil
    }
}

extension Fixture {
    /// The lines of a file as documents.
    static func lines(_ path: String) throws -> [JSONValue] {
        try bytes(path).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
    }
}
