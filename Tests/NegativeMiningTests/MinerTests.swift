import Encoders
import JSON
import NegativeMining
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite("Mining with models")
struct MinerTests {
    /// Packages with their descriptions; the queries are made of other words of the same description.
    private static let topics = [
        "text editor", "music player", "web browser", "image viewer", "file manager", "mail reader", "network monitor",
        "game of chess", "terminal emulator", "video player",
    ]
    private static func task() throws -> MiningTask {
        var generator = SeededGenerator(seed: 5)
        let words =
            "fast small simple graphical for with plugins themes library command line tool which reads writes shows"
            .split(
                separator: " ")
        let documents = (0..<120).map { number in
            MiningTask.Document(
                id: "d\(number)",
                text: topics[number % topics.count] + " "
                    + (0..<9).map { _ in words.randomElement(using: &generator)! }.joined(
                        separator: " "))
        }
        let queries = (0..<30).map { number in
            MiningTask.Query(
                id: "q\(number)", text: "a \(words[number % 4]) \(topics[number % topics.count])",
                positives: number % 3 == 0 ? [number, number + 60] : [number])
        }
        return try MiningTask(documents: documents, queries: queries)
    }

    private static func model(_ name: String) -> String { Fixture.path("encoders/models/" + name) }

    private static func mine(threads: Int, _ change: (inout MiningOptions) -> Void = { _ in }) throws -> MinedNegatives
    {
        let pool = WorkerPool(threads: threads)
        let task = try task()
        let texts = task.documents.map(\.text)
        let options = EncoderOptions(pool: pool)
        let sources: [any CandidateSource] = [
            try BM25Source(documents: texts, pool: pool),
            try DenseSource(DenseEncoder(path: model("bert-dense"), options: options), documents: texts, pool: pool),
            try SparseSource(SparseEncoder(path: model("bert-splade"), options: options), documents: texts, pool: pool),
        ]
        let mining = MiningOptions.with {
            $0.depth = 12
            change(&$0)
        }
        return try NegativeMiner(task, sources: sources, options: mining, pool: pool).mine()
    }

    @Test("Files and report are the same with any number of threads", arguments: [2, 3])
    func threads(_ threads: Int) throws {
        let change = { (options: inout MiningOptions) in
            options.sampling = .random(seed: 3)
            options.negatives = 12
            options.relativeMargin = 0.02
            options.fillsWithRandom = true
        }
        let one = try Self.mine(threads: 1, change)
        let several = try Self.mine(threads: threads, change)
        #expect(one.queries == several.queries)
        #expect(one.report.json == several.report.json)
        #expect(one.report.text == several.report.text)
        #expect(one.report.filled > 0)
        for format in MinedFileFormat.allCases where format != .table {
            #expect(try lines(one, format) == lines(several, format), "\(format)")
        }
    }

    @Test("What is reported adds up")
    func report() throws {
        let mined = try Self.mine(threads: 2) { $0.relativeMargin = 0.05 }
        let report = mined.report
        #expect(report.guide == "dense")
        #expect(report.queries == 30 && report.pairs == 40 && report.documents == 120)
        #expect(report.candidates == report.negatives + report.dropped.values.reduce(0, +))
        #expect(report.negatives == mined.queries.reduce(0) { $0 + $1.negatives.count })
        #expect(report.admissible == mined.queries.reduce(0) { $0 + $1.admissible })
        #expect(report.admissible == report.negatives + (report.dropped[.notChosen] ?? 0))
        #expect(report.withoutAdmissible == mined.queries.count { $0.admissible == 0 })
        #expect(report.complete == mined.queries.count { $0.negatives.count == 3 })
        #expect(report.positiveScores.count == 40)
        #expect(report.negativeScores.count == report.negatives)
        #expect(report.hardestScores.count == mined.queries.count { !$0.negatives.isEmpty })
        #expect(report.examples.allSatisfy { $0.value.count == min(3, report.dropped[$0.key] ?? 0) })
        let negatives = mined.queries.flatMap(\.negatives)
        for (number, source) in report.sources.enumerated() {
            #expect(source.negatives == negatives.count { $0.sourceRanks[number] != nil })
            let only = negatives.count { $0.sourceRanks[number] != nil && $0.sourceRanks.count { $0 != nil } == 1 }
            #expect(source.onlyHere == only)
            let first = mined.queries.count { $0.positives.contains { $0.sourceRanks[number] == 1 } }
            #expect(source.positiveFirst == first)
        }
        #expect(report.sources.contains { $0.positiveFirst > 0 && $0.onlyHere > 0 })
        let json = report.json
        #expect(json["dropped"]?["relevant"]?.int == report.dropped[.relevant])
        #expect(json["options"]?["relative_margin"]?.double.map { Float($0) } == 0.05)
        #expect(json["options"]?["max_score"]?.isNull == true)
        #expect(json["scores"]?["hardest"]?["count"]?.int == report.hardestScores.count)
        #expect(report.text.contains("relative_margin"))
        #expect(report.text.contains("queries with all 3    \(report.complete)"))
    }

