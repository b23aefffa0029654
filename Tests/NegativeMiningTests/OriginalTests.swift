import JSON
import NegativeMining
import Tensors
import TestSupport
import Testing

@Suite("Negatives equal those of sentence-transformers")
struct OriginalTests {
    /// What `Fixtures/mining/make_fixtures.py` made.
    private struct Original {
        let value: JSONValue
        let queries: [[Float]]
        let documents: [[Float]]
        let logits: [[Float]]

        init() throws {
            value = try JSONValue(parsing: Fixture.bytes("mining/hard-negatives.json"))
            func rows(_ name: String, in value: JSONValue) -> [[Float]] {
                (value[name]?.array ?? []).map { ($0.array ?? []).map { Float($0.double ?? .nan) } }
            }
            queries = rows("queries", in: value)
            documents = rows("documents", in: value)
            logits = rows("logits", in: value)
        }

        func task() throws -> MiningTask {
            let pairs = (value["pairs"]?.array ?? []).map {
                (query: "query \($0[0]?.int ?? -1)", positive: "document \($0[1]?.int ?? -1)")
            }
            return try MiningTask(pairs: pairs, corpus: documents.indices.map { "document \($0)" })
        }

        var runs: [JSONValue] { value["runs"]?.array ?? [] }
    }

    private static func number(_ text: String) -> Int { text.split(separator: " ").last.flatMap { Int($0) } ?? -1 }

    private static func options(_ run: JSONValue) -> MiningOptions {
        .with { options in
            let given = run["options"]
            func float(_ name: String) -> Float? { (given?[name]?.double).map { Float($0) } }
            options.depth = run["depth"]?.int ?? 0
            options.rangeMax = run["range_max"]?.int
            options.rangeMin = given?["range_min"]?.int ?? 0
            options.negatives = given?["num_negatives"]?.int ?? 3
            options.maximumScore = float("max_score")
            options.minimumScore = float("min_score")
            options.absoluteMargin = float("absolute_margin")
            options.relativeMargin = float("relative_margin")
            options.includesPositives = given?["include_positives"]?.bool ?? false
            options.nearDuplicateSimilarity = nil
        }
    }

    @Test("Every option, in every form", arguments: 0..<18)
    func equals(_ number: Int) throws {
        let original = try Original()
        #expect(original.runs.count == 18)
        let run = original.runs[number]
        let (queries, documents, logits) = (original.queries, original.documents, original.logits)
        let task = try original.task()
        let source = FunctionSource(documents: task.documents.map(\.text)) { query, document in
            zip(queries[Self.number(query)], documents[Self.number(document)]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let teacher = FunctionTeacher { logits[Self.number($0)][Self.number($1)] }
        let mined = try NegativeMiner(
            task, sources: [source], teacher: run["options"]?["cross_encoder"]?.bool == true ? teacher : nil,
            options: Self.options(run), pool: WorkerPool(threads: 1)
        ).mine()
        for (form, expected) in try #require(run["formats"]?.object) {
            let rows = try #require(expected.array)
            let ours = try lines(mined, #require(MinedFileFormat(rawValue: form)), withScores: true)
            #expect(ours.count == rows.count, "\(form)")
            let different = zip(ours, rows).count { ours, row in
                let texts =
                    ours["docs"]?.array?.compactMap(\.string)
                    ?? ["positive", "negative", "document"].compactMap { ours[$0]?.string }
                    + (1...20).compactMap { ours["negative_\($0)"]?.string }
                let scores = ours["scores"]?.array?.compactMap(\.double) ?? [ours["score"]?.double ?? .nan]
                let isSame =
                    ours["query"]?.string == "query \(row["query"]?.int ?? -1)"
                    && texts.map(Self.number) == row["documents"]?.array?.compactMap(\.int)
                    && zip(scores, row["scores"]?.array ?? []).allSatisfy { abs($0 - ($1.double ?? .nan)) < 1e-4 }
                return !isSame
            }
            #expect(different == 0, "\(form)")
        }
    }
}
