import Querying

/// Scores the chunks of several texts, as far as a time limit lets it.
struct TimedScoring: Sendable {
    let scorer: any PassageScoring
    let query: String
    let model: String
    /// Waits for the end of the time.
    let wait: @Sendable (Duration) async throws -> Void

    /// Passages that are scored at once where there is a time limit: few enough that what is late is little.
    private static let groupPassages = 16
    private static let groupsAtOnce = 2

    /// The scores of the chunks of each text; nil for texts that were not scored in time.
    ///
    /// Without a limit, one call scores all. With one, texts are scored in their order in small groups, and what the limit finds unfinished is
    /// dropped.
    ///
    /// - Throws: ``PipelineError``, what the scorer throws, `CancellationError`.
    func scores(of texts: [[String]], within limit: Duration?) async throws -> [[Float]?] {
        guard let limit else { return try await scores(of: texts[...]) }
        var found = [[Float]?](repeating: nil, count: texts.count)
        try await withThrowingTaskGroup(of: Event.self) { tasks in
            tasks.addTask {
                try await wait(limit)
                return .timeIsUp
            }
            var waiting = Self.groups(of: texts)[...]
            var running = 0
            func start() {
                guard let range = waiting.popFirst() else { return }
                running += 1
                tasks.addTask { .scored(range, try await scores(of: texts[range])) }
            }
            for _ in 0..<Self.groupsAtOnce { start() }
            while running > 0, let event = try await tasks.next() {
                guard case .scored(let range, let scores) = event else { break }
                found.replaceSubrange(range, with: scores)
                running -= 1
                start()
            }
            tasks.cancelAll()
            // What was ready at the last moment counts.
            while let result = await tasks.nextResult() {
                if case .success(.scored(let range, let scores)) = result { found.replaceSubrange(range, with: scores) }
            }
        }
        try Task.checkCancellation()
        return found
    }

    private enum Event: Sendable {
        case scored(Range<Int>, [[Float]?])
        case timeIsUp
    }

    /// Ranges of texts with about as many chunks.
    private static func groups(of texts: [[String]]) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var start = 0
        var passages = 0
        for (place, chunks) in texts.enumerated() {
            passages += chunks.count
            guard passages >= groupPassages || place == texts.count - 1 else { continue }
            groups.append(start..<(place + 1))
            (start, passages) = (place + 1, 0)
        }
        return groups
    }

    private func scores(of texts: ArraySlice<[String]>) async throws -> [[Float]?] {
        let passages = texts.flatMap(\.self)
        let scores = try await scorer.scores(of: passages, for: query, model: model)
        guard scores.count == passages.count else {
            throw PipelineError("illegal_state_exception", "scores and hits are not the same length", status: 500)
        }
        var start = 0
        return texts.map { chunks in
            defer { start += chunks.count }
            return Array(scores[start..<(start + chunks.count)])
        }
    }
}
