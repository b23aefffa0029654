import Encoders
import NegativeMining
import Synchronization
import Teachers
import Tensors
import TestSupport
import Testing

@Suite("Where candidates come from")
struct SourceTests {
    /// Texts of few words, so that scores are equal now and then.
    private static func texts(_ count: Int, seed: UInt64, words: ClosedRange<Int> = 1...12) -> [String] {
        var generator = SeededGenerator(seed: seed)
        let all = "text editor music player web browser image viewer file manager mail reader network monitor chess"
            .split(
                separator: " ")
        return (0..<count).map { _ in
            (0..<Int.random(in: words, using: &generator)).map { _ in all.randomElement(using: &generator)! }.joined(
                separator: " ")
        }
    }

    private static func everything(_ queries: Int, _ documents: Int) -> [[Int]] {
        Array(repeating: Array(0..<documents), count: queries)
    }

    /// A search finds the best of what the source scores, and scores it alike.
    private func expectExact(_ source: any CandidateSource, _ queries: [String], documents: Int, onlyPositive: Bool)
        throws
    {
        let scores = try source.scores(
            queries, documents: Self.everything(queries.count, documents), control: MiningControl())
        for depth in [1, 7, documents + 5] {
            let found = try source.search(queries, depth: depth, control: MiningControl())
            let expected = scores.map { row in
                row.enumerated().filter { !onlyPositive || $0.element > 0 }
                    .sorted { ($0.element, $1.offset) > ($1.element, $0.offset) }
                    .prefix(depth).map { ScoredCandidate(document: $0.offset, score: $0.element) }
            }
            #expect(found == expected, "\(source.name), depth \(depth)")
        }
    }

    @Test("Dense search is exact, whatever the number of blocks and threads", arguments: [1, 3])
    func dense(_ threads: Int) throws {
        let (texts, queries) = (Self.texts(1100, seed: 1, words: 1...3), Self.texts(70, seed: 2, words: 1...4))
        let pool = WorkerPool(threads: threads)
        let encoder = try DenseEncoder(
            path: Fixture.path("encoders/models/bert-dense"), options: EncoderOptions(pool: pool))
        let source = try DenseSource(encoder, documents: texts, pool: pool)
        try expectExact(source, queries, documents: texts.count, onlyPositive: false)
        let vectors = try encoder.embed(Array(texts.prefix(30)), prompt: .document, normalize: true)
        let asked = try encoder.embed(queries, prompt: .query, normalize: true)
        let scores = try source.scores(
            queries, documents: Self.everything(queries.count, 30), control: MiningControl())
        for (query, row) in scores.enumerated() {
            for (document, score) in row.enumerated() {
                #expect(abs(score - Similarity.cosine(asked[query], vectors[document])) < 1e-5)
            }
        }
    }

    @Test("Queries are encoded once for a search and the scores after it")
    func encodedOnce() throws {
        let pool = WorkerPool(threads: 1)
        let encoder = try DenseEncoder(
            path: Fixture.path("encoders/models/bert-dense"), options: EncoderOptions(pool: pool))
        let source = try DenseSource(encoder, documents: ["a", "b"], pool: pool)
        let parts = Mutex<[String]>([])
        let control = MiningControl(onProgress: { step in
            if step.part.hasPrefix("encode"), step.completed == 0 { parts.withLock { $0.append(step.part) } }
        })
        let queries = ["text editor", "play music"]
        _ = try source.search(queries, depth: 1, control: control)
        let one = try source.scores(queries, documents: [[0, 1], [1]], control: control)
        #expect(parts.withLock { $0.count } == 1)
        let other = try source.scores(["play music", "text editor"], documents: [[1], [0, 1]], control: control)
        #expect(parts.withLock { $0.count } == 2)
        #expect(other == [one[1], one[0]])
    }

