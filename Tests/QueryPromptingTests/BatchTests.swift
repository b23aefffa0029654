import JSON
import QueryGeneration
import QueryPrompting
import Relevance
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Batch files")
struct BatchTests {
    private typealias Document = RetrievalDataset.Document

    private static func documents(_ count: Int) -> [Document] {
        (0..<count).map {
            Document(id: "doc \($0)", title: "title \($0)", text: "Text of number \($0), which says little.")
        }
    }

    private static func lines(_ path: String) throws -> [JSONValue] {
        var reader = try LineReader(path: path)
        var lines: [JSONValue] = []
        while let line = try reader.next() { lines.append(try JSONValue(parsing: line)) }
        return lines
    }

    @Test("The bodies that the families of models take")
    func bodies() throws {
        let documents = Self.documents(1)
        let prompt = QueryPrompt()
        let messages = prompt.messages(for: documents[0])
        let (system, user) = (JSONValue.string(messages[0].text), JSONValue.string(messages[1].text))
        var sampling = SamplingOptions()
        sampling.topP = 0.9
        let cases: [(BatchFormat, JSONValue)] = [
            (
                .claude,
                [
                    "anthropic_version": "bedrock-2023-05-31", "max_tokens": 512, "temperature": 0.7, "top_p": 0.9,
                    "system": system,
                    "messages": [["role": "user", "content": [["type": "text", "text": user]]]],
                ]
            ),
            (
                .titan,
                [
                    "inputText": .string(messages[0].text + "\n\n" + messages[1].text),
                    "textGenerationConfig": ["maxTokenCount": 512, "temperature": 0.7, "topP": 0.9],
                ]
            ),
            (
                .nova,
                [
                    "system": [["text": system]], "messages": [["role": "user", "content": [["text": user]]]],
                    "inferenceConfig": ["maxTokens": 512, "temperature": 0.7, "topP": 0.9],
                ]
            ),
            (
                .openAI(model: "gpt-4o-mini"),
                [
                    "model": "gpt-4o-mini",
                    "messages": [["role": "system", "content": system], ["role": "user", "content": user]],
                    "max_tokens": 512, "temperature": 0.7, "top_p": 0.9,
                ]
            ),
        ]
        try TemporaryFolder.with { folder in
            for (format, body) in cases {
                let plan = try BatchInput(format, sampling: sampling).write(prompt, documents, to: folder.path)
                #expect(plan.files.map(\.name) == ["batch_input.jsonl"] && plan.records == 1)
                let line = try #require(try Self.lines(folder.path + "/batch_input.jsonl").first)
                let id = JSONValue.string(RecordID.of(documents[0], prompt))
                if format.isBedrock {
                    #expect(line == ["recordId": id, "modelInput": body])
                } else {
                    #expect(line == ["custom_id": id, "method": "POST", "url": "/v1/chat/completions", "body": body])
                }
            }
            sampling.overrides = ["max_tokens": nil, "max_completion_tokens": 99]
            _ = try BatchInput(.openAI(model: "m"), sampling: sampling).write(prompt, documents, to: folder.path)
            let body = try Self.lines(folder.path + "/batch_input.jsonl")[0]["body"]
            #expect(body?["max_tokens"] == nil && body?["max_completion_tokens"]?.int == 99)
        }
    }

