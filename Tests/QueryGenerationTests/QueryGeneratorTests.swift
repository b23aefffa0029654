import JSON
import NegativeMining
import QueryGeneration
import Relevance
import Synchronization
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Queries without a language model")
struct QueryGeneratorTests {
    private typealias Document = RetrievalDataset.Document

    /// Documents of random common words with one rare run each.
    private static func documents(_ count: Int, seed: UInt64 = 1) -> [Document] {
        var generator = SeededGenerator(seed: seed)
        let common = "tool library that reads and writes files of the usual formats with options for users on systems"
            .split(
                separator: " ")
        return (0..<count).map { number in
            var words = (0..<40).map { _ in String(common.randomElement(using: &generator)!) }
            words[10] += "."
            words[11] = words[11].capitalized
            // No stop words around, so that runs of any length may begin and end there.
            words[18..<36] =
                ["tool", "library", "files", "formats", "options", "users", "systems"]
                + ["zebra\(number)", "quagga\(number)", "okapi\(number)"]
                + ["tool", "library", "files", "formats", "options", "users", "systems", "usual"]
            return Document(id: "d\(number)", title: "package-\(number) title", text: words.joined(separator: " "))
        }
    }

    private func generate(
        _ documents: [Document], sources: QueryGenerator.Sources? = nil, _ change: (inout GenerationOptions) -> Void
    ) throws -> GeneratedQueries {
        var options = GenerationOptions()
        if sources == nil { options.roundTripDepth = nil }
        change(&options)
        return try QueryGenerator(documents, options: options).generate(sources: sources ?? { _, _ in [] })
    }

    private func words(_ text: String) -> [Substring] { text.split(separator: " ") }

    @Test("Titles, which the document side lacks")
    func titles() throws {
        let documents =
            Self.documents(5) + [
                Document(id: "x", text: Self.documents(1)[0].text),
                Document(id: "y", title: "short", text: Self.documents(1)[0].text),
            ]
        let made = try generate(documents) { $0.draws = 0 }
        #expect(made.pairs.map(\.query).sorted() == (0..<5).map { "package-\($0) title" })
        #expect(made.pairs.allSatisfy { $0.kind == .title && $0.text == documents[$0.document].text })
        #expect(made.report.made == [.title: 6])
        #expect(made.report.dropped == [.title: [.shortQuery: 1]])
    }

