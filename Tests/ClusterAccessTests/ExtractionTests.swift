import ClusterAccess
import Foundation
import JSON
import Relevance
import Synchronization
import TestSupport
import Testing

/// Corpora out of clusters that behave, and out of clusters that do not.
@Suite struct ExtractionTests {
    private static func documents(_ count: Int) -> [FakeCluster.Document] {
        (0..<count).map { number in
            FakeCluster.Document(id: "d\(number)", source: ["body": .string("text of \(number)")])
        }
    }

    private func extraction(maximum: Int = 20_000, seed: UInt64 = 42, batch: Int = 3) -> CorpusExtraction {
        var extraction = CorpusExtraction(index: "books", maximum: maximum, seed: seed)
        extraction.batch = batch
        return extraction
    }

    private func corpus(
        _ cluster: FakeCluster, _ extraction: CorpusExtraction
    ) async throws -> (report: CorpusReport, lines: [JSONValue], bytes: Data) {
        try await TemporaryFolder.with { folder in
            let path = folder.path + "/documents.jsonl"
            let report = try await extraction.run(on: cluster, to: path)
            let bytes = try Data(contentsOf: URL(filePath: path))
            let lines = try String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
                try JSONValue(parsing: String($0))
            }
            return (report, lines, bytes)
        }
    }

    private func ids(_ lines: [JSONValue]) -> Set<String> { Set(lines.compactMap { $0["id"]?.string }) }

    private func failure(_ cluster: FakeCluster, _ extraction: CorpusExtraction) async throws -> ClusterError? {
        try await TemporaryFolder.with { folder in
            let path = folder.path + "/documents.jsonl"
            try Data("kept\n".utf8).write(to: URL(filePath: path))
            do {
                _ = try await extraction.run(on: cluster, to: path)
                return nil
            } catch let error as ClusterError {
                #expect(try String(contentsOfFile: path, encoding: .utf8) == "kept\n", "what was there stays")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["documents.jsonl"])
                return error
            }
        }
    }

    @Test(arguments: [["_shard_doc", "_id"], ["_id"], []], [true, false])
    func allDocumentsComeWhateverTheClusterKnows(_ sorts: [String], _ hasPoints: Bool) async throws {
        for count in [2, 3, 7, 9] {
            let cluster = FakeCluster(Self.documents(count), .init(hasPoints: hasPoints, sorts: Set(sorts)))
            let (report, lines, _) = try await corpus(cluster, extraction())
            #expect(report.documents == count)
            #expect(report.read == count && report.usable == count && report.skipped.isEmpty)
            #expect(report.textFields == ["body"])
            #expect(ids(lines) == Set((0..<count).map { "d\($0)" }))
            #expect(lines.allSatisfy { $0["text"]?.string == "text of \($0["id"]?.string?.dropFirst() ?? "")" })
            #expect(cluster.open == 0, "points in time and scrolls are closed")
            let usesPoints = hasPoints && !sorts.isEmpty
            #expect(cluster.requests.contains { $0.path == "/_search/scroll" && $0.method == "POST" } != usesPoints)
        }
    }

    @Test func aSampleDependsOnSeedAndIDsAlone() async throws {
        let documents = Self.documents(500)
        let (report, lines, bytes) = try await corpus(FakeCluster(documents), extraction(maximum: 40, batch: 50))
        #expect(report.documents == 40 && report.usable == 500 && lines.count == 40)
        #expect(ids(lines).count == 40)
        var generator = SeededGenerator(seed: 7)
        for behaviour in [FakeCluster.Behaviour(), .init(sorts: ["_id"]), .init(hasPoints: false)] {
            let other = FakeCluster(documents.shuffled(using: &generator), behaviour)
            #expect(try await corpus(other, extraction(maximum: 40, batch: 7)).bytes == bytes)
        }
        let another = try await corpus(FakeCluster(documents), extraction(maximum: 40, seed: 43, batch: 50))
        #expect(another.bytes != bytes)
        // A smaller sample is the beginning of a larger one.
        let smaller = try await corpus(FakeCluster(documents), extraction(maximum: 10, batch: 50))
        #expect(bytes.starts(with: smaller.bytes))
    }

    @Test func samplesAreSpreadEvenly() async throws {
        var chosen = [Int](repeating: 0, count: 10)
        for seed in 0..<20 {
            let (_, lines, _) = try await corpus(
                FakeCluster(Self.documents(1000)), extraction(maximum: 100, seed: UInt64(seed), batch: 1000))
            for line in lines { chosen[(Int(line["id"]?.string?.dropFirst() ?? "") ?? 0) / 100] += 1 }
        }
        // 2000 draws over ten parts: 200 each, with a deviation of 13.
        #expect(chosen.allSatisfy { abs($0 - 200) < 60 })
    }

    @Test func textsAreMadeOfFields() async throws {
        let sources: [JSONValue] = [
            ["title": "A title", "body": ["one", "", "two", 3, true, .null, ["x": "no"]], "meta": ["author": "Ann"]],
            ["meta": [["author": "Ben"], ["author": ["Cleo", "Dan"]]], "body": "b"],
            ["meta.author": "dotted", "body": "b"],
            ["title": "only a title", "body": "  "],
            ["title": " ", "body": 7],
            ["other": "x"],
        ]
        var documents = sources.enumerated().map { FakeCluster.Document(id: "\($0.offset)", source: $0.element) }
        documents.append(FakeCluster.Document(id: "none", source: nil))
        var settings = extraction()
        settings.textFields = ["body", "meta.author"]
        settings.titleField = "title"
        let cluster = FakeCluster(documents)
        let (report, lines, _) = try await corpus(cluster, settings)
        let found = Dictionary(uniqueKeysWithValues: lines.map { ($0["id"]?.string ?? "", $0) })
        #expect(found["0"] == ["id": "0", "title": "A title", "text": "one\ntwo\n3\ntrue\nAnn"])
        #expect(found["1"]?["text"] == "b\nBen\nCleo\nDan")
        #expect(found["2"]?["text"] == "b\ndotted")
        #expect(found["3"] == ["id": "3", "text": "only a title"])
        #expect(found["4"] == ["id": "4", "text": "7"])
        #expect(report.documents == 5 && report.read == 7)
        #expect(report.skipped == ["no_text": 1, "no_source": 1])
        let search = try #require(cluster.requests.first { $0.path == "/_search" })
        let body = try JSONValue(parsing: search.body)
        #expect(body["_source"] == ["includes": ["body", "meta.author", "title"]], "nothing else is sent")
    }

    @Test func fieldsComeFromTheMapping() async throws {
        let properties: JSONValue = [
            "title": ["type": "text", "fields": ["raw": ["type": "keyword"], "en": ["type": "text"]]],
            "price": ["type": "float"], "author": ["properties": ["bio": ["type": "match_only_text"]]],
            "reviews": ["type": "nested", "properties": ["text": ["type": "text"]]],
        ]
        let behaviour = FakeCluster.Behaviour(mapping: ["books-1": ["mappings": ["properties": properties]]])
        let documents = [1, 2].map { number in
            FakeCluster.Document(
                id: "\(number)",
                source: ["title": "T", "author": ["bio": "B"], "reviews": [["text": "R"], ["text": "S"]], "price": 3])
        }
        let (report, lines, _) = try await corpus(FakeCluster(documents, behaviour), extraction())
        #expect(report.textFields == ["author.bio", "reviews.text", "title"])
        #expect(lines.first?["text"] == "B\nR\nS\nT")
        let none = FakeCluster(documents, .init(mapping: ["books": ["mappings": [:]]]))
        #expect(try await failure(none, extraction())?.reason == "[books] has no field of the type text")
    }

    @Test func longTextsAreCutAtScalars() async throws {
        let texts = ["grüß 🚀 dich", String(repeating: "é", count: 600_000), "short"]
        let documents = texts.enumerated().map {
            FakeCluster.Document(id: "\($0.offset)", source: ["body": .string($0.element)])
        }
        var settings = extraction()
        settings.textLimit = 9
        let (report, lines, _) = try await corpus(FakeCluster(documents), settings)
        #expect(report.cut == 2)
        #expect(Set(lines.compactMap { $0["text"]?.string }) == ["grüß ", "éééé", "short"])
    }

    @Test func idsOfSeveralIndicesNameTheirIndex() async throws {
        let mapping: JSONValue = ["properties": ["body": ["type": "text"]]]
        let documents = ["a", "b"].flatMap { index in
            (0..<2).map { FakeCluster.Document(index: index, id: "\($0)", source: ["body": .string("of \(index)")]) }
        }
        let behaviour = FakeCluster.Behaviour(mapping: ["a": ["mappings": mapping], "b": ["mappings": mapping]])
        let (report, lines, _) = try await corpus(FakeCluster(documents, behaviour), extraction())
        #expect(ids(lines) == ["a/0", "a/1", "b/0", "b/1"] && report.usable == 4)
        #expect(lines.first { $0["id"] == "b/1" }?["text"] == "of b")
    }

    @Test func idsThatFilesCannotHoldAreLeftOut() async throws {
        let documents = ["a\tb", "a\nb", "a\u{2028}b", "a b", "ü"].map {
            FakeCluster.Document(id: $0, source: ["body": "text"])
        }
        let (report, lines, _) = try await corpus(FakeCluster(documents), extraction())
        #expect(ids(lines) == ["a b", "ü"] && report.skipped == ["unusable_id": 3])
    }

    @Test func anIDComesOnce() async throws {
        // A cluster that gives documents twice.
        var documents = Self.documents(6)
        documents += [3, 4].map { FakeCluster.Document(index: "a", id: "d\($0)", source: ["body": "of a"]) }
        documents += [5].map { FakeCluster.Document(index: "z", id: "d\($0)", source: ["body": "of z"]) }
        let behaviour = FakeCluster.Behaviour(sorts: ["_shard_doc"])
        let (report, lines, bytes) = try await corpus(FakeCluster(documents, behaviour), extraction())
        #expect(lines.count == 6 && ids(lines).count == 6)
        #expect(report.skipped == ["duplicate_id": 3] && report.usable == 6)
        #expect(lines.first { $0["id"] == "d3" }?["text"] == "of a")
        #expect(lines.first { $0["id"] == "d5" }?["text"] == "text of 5")
        #expect(try await corpus(FakeCluster(documents.reversed(), behaviour), extraction()).bytes == bytes)
    }

    @Test func repliesThatAreTooLargeBecomeSmaller() async throws {
        let cluster = FakeCluster(Self.documents(20), .init(mostHits: 2))
        #expect(try await corpus(cluster, extraction(batch: 16)).report.documents == 20)
        let none = FakeCluster(Self.documents(20), .init(mostHits: 0))
        #expect(try await failure(none, extraction(batch: 16))?.code == .replyTooLarge)
    }

    @Test(arguments: [true, false]) func anIndexThatDisappearsIsAnError(_ hasPoints: Bool) async throws {
        let gone = ClusterReply(
            status: 404, body: ["error": ["type": "index_not_found_exception", "reason": "no such index [books]"]])
        let cluster = FakeCluster(Self.documents(20), .init(hasPoints: hasPoints, failures: [2: gone]))
        let error = try #require(try await failure(cluster, extraction()))
        #expect(error.code == .refused && error.status == 404 && error.type == "index_not_found_exception")
        #expect("\(error)".contains("no such index [books]") && error.advice.contains("deleted"))
        #expect(cluster.open == 0)
    }

    @Test func whatIsMissingIsAnError() async throws {
        let missing = CorpusExtraction(index: "films")
        let error = try #require(try await failure(FakeCluster([]), missing))
        #expect("\(error)".hasPrefix("https://fake:9200: GET /films/_mapping answered 404 [index_not_found_exception]"))
        let failed = ClusterReply(
            status: 200,
            body: [
                "hits": ["hits": [], "total": ["value": 20]],
                "_shards": ["failed": 1, "failures": [["reason": ["reason": "the disk is broken"]]]],
            ])
        let shards = try #require(
            try await failure(FakeCluster(Self.documents(20), .init(failures: [3: failed])), extraction()))
        #expect(shards.code == .incomplete && shards.reason.contains("the disk is broken"))
        // Fewer documents than were promised.
        let short = ClusterReply(status: 200, body: ["hits": ["hits": []], "_shards": ["failed": 0]])
        let fewer = try #require(
            try await failure(FakeCluster(Self.documents(20), .init(failures: [3: short])), extraction()))
        #expect(fewer.reason == "[books] was to give 20 documents and gave 6")
        let broken = FakeCluster(Self.documents(20), .init(broken: [2: .unreachable]))
        #expect(try await failure(broken, extraction())?.code == .unreachable)
        #expect(broken.open == 0)
    }

    @Test func cancellationIsCancellation() async throws {
        let cluster = FakeCluster(Self.documents(20), .init(broken: [2: .cancelled]))
        await #expect(throws: CancellationError.self) { try await corpus(cluster, extraction()) }
        #expect(cluster.open == 0)
    }

    @Test func aCorpusNeedsDocuments() async throws {
        let none = try #require(try await failure(FakeCluster([]), extraction()))
        #expect(none.reason == "[books] has 0 documents, 0 of them with text in [body]; a corpus needs at least 2")
        let one = try #require(try await failure(FakeCluster(Self.documents(1)), extraction()))
        #expect(one.reason.hasPrefix("[books] has 1 documents") && one.advice == "Index more documents.")
        var settings = extraction()
        settings.textFields = ["summary"]
        let other = try #require(try await failure(FakeCluster(Self.documents(9)), settings))
        #expect(other.advice == "Name fields that hold text; the mapping's text fields are: body.")
        for settings in [extraction(maximum: 0), extraction(batch: 0), extraction(batch: 10_001)] {
            #expect(try await failure(FakeCluster(Self.documents(9)), settings)?.code == .badSetting)
        }
    }

    @Test func aRepeatedCallFindsItsWork() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path + "/documents.jsonl"
            let cluster = FakeCluster(Self.documents(20))
            let told = Mutex<[ClusterProgress]>([])
            let first = try await extraction().run(on: cluster, to: path) { progress in
                told.withLock { $0.append(progress) }
            }
            #expect(told.withLock { $0.map(\.done) } == [3, 6, 9, 12, 15, 18, 20])
            #expect(told.withLock { $0.allSatisfy { $0.total == 20 && $0.text == "reading books" } })
            let count = cluster.requests.count
            #expect(try await extraction().run(on: cluster, to: path) == first)
            #expect(cluster.requests.count == count, "nothing was asked")
            // Other settings, and a file that somebody changed, are another matter.
            #expect(try await extraction(seed: 1).run(on: cluster, to: path).documents == 20)
            let bytes = try Data(contentsOf: URL(filePath: path))
            try (bytes.dropLast(2) + Data("!\n".utf8)).write(to: URL(filePath: path))
            #expect(try await extraction(seed: 1).run(on: cluster, to: path).documents == 20)
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }
    }
}
