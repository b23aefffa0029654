public import Relevance

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Asks a live endpoint about documents, several at a time, and keeps every answer in a file as it comes.
public struct LivePrompting: Sendable {
    /// The file of the answers in its folder.
    public static let fileName = "answers.jsonl"
    /// So many failures without an answer in between end the work.
    static let failureLimit = 20

    private let endpoint: any ChatEndpoint
    private let prompt: QueryPrompt
    private let concurrency: Int

    /// - Parameters:
    ///   - concurrency: questions that are under way at the same time, at most.
    /// - Throws: ``PromptingError/Code/badSetting``.
    public init(_ endpoint: any ChatEndpoint, _ prompt: QueryPrompt, concurrency: Int = 8) throws(PromptingError) {
        try prompt.check()
        guard (1...256).contains(concurrency) else {
            throw PromptingError(
                .badSetting, "\(concurrency) questions at the same time", advice: "Give 1 to 256")
        }
        self.endpoint = endpoint
        self.prompt = prompt
        self.concurrency = concurrency
    }

    /// Asks about all documents that have no answer yet.
    ///
    /// Answers, and that a model gave an empty one, are written to `answers.jsonl` in the folder before the next question is asked; what is there is not
    /// asked again. Questions that fail for the moment are tried again by the endpoint, then once more when all others were asked, and then by the
    /// next call.
    ///
    /// - Parameters:
    ///   - folder: made if need be; other outputs in it count as answers as well.
    ///   - onProgress: told how many questions are answered, of how many, after each.
    ///   - isStopping: asked before each question; then no more are asked, and those under way are waited for.
    /// - Returns: all answers of the folder, and failures for the moment.
    /// - Throws: ``PromptingError/Code/refused`` when the endpoint refuses altogether, ``PromptingError/Code/unavailable`` when it answers nothing
    ///   any more, ``PromptingError/Code/cancelled``, ``PromptingError/Code/badData``, ``PromptingError/Code/cannotWrite``; what was answered is kept.
    public func ask(
        _ documents: [RetrievalDataset.Document], folder: String,
        onProgress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isStopping: @Sendable () -> Bool = { false }
    ) async throws -> RecordedAnswers {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw PromptingError(
                .cannotWrite, "\(folder): \(error)", advice: "Check the folder and the space on the disk")
        }
        _ = try RecordID.places(of: documents, Array(documents.indices), prompt)
        let cache = try AnswerCache(folder + "/" + Self.fileName)
        var answers = try BatchOutput.read(folder: folder)
        var waiting = documents.filter { answers.answers[RecordID.of($0, prompt)] == nil }[...]
        var done = documents.count - waiting.count
        var again: [RetrievalDataset.Document] = []
        var isSecondRound = false
        var failuresInRow = 0
        var isAnswering = false
        var lastRefusal = ""
        var stop: PromptingError?
        onProgress(done, documents.count)
        try await withThrowingTaskGroup(of: Asked.self) { group in
            var underWay = 0
            func askNext() {
                if stop == nil, isStopping() { stop = .cancelled }
                if waiting.isEmpty, underWay == 0, !isSecondRound {
                    isSecondRound = true
                    waiting = again[...]
                }
                guard stop == nil, let document = waiting.popFirst() else { return }
                underWay += 1
                group.addTask { [endpoint, prompt] in
                    let messages = prompt.messages(for: document)
                    let id = RecordID.make(document, prompt, messages)
                    do throws(ChatFailure) {
                        return Asked(document: document, id: id, result: .success(try await endpoint.answer(messages)))
                    } catch {
                        return Asked(document: document, id: id, result: .failure(error))
                    }
                }
            }
            for _ in 0..<concurrency { askNext() }
            while underWay > 0, let asked = try await group.next() {
                underWay -= 1
                let id = asked.id
                switch asked.result {
                case .success(let answer):
                    try cache.add(answer, id, model: prompt.model ?? "")
                    answers.add(.text(answer.text, isCut: answer.isCut), for: id)
                    failuresInRow = 0
                    isAnswering = true
                    done += 1
                case .failure(let failure):
                    answers.add(.failure(code: failure.code, message: failure.message), for: id)
                    switch failure.reach {
                    case .question:
                        // What a status refuses costs nothing and may be the fault of a setting; empty answers were paid for.
                        if Int(failure.code) == nil { try cache.add(failure, id) }
                        // Always the same words and never an answer: a setting is refused. A filter may refuse many questions of some collections.
                        if !isAnswering {
                            failuresInRow = failure.message == lastRefusal ? failuresInRow + 1 : 1
                            lastRefusal = failure.message
                        }
                        done += 1
                    case .now:
                        again.append(asked.document)
                        failuresInRow += 1
                    case .endpoint: stop = stop ?? Self.refused(failure)
                    case .cancelled: stop = stop ?? .cancelled
                    }
                    if failuresInRow >= Self.failureLimit {
                        stop =
                            stop
                            ?? (failure.reach == .now ? Self.silent(failure, failuresInRow) : Self.refused(failure))
                    }
                }
                onProgress(done, documents.count)
                repeat { askNext() } while isSecondRound && underWay < concurrency && stop == nil && !waiting.isEmpty
            }
        }
        try cache.flush()
        if let stop { throw stop }
        return answers
    }

    /// A question and what came of it.
    private struct Asked: Sendable {
        let document: RetrievalDataset.Document
        let id: String
        let result: Result<ChatAnswer, ChatFailure>
    }

    private static func refused(_ failure: ChatFailure) -> PromptingError {
        PromptingError(
            .refused, "the language model's endpoint refuses: \(failure.message)",
            advice: "Check its address, the key and the model, and start again: what was answered is kept")
    }

    private static func silent(_ failure: ChatFailure, _ count: Int) -> PromptingError {
        PromptingError(
            .unavailable, "\(count) questions in a row failed, the last with: \(failure.message)",
            advice: "See whether the language model works, and start again: what was answered is kept")
    }
}