    @Test("Sparse search is exact", arguments: ["bert-splade", "bert-router"])
    func sparse(_ name: String) throws {
        let (texts, queries) = (Self.texts(150, seed: 3), Self.texts(20, seed: 4, words: 1...4))
        let pool = WorkerPool(threads: 2)
        let encoder = try SparseEncoder(
            path: Fixture.path("encoders/models/" + name), options: EncoderOptions(pool: pool))
        let source = try SparseSource(encoder, documents: texts, pool: pool)
        try expectExact(source, queries, documents: texts.count, onlyPositive: true)
        let vectors = try encoder.encode(texts, as: .document)
        let asked = try encoder.encode(queries, as: .query)
        let scores = try source.scores(
            queries, documents: Self.everything(queries.count, texts.count), control: MiningControl())
        #expect(scores == asked.map { query in vectors.map { query.dot($0) } })
    }

    @Test("Searching words is exact; unknown words and none find nothing")
    func words() throws {
        let texts = Self.texts(400, seed: 5) + [""]
        let queries = Self.texts(40, seed: 6, words: 1...5) + ["music music player", "unknown words", "", "..."]
        let source = try BM25Source(documents: texts, pool: WorkerPool(threads: 2))
        try expectExact(source, queries, documents: texts.count, onlyPositive: true)
        let found = try source.search(queries, depth: 3, control: MiningControl())
        #expect(found.suffix(3).map(\.count) == [0, 0, 0])
    }

    @Test(
        "The teacher of words scores documents as the search in their index does", arguments: ["standard", "english"])
    func wordsAsTeacher(_ analyzer: String) throws {
        let texts = Self.texts(300, seed: 7, words: 1...90) + ["", "...", "Viewers' viewing of the players"]
        let queries = Self.texts(30, seed: 8, words: 1...6) + ["music music player", "unknown players", ""]
        let source = try BM25Source(documents: texts, analyzer: analyzer, pool: WorkerPool(threads: 1))
        let expected = try source.scores(
            queries, documents: Self.everything(queries.count, texts.count), control: MiningControl())
        let teacher = try BM25Teacher(documents: texts, analyzer: analyzer)
        for (query, row) in zip(queries, expected) {
            #expect(try teacher.scores(texts.map { (query, $0) }) == row)
        }
    }

    @Test("Scores of words are Lucene's BM25")
    func formula() throws {
        let texts = ["a fox", "a quick fox and a fox", "a dog"]
        let source = try BM25Source(documents: texts, pool: WorkerPool(threads: 1))
        let scores = try source.scores(
            ["fox quick fox"], documents: [[2, 1, 0]], control: MiningControl())[0]
        // idf = ln(1 + (N - n + 0.5) / (n + 0.5)); tf = f / (f + 1.2 (0.25 + 0.75 dl / avgdl)); "fox" counts twice.
        func score(_ count: Int, _ frequency: Double, _ length: Double) -> Double {
            let average = 10.0 / 3
            // ln(1 + 1.5 / 2.5) and ln(1 + 2.5 / 1.5).
            let idf = count == 2 ? 0.47000362924573563 : 0.9808292530117262
            return idf * frequency / (frequency + 1.2 * (0.25 + 0.75 * length / average))
        }
        #expect(scores[0] == 0)
        #expect(abs(Double(scores[1]) - (2 * score(2, 2, 6) + score(1, 1, 6))) < 1e-6)
        #expect(abs(Double(scores[2]) - 2 * score(2, 1, 2)) < 1e-6)
    }

    @Test("The best scores of many, with ties")
    func topScores() {
        var generator = SeededGenerator(seed: 9)
        for depth in [0, 1, 5, 64, 200] {
            let values = (0..<150).map { _ in Float(Int.random(in: 0..<20, using: &generator)) }
            let tops = TopScores(queries: 2, depth: depth)
            values[..<60].withUnsafeBufferPointer { tops.take($0, firstDocument: 0, query: 1) }
            values[60...].withUnsafeBufferPointer { tops.take($0, firstDocument: 60, query: 1) }
            let sorted = values.enumerated().sorted { ($0.element, $1.offset) > ($1.element, $0.offset) }
            #expect(
                tops.best(1) == sorted.prefix(depth).map { ScoredCandidate(document: $0.offset, score: $0.element) })
            #expect(tops.best(0).isEmpty)
        }
    }
}
