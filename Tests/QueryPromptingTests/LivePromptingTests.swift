import Connectors
import JSON
import NegativeMining
import QueryGeneration
import QueryPrompting
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

@Suite("Asking a live endpoint about documents")
struct LivePromptingTests {
    private typealias Document = RetrievalDataset.Document

    /// Answers, or fails, by what the test says of the document's text.
    private final class Model: ChatEndpoint {
        private let counts = Mutex((asked: [String](), underWay: 0, most: 0))
        private let reply: @Sendable (String) async throws(ChatFailure) -> ChatAnswer

        init(_ reply: @escaping @Sendable (String) async throws(ChatFailure) -> ChatAnswer) { self.reply = reply }

        var asked: [String] { counts.withLock { $0.asked } }
        var most: Int { counts.withLock { $0.most } }

        func answer(_ messages: [ChatMessage]) async throws(ChatFailure) -> ChatAnswer {
            let text = messages[1].text
            counts.withLock { counts in
                counts.asked.append(text)
                counts.underWay += 1
                counts.most = max(counts.most, counts.underWay)
            }
            await Task.yield()
            defer { counts.withLock { $0.underWay -= 1 } }
            return try await reply(text)
        }
    }

    private static let words = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu".split(
        separator: " ")

    private static func documents(_ count: Int) -> [Document] {
        (0..<count).map { number in
            Document(
                id: "d\(number)", text: words.map { "\($0)\(number)" }.joined(separator: " ") + " and the rest of it")
        }
    }

    private static let good = ChatAnswer(#"{"queries": [{"type": "keyword", "query": "some words"}]}"#)

    @Test("Every answer is kept as it comes, and nothing is asked twice")
    func resumed() async throws {
        let documents = Self.documents(60)
        let prompt = QueryPrompt()
        try await TemporaryFolder.with { folder in
            let path = folder.path + "/outputs"
            let told = Mutex<[Int]>([])
            let asked = Mutex(0)
            // Stopped after some answers.
            let first = Model { _ in Self.good }
            let live = try LivePrompting(first, prompt, concurrency: 4)
            let error = await #expect(throws: PromptingError.self) {
                try await live.ask(
                    documents, folder: path, onProgress: { done, _ in told.withLock { $0.append(done) } }
                ) {
                    asked.withLock {
                        $0 += 1; return $0 > 20
                    }
                }
            }
            #expect(error?.code == .cancelled && first.asked.count == 20 && first.most <= 4)
            #expect(told.withLock { $0 } == Array(0...20))
            // A kill in the middle of a line.
            let file = path + "/" + LivePrompting.fileName
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
            try folder.write(Array(bytes.dropLast(10)), to: "outputs/" + LivePrompting.fileName)
            let second = Model { text throws(ChatFailure) in
                if text.contains("alpha59") { throw ChatFailure(.question, code: "empty_answer", message: "nothing") }
                if text.contains("alpha58") { throw ChatFailure(.now, code: "timeout", message: "slow") }
                return Self.good
            }
            let answers = try await LivePrompting(second, prompt).ask(documents, folder: path)
            // 41 questions, and the one that failed for the moment once more.
            #expect(second.asked.count == 42 && answers.answers.count == 60)
            #expect(answers.answers[RecordID.of(documents[58], prompt)] == .failure(code: "timeout", message: "slow"))
            // What failed for the moment is asked again, what was answered with nothing is not.
            let third = Model { _ in Self.good }
            let all = try await LivePrompting(third, prompt).ask(documents, folder: path)
            #expect(third.asked.count == 1 && all.answers.count == 60)
            let made = try PromptedQueries(documents, prompt, try BatchOutput.read(folder: path))
            #expect(made.report.answers?.readable == 59 && made.report.answers?.failed == ["empty_answer": 1])
            // Another model's answers are not these.
            var other = prompt
            other.model = "better"
            let fourth = Model { _ in Self.good }
            _ = try await LivePrompting(fourth, other).ask(Array(documents.prefix(5)), folder: path)
            #expect(fourth.asked.count == 5)
        }
    }

    @Test("An endpoint that refuses or is silent ends the work, and what was answered is kept")
    func ends() async throws {
        let documents = Self.documents(100)
        try await TemporaryFolder.with { folder in
            let refusing = Model { text throws(ChatFailure) in
                if text.contains("alpha7 ") {
                    throw ChatFailure(.endpoint, code: "401", message: "status 401: no such key")
                }
                return Self.good
            }
            let refused = await #expect(throws: PromptingError.self) {
                try await LivePrompting(refusing, QueryPrompt(), concurrency: 1).ask(documents, folder: folder.path)
            }
            #expect(refused?.code == .refused && refused?.reason.contains("401") == true && refusing.asked.count == 8)
            let silent = Model { _ throws(ChatFailure) in throw ChatFailure(.now, code: "timeout", message: "no answer")
            }
            let ended = await #expect(throws: PromptingError.self) {
                try await LivePrompting(silent, QueryPrompt(), concurrency: 2).ask(documents, folder: folder.path)
            }
            #expect(ended?.code == .unavailable && silent.asked.count == 21)
            let kept = try BatchOutput.read(folder: folder.path)
            #expect(kept.answers.count == 7)
        }
        #expect(throws: PromptingError.self) {
            try LivePrompting(Model { _ in Self.good }, QueryPrompt(), concurrency: 0)
        }
    }

    @Test("A setting that is refused ends the work, a filter that refuses many questions does not")
    func refusedQuestions() async throws {
        let documents = Self.documents(60)
        let refusing = Model { _ throws(ChatFailure) in
            throw ChatFailure(.question, code: "400", message: "max_tokens is too large")
        }
        try await TemporaryFolder.with { folder in
            let error = await #expect(throws: PromptingError.self) {
                try await LivePrompting(refusing, QueryPrompt(), concurrency: 1).ask(documents, folder: folder.path)
            }
            #expect(error?.code == .refused && refusing.asked.count == 20)
            let filtering = Model { text throws(ChatFailure) in
                if text.contains("alpha0 ") { return Self.good }
                throw ChatFailure(.question, code: "400", message: "filtered")
            }
            let answers = try await LivePrompting(filtering, QueryPrompt(), concurrency: 1)
                .ask(documents, folder: folder.path)
            #expect(filtering.asked.count == 60 && answers.answers.count == 60)
        }
    }

    @Test("What fails for the moment is asked once more when all others were")
    func again() async throws {
        let documents = Self.documents(30)
        let failed = Mutex(Set<String>())
        let model = Model { text throws(ChatFailure) in
            let number = Int(text.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
            if number % 3 == 0, failed.withLock({ $0.insert(text).inserted }) {
                throw ChatFailure(.now, code: "503", message: "busy")
            }
            return Self.good
        }
        for concurrency in [1, 8] {
            failed.withLock { $0 = [] }
            try await TemporaryFolder.with { folder in
                let answers = try await LivePrompting(model, QueryPrompt(), concurrency: concurrency)
                    .ask(documents, folder: folder.path)
                let texts = answers.answers.values.count { if case .text = $0 { true } else { false } }
                #expect(texts == 30 && !failed.withLock { $0.isEmpty })
            }
        }
    }

    @Test("From documents to pairs over HTTP that is made up")
    func whole() async throws {
        let documents = Self.documents(30)
        let prompt = QueryPrompt()
        let service = FakeService { number, call in
            if number % 5 == 0 { return FakeService.error(429, retryAfter: "0") }
            let text = (try? JSONValue(parsing: call.body))?["messages"]?[1]?["content"]?.string ?? ""
            let number =
                text.split(separator: " ").first { $0.contains("alpha") }.map { $0.drop { !$0.isNumber } } ?? ""
            return FakeService.completion(
                """
                {"queries": [{"type": "factoid", "query": "gamma\(number) or kappa\(number)?"},
                {"type": "keyword", "query": "the rest of it"}]}
                """)
        }
        let endpoint = try OpenAIEndpoint(
            url: "http://localhost:8000/v1", model: "m", key: nil, transport: service, wait: { _ in })
        try await TemporaryFolder.with { folder in
            _ = try await LivePrompting(endpoint, prompt, concurrency: 3).ask(documents, folder: folder.path)
            #expect(service.most <= 3)
            let made = try PromptedQueries(documents, prompt, try BatchOutput.read(folder: folder.path))
            var options = GenerationOptions()
            options.roundTripDepth = 3
            let pool = WorkerPool(threads: 1)
            let texts = Mutex<[[String]]>([])
            let pairs = try QueryGenerator(documents, options: options).filter(
                made.candidates, report: made.report,
                sources: { all, _ in
                    texts.withLock { $0.append(all) }
                    return [try BM25Source(documents: all, pool: pool)]
                })
            // One search over whole documents, whatever the number of queries of each.
            #expect(texts.withLock { $0 } == [documents.map(\.titleAndText)])
            #expect(pairs.pairs.count == 30 && pairs.pairs.allSatisfy { $0.kind == .prompted(.factoid) })
            #expect(pairs.report.made == [.prompted(.factoid): 30, .prompted(.keyword): 30])
            #expect(pairs.report.kept == [.prompted(.factoid): 30])
            // A copy of the documents, all of them; the parser sees it before the search does.
            #expect(pairs.report.dropped == [.prompted(.keyword): [.copied: 30]])
            #expect(pairs.report.json["answers"]?["readable"]?.int == 30)
            #expect(pairs.report.text.hasPrefix("30 documents; 30 of 30 answers are readable\n"))
            try pairs.writeRecord(to: folder.path + "/queries.jsonl")
            var reader = try LineReader(path: folder.path + "/queries.jsonl")
            var lines: [JSONValue] = []
            while let line = try reader.next() { lines.append(try JSONValue(parsing: line)) }
            #expect(lines.count == 60 && lines.count { $0["kept"]?.bool == true } == 30)
            #expect(lines.last?["reason"]?.string == "copied" && lines.last?["type"]?.string == "keyword")
        }
    }

    @Test("Words of queries in scripts without blanks")
    func words() {
        #expect(QueryWords.count("two  words\nmore") == 3)
        #expect(QueryWords.count("カーネルの更新方法") == 4 && QueryWords.count("字") == 1 && QueryWords.count("") == 0)
    }
}