    @Test("The lines of every form, with and without scores and ids")
    func forms() throws {
        let mined = try Self.mine(threads: 2)
        let query = mined.queries[0]
        let texts = { (candidates: [MinedQuery.Candidate]) in candidates.map { mined.task.documents[$0.document].text }
        }
        let ids = { (candidates: [MinedQuery.Candidate]) in candidates.map { mined.task.documents[$0.document].id } }
        let strings = { (value: JSONValue?) in value?.array?.map(\.string) }

        let flag = try lines(mined, .flagEmbedding)[0]
        #expect(flag["query_id"]?.string == "q0")
        #expect(strings(flag["pos"]) == texts(query.positives) && strings(flag["neg"]) == texts(query.negatives))
        #expect(strings(flag["pos_ids"]) == ids(query.positives) && strings(flag["neg_ids"]) == ids(query.negatives))
        #expect(flag["neg_scores"]?.array?.map { Float($0.double ?? .nan) } == query.negatives.map(\.score))
        #expect(
            flag["neg_source_scores"]?["dense"]?.array?.map { Float($0.double ?? .nan) } == query.negatives.map(\.score)
        )
        #expect(
            flag["pos_source_scores"]?["bm25"]?.array?.map { Float($0.double ?? .nan) }
                == query.positives.map { $0.sourceScores[0] })
        #expect(flag["pos_source_scores"]?.object?.keys == ["bm25", "dense", "sparse"])
        let plain = try lines(mined, .flagEmbedding, withScores: false, withIDs: false)[0]
        #expect(plain.object?.keys == ["query", "pos", "neg"])

        #expect(
            try lines(mined, .triplet, withIDs: false)[0].object?.keys == [
                "query", "positive", "negative",
            ])
        let tuple = try lines(mined, .nTuple, withScores: true, withIDs: false)[0]
        #expect(tuple.object?.keys == ["query", "positive", "negative_1", "negative_2", "negative_3", "scores"])
        #expect(tuple["negative_3"]?.string == texts(query.negatives)[2])
        let pairs = try lines(mined, .labeledPair)
        #expect(pairs.prefix(6).map { $0["label"]?.int } == [1, 1, 0, 0, 0, 1])
        #expect(pairs[2]["doc_id"]?.string == ids(query.negatives)[0])
        let list = try lines(mined, .labeledList)[1]
        #expect(list["labels"]?.array?.map(\.int) == [1, 0, 0, 0])
        #expect(strings(list["docs"]) == texts([query.positives[1]] + query.negatives))
        #expect(try lines(mined, .triplet).count == mined.report.pairs * 3)
    }

    @Test("A table has ids and the scores of every source")
    func table() throws {
        let mined = try Self.mine(threads: 1)
        try TemporaryFolder.with { folder in
            let written = try mined.write(.table, to: folder.path + "/t")
            let rows = try text(ofFile: folder.path + "/t").split(separator: "\n").map {
                $0.split(separator: "\t").map(String.init)
            }
            #expect(rows[0] == ["query-id", "corpus-id", "label", "score", "bm25", "dense", "sparse"])
            #expect(rows.count == written.lines + 1)
            #expect(Array(rows[1].prefix(3)) == ["q0", "d0", "1"])
            #expect(rows[3][3] == rows[3][5])
            let pairs = try MiningTask.pairs(path: folder.path + "/t")
            #expect(pairs.count == written.lines)
        }
        let plain = try MiningTask(pairs: [("q", "p")], corpus: ["n"])
        let source = FunctionSource(documents: ["n", "p"]) { _, _ in 1 }
        let unnamed = try NegativeMiner(plain, sources: [source], pool: WorkerPool(threads: 1)).mine()
        #expect(miningError { try unnamed.write(.table, to: "/nowhere/at/all") }?.code == .badData)
        #expect(miningError { try unnamed.write(.triplet, to: "/nowhere/at/all") }?.code == .cannotWrite)
    }

    @Test("Queries without enough negatives are skipped, and filled up if that is asked for")
    func filling() throws {
        let task = try MiningTask(
            documents: (0..<40).map { MiningTask.Document(id: "\($0)", text: "text \($0)") },
            queries: [
                .init(id: "a", text: "a", positives: [0], otherRelevant: [7]),
                .init(id: "b", text: "b", positives: [1]),
            ])
        let source = FunctionSource(documents: task.documents.map(\.text)) { query, document in
            query == "a" ? 1 : document == "text 1" ? 2 : 0
        }
        func mine(_ fills: Bool) throws -> MinedNegatives {
            let options = MiningOptions.with {
                $0.depth = 5
                $0.relativeMargin = 0.1
                $0.fillsWithRandom = fills
            }
            return try NegativeMiner(task, sources: [source], options: options, pool: WorkerPool(threads: 1)).mine()
        }
        let bare = try mine(false)
        #expect(bare.queries.map(\.negatives.count) == [0, 3])
        #expect(bare.report.withoutAdmissible == 1)
        #expect(try lines(bare, .flagEmbedding).count == 1)
        #expect(try lines(bare, .labeledPair).count == 5)
        let filled = try mine(true)
        #expect(filled.queries.map(\.filled) == [3, 0])
        #expect(filled.queries[1].negatives == bare.queries[1].negatives)
        let random = filled.queries[0].negatives
        #expect(Set(random.map(\.document)).count == 3)
        #expect(random.allSatisfy { $0.document > 4 && $0.document != 7 && $0.score == 1 && $0.sourceRanks == [nil] })
        #expect(try lines(filled, .nTuple).count == 2)
        #expect(filled.report.filled == 3 && filled.report.negatives == 3)
    }

    @Test("A cancelled run ends, and tells so")
    func cancelled() throws {
        let parts = Mutex<[String]>([])
        let control = MiningControl(
            isCancelled: { parts.withLock { $0.count > 3 } },
            onProgress: { step in parts.withLock { $0.append(step.part) } })
        let texts = try Self.task().documents.map(\.text)
        let pool = WorkerPool(threads: 1)
        let error = miningError {
            let source = try BM25Source(documents: texts, pool: pool, control: control)
            _ = try NegativeMiner(try Self.task(), sources: [source], pool: pool).mine(control: control)
        }
        #expect(error?.code == .cancelled)
        #expect(
            parts.withLock { $0 } == [
                "index documents (bm25)", "index documents (bm25)", "search (bm25)", "search (bm25)",
            ])
    }

    @Test("Scores that are not finite are an error that names the pair", arguments: [Float.nan, .infinity])
    func notFinite(_ value: Float) throws {
        let task = try MiningTask(pairs: [("q", "p")], corpus: ["n", "m"])
        let good = FunctionSource(documents: ["n", "m", "p"]) { _, _ in 1 }
        let bad = FunctionSource(documents: ["n", "m", "p"]) { _, document in document == "m" ? value : 1 }
        let teacher = FunctionTeacher { _, document in document == "m" ? value : 1 }
        let pool = WorkerPool(threads: 1)
        for error in [
            miningError { _ = try NegativeMiner(task, sources: [bad], pool: pool).mine() },
            miningError { _ = try NegativeMiner(task, sources: [good], teacher: teacher, pool: pool).mine() },
        ] {
            #expect(error?.code == .badData)
            #expect(error?.reason.contains("'q' with document 'number 1'") == true)
        }
    }

    @Test("Huge scores are reported")
    func huge() throws {
        let task = try MiningTask(pairs: [("q", "p")], corpus: ["n", "m"])
        let source = FunctionSource(documents: ["n", "m", "p"]) { _, _ in 1e30 }
        let mined = try NegativeMiner(task, sources: [source], pool: WorkerPool(threads: 1)).mine()
        #expect(mined.report.text.contains("e+30"))
    }

    @Test("Positives among the negatives are written as tuples only")
    func rankings() throws {
        let mined = try Self.mine(threads: 1) { $0.includesPositives = true }
        #expect(try lines(mined, .nTuple).count > 0)
        for format in MinedFileFormat.allCases where format != .nTuple {
            #expect(miningError { _ = try lines(mined, format) }?.code == .badSetting)
        }
    }

    @Test("Sources that cannot be")
    func sources() throws {
        let task = try Self.task()
        let source = FunctionSource(documents: task.documents.map(\.text)) { _, _ in 0 }
        let pool = WorkerPool(threads: 1)
        #expect(miningError { _ = try NegativeMiner(task, sources: [], pool: pool) }?.code == .badSetting)
        #expect(
            miningError { _ = try NegativeMiner(task, sources: [source, source], pool: pool) }?.code == .badSetting)
        #expect(
            miningError { _ = try BM25Source(documents: ["a"], analyzer: "nowhere", pool: pool) }?.code == .badSetting)
    }
}