    @Test("Spans are the most telling words, and are cut out")
    func spans() throws {
        let documents = Self.documents(60)
        let made = try generate(documents) {
            $0.makesTitles = false
            $0.spanShare = 1
            $0.spanWords = 3...6
            $0.spanRemoval = 1
        }
        #expect(made.pairs.count == 60)
        for pair in made.pairs {
            let number = pair.document
            let (query, document) = (words(pair.query), documents[number])
            #expect((3...6).contains(query.count))
            #expect(
                query.contains("zebra\(number)") && query.contains("quagga\(number)")
                    && query.contains("okapi\(number)"))
            // Title, then the words before and behind the span.
            let body = words(document.text)
            let start = try #require(body.indices.first { body[$0...].starts(with: query) })
            let rest = body[..<start] + body[(start + query.count)...]
            let isCut = pair.text == document.title + " " + rest.joined(separator: " ")
            #expect(isCut, "document \(number)")
            #expect(!["and", "that", "of", "the", "with", "for", "on"].contains(query.first.map(String.init)))
        }
        let lengths = Set(made.pairs.map { words($0.query).count })
        #expect(lengths == [3, 4, 5, 6])
    }

    @Test("A whole short sentence can be the span")
    func sentence() throws {
        var documents = Self.documents(20)
        documents.append(
            Document(
                id: "s", text: documents[0].text.replacing("okapi0", with: "okapi. Zygote Xylem Quartz Waltz. And")))
        let made = try generate(documents) {
            $0.makesTitles = false
            $0.spanShare = 1
            $0.spanWords = 4...10
        }
        let pair = try #require(made.pairs.first { $0.document == 20 })
        #expect(pair.query == "Zygote Xylem Quartz Waltz")
    }

    @Test("Spans stay as often as is asked for")
    func removal() throws {
        let documents = Self.documents(400)
        for share in [0, 0.9, 1] {
            let made = try generate(documents) {
                $0.makesTitles = false
                $0.spanShare = 1
                $0.spanRemoval = share
            }
            let cut = made.pairs.count { !$0.text.contains("zebra\($0.document)") }
            // Of 400: a standard deviation of 6 at 0.9.
            #expect(abs(Double(cut) - 400 * share) <= (share == 0.9 ? 30 : 0))
        }
    }

    @Test("Crops are two runs of the words")
    func crops() throws {
        let documents = Self.documents(100)
        let made = try generate(documents) {
            $0.makesTitles = false
            $0.spanShare = 0
            $0.cropWords = 5...12
        }
        #expect(made.pairs.count > 95)
        for pair in made.pairs {
            let document = documents[pair.document]
            #expect(pair.kind == .crop)
            #expect((5...12).contains(words(pair.query).count))
            #expect(document.text.contains(pair.query))
            #expect(pair.text.hasPrefix(document.title + " "))
            let rest = String(pair.text.dropFirst(document.title.count + 1))
            #expect(document.text.contains(rest))
            #expect((20...40).contains(words(rest).count))
        }
        #expect(Set(made.pairs.map { words($0.query).count }).count == 8)
        let short = try generate([Document(id: "a", text: "only six words are in here")]) {
            $0.makesTitles = false
            $0.spanShare = 0
        }
        #expect(short.pairs.isEmpty && short.report.tooShortDocuments == 1)
    }

    @Test("A few words are telling ones of the document, in its order, and the document stays whole")
    func fewWords() throws {
        let documents = Self.documents(100)
        let made = try generate(documents) {
            $0.makesTitles = false
            ($0.spanShare, $0.wordShare) = (0, 1)
            $0.roundTripDepth = nil
        }
        #expect(made.pairs.count > 95)
        var telling = 0
        for pair in made.pairs {
            let (query, document) = (words(pair.query), documents[pair.document])
            #expect(pair.kind == .words)
            #expect(pair.text == document.title + " " + document.text)
            var body = words(document.text)[...]
            for word in query {
                let place = try #require(body.firstIndex(of: word), "\(pair.query)")
                body = body[(place + 1)...]
                if ["zebra", "quagga", "okapi"].contains(where: word.hasPrefix) { telling += 1 }
            }
            #expect(!query.contains { ["and", "that", "of", "the", "with", "for", "on"].contains($0) })
        }
        // Three of some forty words are of this document alone.
        #expect(telling > made.pairs.count / 2)
        #expect(Set(made.pairs.map { words($0.query).count }) == [1, 2, 3])
        let mixed = try generate(documents) {
            $0.makesTitles = false
            ($0.draws, $0.spanShare, $0.wordShare) = (4, 0.25, 0.5)
            $0.roundTripDepth = nil
        }
        let shares = [.span, .words, .crop].map { Double(mixed.report.made[$0] ?? 0) / 400 }
        #expect(zip(shares, [0.25, 0.5, 0.25]).allSatisfy { abs($0 - $1) < 0.1 })
    }

    @Test("All follows from the seed")
    func seeds() throws {
        let documents = Self.documents(100)
        let one = try generate(documents) { $0.draws = 2 }
        #expect(try generate(documents) { $0.draws = 2 }.pairs == one.pairs)
        let other = try generate(documents) { ($0.draws, $0.seed) = (2, 43) }
        #expect(other.pairs != one.pairs)
        // Of one document, whatever the others.
        let few = try generate(documents) { ($0.draws, $0.documents) = (2, 30) }
        #expect(Set(few.pairs.map(\.document)).count == 30)
        #expect(few.pairs == one.pairs.filter { pair in few.pairs.contains { $0.document == pair.document } })
        #expect(one.pairs.map(\.document) != one.pairs.map(\.document).sorted())
        let shares = [GeneratedQuery.Kind.title, .span, .crop].map { kind in one.pairs.count { $0.kind == kind } }
        #expect(shares[0] == 100 && (95...145).contains(shares[1]) && (55...105).contains(shares[2]))
    }

    @Test("The same query twice, and documents of which too little is left")
    func dropped() throws {
        let text = Self.documents(1)[0].text
        let documents = [
            Document(id: "a", title: "Same  Title", text: text),
            Document(id: "b", title: "same title", text: text + " more"),
            Document(id: "c", title: "another title", text: "too few words"),
            Document(id: "d", title: Array(repeating: "long", count: 50).joined(separator: " "), text: text),
        ]
        let made = try generate(documents) { $0.draws = 0 }
        #expect(made.pairs.map(\.document) == [0])
        #expect(made.report.dropped == [.title: [.duplicate: 1, .shortDocument: 1, .longQuery: 1]])
        #expect(made.report.examples[.duplicate]?.map(\.document) == ["b"])
    }

    @Test("The round trip keeps what its document is found by")
    func roundTrip() throws {
        let documents = Self.documents(50)
        let indexed = Mutex<[[String]]>([])
        let pool = WorkerPool(threads: 1)
        let made = try generate(
            documents,
            sources: { texts, _ in
                indexed.withLock { $0.append(texts) }
                return [try BM25Source(documents: texts, pool: pool)]
            }
        ) {
            $0.spanShare = 1
            $0.spanRemoval = 0.5
            $0.spanWords = 3...3
            $0.roundTripDepth = 3
            $0.largestTie = nil
        }
        let texts = indexed.withLock { $0 }
        #expect(texts.count == 2)
        // Titles are in no document then; the words of removed spans are in no other either.
        #expect(made.report.kept[.title] == nil && made.report.dropped[.title] == [.notFound: 50])
        let kept = made.pairs.filter { $0.kind == .span }
        #expect(kept.count == made.report.kept[.span])
        #expect(kept.count + (made.report.dropped[.span]?[.notFound] ?? 0) == 50)
        #expect(kept.allSatisfy { $0.text.contains("quagga\($0.document)") && texts[1][$0.document] == $0.text })
        #expect((15...35).contains(kept.count))
    }

    @Test("Too general queries")
    func general() throws {
        let documents = Self.documents(30)
        let source = { (scores: @escaping @Sendable (Int) -> Float) in
            { (texts: [String], _: MiningControl) -> [any CandidateSource] in
                [RankedSource(count: texts.count, scores: scores)]
            }
        }
        for (tied, kept) in [(6, 0), (5, 30)] {
            let made = try generate(documents, sources: source { $0 < tied ? 2 : 1 }) {
                $0.draws = 0
                $0.roundTripDepth = 30
            }
            #expect(made.pairs.count == kept)
            #expect(made.report.dropped[.title]?[.general] ?? 0 == 30 - kept)
        }
        let first = try generate(documents, sources: source { -Float($0) }) {
            $0.draws = 0
            $0.roundTripDepth = 4
        }
        #expect(first.pairs.map(\.document).sorted() == [0, 1, 2, 3])
    }

    @Test("Files and report")
    func files() throws {
        let documents = Self.documents(20)
        let made = try generate(documents) { _ in }
        #expect(made.report.made.values.reduce(0, +) == 40 && made.report.kept.values.reduce(0, +) == made.pairs.count)
        #expect(made.report.json["kinds"]?["title"]?["kept"]?.int == 20)
        #expect(made.report.text.contains("title: 20 made, 20 kept"))
        try TemporaryFolder.with { folder in
            try made.write(to: folder.path + "/pairs.jsonl")
            try made.writeTable(to: folder.path + "/pairs.tsv")
            let pairs = try MiningTask.textPairs(path: folder.path + "/pairs.jsonl")
            #expect(pairs.map(\.query) == made.pairs.map(\.query) && pairs.map(\.positive) == made.pairs.map(\.text))
            let rows = try String(contentsOfFile: folder.path + "/pairs.tsv", encoding: .utf8).split(separator: "\n")
            #expect(rows[0] == "query\tcorpus-id\tkind" && rows.count == made.pairs.count + 1)
            #expect(rows[1] == "\(made.pairs[0].query)\td\(made.pairs[0].document)\t\(made.pairs[0].kind.rawValue)")
            #expect(throws: MiningError.self) { try made.write(to: "/nowhere/at/all") }
        }
    }

    @Test("Options that cannot be")
    func refused() {
        let changes: [(inout GenerationOptions) -> Void] = [
            { ($0.draws, $0.makesTitles) = (0, false) }, { $0.draws = -1 }, { $0.spanShare = 1.5 },
            { ($0.spanShare, $0.wordShare) = (0.6, 0.6) },
            { $0.wordShare = -1 },
            { $0.spanRemoval = -0.5 },
            { $0.spanWords = 0...3 }, { $0.leastDocumentWords = 0 }, { $0.roundTripDepth = 0 }, { $0.largestTie = 0 },
            { $0.documents = 0 },
        ]
        for change in changes {
            let error = #expect(throws: MiningError.self) { try generate(Self.documents(2), change) }
            #expect(error?.code == .badSetting)
        }
        #expect(throws: MiningError.self) { try generate([]) { _ in } }
    }
}

/// A source that ranks documents alike for all queries.
private struct RankedSource: CandidateSource {
    let name = "ranked"
    let count: Int
    let scores: @Sendable (Int) -> Float

    func search(_ queries: [String], depth: Int, control: MiningControl) throws -> [[ScoredCandidate]] {
        let all = (0..<count).map { ScoredCandidate(document: $0, score: scores($0)) }
        let best = Array(all.sorted { ($0.score, -$0.document) > ($1.score, -$1.document) }.prefix(depth))
        return queries.map { _ in best }
    }

    func scores(_ queries: [String], documents: [[Int]], control: MiningControl) throws -> [[Float]] {
        documents.map { $0.map { scores($0) } }
    }
}