    @Test("Files are split by the limits, and too few records are told")
    func split() throws {
        let documents = Self.documents(25)
        let prompt = QueryPrompt()
        try TemporaryFolder.with { folder in
            let limits = BatchLimits(leastRecords: 9, mostRecords: 10, mostBytes: 1 << 20)
            let plan = try BatchInput(.claude, limits: limits).write(prompt, documents, to: folder.path)
            #expect(plan.files.map(\.records) == [8, 8, 9])
            #expect(plan.files.map(\.name) == (1...3).map { "batch_input-000\($0).jsonl" })
            #expect(
                plan.warnings.count == 1 && plan.warnings[0].contains("has 8 records")
                    && plan.warnings[0].contains("needs 9"))
            let ids = try plan.files.flatMap { try Self.lines(folder.path + "/" + $0.name) }.map {
                $0["recordId"]?.string
            }
            #expect(ids == documents.map { RecordID.of($0, prompt) })
            // By bytes: no file is larger than allowed, and none of the earlier files is left.
            let bytes = plan.files[0].bytes / 8 * 5
            let small = try BatchInput(
                .claude, limits: BatchLimits(leastRecords: 1, mostRecords: 1000, mostBytes: bytes)
            )
            .write(prompt, documents, to: folder.path)
            #expect(small.files.allSatisfy { $0.bytes <= bytes } && small.records == 25 && small.files.count >= 5)
            let again = try BatchInput(.claude).write(prompt, documents, to: folder.path)
            #expect(again.files.map(\.records) == [25] && again.warnings[0].contains("100"))
            #expect(throws: RelevanceError.self) { try Self.lines(folder.path + "/batch_input-0001.jsonl") }
            let one = BatchLimits(leastRecords: 1, mostRecords: 10, mostBytes: 100)
            for (documents, limits, code) in [
                ([], limits, PromptingError.Code.badData), (Self.documents(2), one, .badData),
                ([documents[0], documents[0]], limits, .badData),
                (documents, BatchLimits(leastRecords: 1, mostRecords: 0, mostBytes: 1), .badSetting),
            ] {
                let error = #expect(throws: PromptingError.self) {
                    try BatchInput(.claude, limits: limits).write(prompt, documents, to: folder.path)
                }
                #expect(error?.code == code)
            }
            #expect(throws: PromptingError.self) { try BatchInput(.claude).write(prompt, documents, to: "/proc/none") }
        }
    }

    @Test("Recorded outputs of Bedrock, OpenAI and vLLM")
    func recorded() throws {
        func answers(_ name: String) throws -> [String: RecordedAnswer] {
            var answers = RecordedAnswers()
            try BatchOutput.read(Fixture.path("prompting/" + name), into: &answers)
            #expect(answers.faultCount == 0)
            return answers.answers
        }
        let titan = try answers("bedrock-titan.jsonl.out")
        #expect(
            titan == [
                "3223593EFGH": .text("blue\n", isCut: false),
                "1223213ABCD": .failure(code: "400", message: "bad request"),
            ])
        let claude = try answers("bedrock-claude.jsonl.out")
        #expect(claude.count == 3)
        guard case .text(let text, false) = claude["CALL0000002"], case .text(_, true) = claude["CALL0000001"],
            case .failure("empty_answer", _) = claude["CALL0000003"]
        else {
            Issue.record("Claude's records")
            return
        }
        #expect(text.hasPrefix("```json\n{"))
        let nova = try answers("bedrock-nova.jsonl.out")
        guard case .text(let query, false) = nova["NOVA0000001"], case .text(_, true) = nova["NOVA0000002"],
            case .failure("content_filtered", _) = nova["NOVA0000003"]
        else {
            Issue.record("Nova's records")
            return
        }
        #expect(query.hasPrefix("{\"queries\""))
        #expect(
            try answers("openai-output.jsonl") == [
                "request-1": .text("Hello! How can I assist you today?", isCut: false),
                "request-2": .text("Hello.", isCut: false),
            ])
        let errors = try answers("openai-errors.jsonl")
        guard case .failure("context_length_exceeded", let message) = errors["request-5"],
            case .failure("batch_expired", _) = errors["request-3"],
            case .failure("content_filtered", "I can't help with that.") = errors["request-4"]
        else {
            Issue.record("OpenAI's errors")
            return
        }
        #expect(message.hasPrefix("This model's maximum context length"))
        let vllm = try answers("vllm.jsonl")
        guard case .text(_, true) = vllm["request-1"], case .failure("404", _) = vllm["request-2"],
            case .failure("400", "Request must not be sent in stream mode") = vllm["request-3"]
        else {
            Issue.record("vLLM's records")
            return
        }
        let all = try BatchOutput.read(folder: Fixture.path("prompting"))
        #expect(all.manifests.count == 1 && all.manifests[0].total == 8 && all.manifests[0].outputTokens == 602)
        // OpenAI's and vLLM's samples share names.
        #expect(all.lines == 16 && all.repeated == 3)
    }

    @Test("Outputs in any order and in folders are joined by their ids; what is missing, failed or strange is counted")
    func join() throws {
        let documents = Self.documents(8)
        let prompt = QueryPrompt()
        func id(_ number: Int) -> String { RecordID.of(documents[number], prompt) }
        func line(_ id: String, _ text: String, _ reason: String = "end_turn") -> String {
            let line: JSONValue = [
                "recordId": .string(id), "modelInput": [:],
                "modelOutput": ["content": [["type": "text", "text": .string(text)]], "stop_reason": .string(reason)],
            ]
            return line.serialized() + "\n"
        }
        try TemporaryFolder.with { folder in
            let outputs = folder.path + "/outputs"
            try folder.write("", to: "outputs/.keep")
            var progress = try BatchProgress(prompt, documents, outputs: outputs)
            #expect(progress.missing == 8 && !progress.isComplete)
            try folder.write(
                line(id(3), #"["words about number three", "why number three is so"]"#)
                    + line(
                        id(0), #"{"queries": [{"type": "factoid", "query": "what is zero"}, {"type": "con"#,
                        "max_tokens")
                    + "{\"recordId\": \"\(id(1))\", \"modelInput\": {}, \"error\": {\"errorCode\": 429, \"errorMessage\": \"slow down\"}}\n"
                    + "not json\n{\"a\": 1}\n\n",
                to: "outputs/job1/batch_input-0002.jsonl.out")
            try folder.write(
                line("OTHER000001", #"["for another document"]"#) + line(id(5), "Sorry.")
                    + line(id(3), #"["a second answer to three"]"#)
                    + line(id(1), #"["an answer behind an error"]"#) + line("doc 6", #"["named by the document"]"#)
                    + #"{"recordId": "\#(id(7))", "modelOutput": {"content": [{"te"#,
                to: "outputs/job2/batch_input-0001.jsonl.out")
            try folder.write(
                #"{"totalRecordCount": 8, "processedRecordCount": 6}"#, to: "outputs/job1/manifest.json.out")
            progress = try BatchProgress(prompt, documents, outputs: outputs)
            #expect(progress.answered == 5 && progress.failed == 0 && progress.missing == 3)
            #expect(progress.text == "5 of 8 answered, 3 missing")
            #expect(progress.failure == nil)
            try folder.write("  The job\nwas refused.\n", to: "outputs/failed")
            #expect(try BatchProgress(prompt, documents, outputs: outputs).failure == "The job was refused.")
            // The summary of a job may be copied before its answers: it ends nothing.
            try folder.write(
                #"{"totalRecordCount": 8, "processedRecordCount": 8}"#, to: "outputs/job2/manifest.json.out")
            #expect(try !BatchProgress(prompt, documents, outputs: outputs).isComplete)
            try folder.write("", to: "outputs/complete")
            progress = try BatchProgress(prompt, documents, outputs: outputs)
            #expect(progress.isComplete && progress.failure == nil)
            let answers = try BatchOutput.read(folder: outputs)
            #expect(answers.faultCount == 3 && answers.faults.map(\.line) == [4, 5, 6])
            let made = try PromptedQueries(documents, prompt, answers)
            #expect(
                made.candidates.map(\.query) == [
                    "what is zero", "an answer behind an error", "words about number three", "why number three is so",
                    "named by the document",
                ])
            #expect(made.candidates.map(\.document) == [0, 1, 3, 3, 6])
            #expect(made.candidates[0].kind == .prompted(.factoid) && made.candidates[1].kind == .prompted(nil))
            #expect(made.candidates[0].text == documents[0].titleAndText)
            let counts = try #require(made.report.answers)
            #expect(counts.asked == 8 && counts.readable == 4 && counts.unreadable == 1 && counts.missing == 3)
            #expect(counts.cut == 1 && counts.unknown == 1 && counts.repeated == 2 && counts.failed.isEmpty)
            #expect(counts.text.contains("4 of 8 answers are readable, 1 of them cut short, 1 hold no query"))
            // Of some documents only, and of a prompt that was never asked.
            let some = try PromptedQueries(documents, asked: [3, 4], prompt, answers)
            #expect(some.candidates.count == 2 && some.report.answers?.missing == 1)
            var other = prompt
            other.count = 3
            let none = try PromptedQueries(documents, asked: [0, 1, 2, 3], other, answers)
            #expect(none.candidates.isEmpty && none.report.answers?.missing == 4)
        }
    }

    @Test("What to run is written as a script")
    func steps() throws {
        let documents = Self.documents(3)
        try TemporaryFolder.with { folder in
            let inputs = folder.path + "/in puts'"
            for format in [BatchFormat.claude, .converse, .openAI(model: "m")] {
                let plan = try BatchInput(
                    format, limits: BatchLimits(leastRecords: 1, mostRecords: 2, mostBytes: 1 << 20)
                )
                .write(QueryPrompt(), documents, to: inputs)
                let path = try BatchSteps(format, plan, inputs: inputs, outputs: folder.path + "/out").write()
                let script = try String(contentsOfFile: path, encoding: .utf8)
                #expect(script.contains("FILES=\"batch_input-0001.jsonl batch_input-0002.jsonl\""))
                #expect(script.contains("INPUTS='\(folder.path)/in puts'\\'''"))
                #expect(script.contains("create-model-invocation-job") == format.isBedrock)
                #expect(script.contains("--model-invocation-type Converse") == (format == .converse))
                #expect(script.contains("/v1/chat/completions") == !format.isBedrock)
            }
        }
    }

    @Test("Questions that lie among the outputs are no answers")
    func inputs() throws {
        let documents = Self.documents(3)
        try TemporaryFolder.with { folder in
            for format in [BatchFormat.claude, .openAI(model: "m")] {
                _ = try BatchInput(format).write(QueryPrompt(), documents, to: folder.path)
                let answers = try BatchOutput.read(folder: folder.path)
                #expect(answers.faultCount == 3 && answers.answers.isEmpty)
            }
        }
    }

    @Test("Formats by their names")
    func names() throws {
        #expect(try BatchFormat(name: "nova", model: nil) == .nova)
        #expect(try BatchFormat(name: "openai", model: "m") == .openAI(model: "m"))
        for (name, model) in [("openai", nil), ("openai", ""), ("gpt", "m")] {
            #expect(throws: PromptingError.self) { try BatchFormat(name: name, model: model) }
        }
        var sampling = SamplingOptions()
        sampling.temperature = 3
        #expect(throws: PromptingError.self) { try sampling.check() }
    }

    @Test("Whatever lies in a folder of outputs, reading ends with counts")
    func hostile() throws {
        var generator = SeededGenerator(seed: 3)
        let seeds = try ["bedrock-claude.jsonl.out", "openai-errors.jsonl", "vllm.jsonl"].map {
            try Fixture.bytes("prompting/" + $0)
        }
        for round in 0..<3000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 9))
                default: bytes.insert(contentsOf: bytes[..<min(bytes.count, 20)], at: place)
                }
                if bytes.isEmpty { bytes = [0x7B] }
            }
            let answers = BatchOutput.read(bytes, named: "f")
            let isBounded = answers.faults.count <= 20 && answers.answers.count <= 20
            #expect(isBounded)
        }
        let deep = BatchOutput.read(Array(String(repeating: "{\"recordId\":", count: 10_000).utf8), named: "f")
        #expect(deep.faultCount == 1 && deep.faults.first?.line == 1)
    }
}
