import Encoders
import Synchronization

/// One request on its way through the engine.
///
/// Compute threads and the caller meet in ``state``, which is guarded by the scheduler's lock until the job is finished and
/// belongs to the caller from then on.
final class Job: Sendable {
    /// What is asked for.
    let workload: any Workload
    /// When the request came.
    let arrival: ContinuousClock.Instant
    /// Tokens of all texts at most, as far as their lengths tell.
    let tokenBound: Int
    /// True once nobody waits for results any more.
    let isAbandoned = Atomic<Bool>(false)
    nonisolated(unsafe) var state = State()

    private let claims = Mutex<[InputKey: Int]>([:])
    private let usesKeys: Bool

    struct State: Sendable {
        var place = FairQueue<Job>.Place(tag: 0, number: 0)
        /// What all requests together had been served when this one came, or was served last.
        var servedUpTo = 0.0
        var isQueued = false
        var isFinished = false
        var reservedTokens = 0
        var continuation: CheckedContinuation<InferenceError?, Never>?
        // Texts on their way to sequences.
        var nextText = 0
        var openPortions = 0
        var prepared: [PreparedText?] = []
        var keys: [InputKey?] = []
        var characterCount = 0
        // Sequences on their way through the network.
        var plan: SequencePlan?
        var nextInOrder = 0
        var waitingTokens = 0
        var results: [SequenceResult?] = []
        var missingResults = 0
        // When what happened.
        var firstPortion: ContinuousClock.Instant?
        var preparedAt: ContinuousClock.Instant?
        var firstTile: ContinuousClock.Instant?
        var finishedAt: ContinuousClock.Instant?
    }

    init(_ workload: any Workload, arrival: ContinuousClock.Instant) {
        self.workload = workload
        self.arrival = arrival
        usesKeys = workload.usesKeys || workload.count > 1
        tokenBound = (0..<workload.count).reduce(0) { min($0 + workload.tokenBound(of: $1), 1 << 50) }
        state.prepared = Array(repeating: nil, count: workload.count)
        state.keys = Array(repeating: nil, count: workload.count)
    }

    /// A few texts that one thread made ready.
    struct Portion: Sendable {
        var texts: Range<Int>
        var prepared: [PreparedText] = []
        var keys: [InputKey?] = []
        var tokenCount = 0
        var characterCount = 0
        var failure: InferenceError?
    }

    /// Makes some texts ready, without the lock; stops when nobody waits for them any more.
    func prepare(_ texts: Range<Int>) -> Portion {
        var portion = Portion(texts: texts)
        do throws(InferenceError) {
            for text in texts {
                if isAbandoned.load(ordering: .relaxed) { throw InferenceError.cancelled }
                portion.characterCount += workload.characterCount(of: text)
                let key = usesKeys ? key(of: text) : nil
                portion.keys.append(key)
                let first = key.map { key in claims.withLock { $0.claim(key, for: text) } } ?? text
                let prepared =
                    first == text ? try workload.prepare(text, key: key) : PreparedText.duplicate(of: first)
                if case .sequences(let sequences, _) = prepared {
                    for sequence in sequences { portion.tokenCount += sequence.count }
                }
                portion.prepared.append(prepared)
            }
        } catch {
            portion.failure = error
        }
        return portion
    }

    private func key(of text: Int) -> InputKey {
        var hasher = InputHasher()
        workload.hash(text, into: &hasher)
        return hasher.key
    }

    /// What became of each text; for a finished job without error.
    func outcomes() -> [TextOutcome] {
        var outcomes: [TextOutcome] = []
        outcomes.reserveCapacity(workload.count)
        for (text, prepared) in state.prepared.enumerated() {
            var outcome = TextOutcome(key: state.keys[text])
            switch prepared {
            case .sequences(let sequences, let isCut):
                let first = state.plan?.firstSequence[text] ?? 0
                outcome.results = state.results[first..<(first + sequences.count)].compactMap { $0 }
                outcome.tokenCount = sequences.reduce(0) { $0 + $1.count }
                outcome.isTruncated = isCut || sequences.contains(where: \.isTruncated)
            case .known(let result): outcome.known = result
            case .duplicate, nil: break
            }
            outcomes.append(outcome)
        }
        for (text, prepared) in state.prepared.enumerated() {
            guard case .duplicate(let first) = prepared else { continue }
            outcomes[text] = outcomes[first]
            outcomes[text].key = nil
        }
        return outcomes
    }

    /// Where the time went, up to now; for a finished job.
    func timing() -> InferenceTiming {
        var timing = InferenceTiming()
        let finished = state.finishedAt ?? arrival
        let firstPortion = state.firstPortion ?? finished
        let prepared = state.preparedAt ?? finished
        let firstTile = state.firstTile ?? prepared
        timing.tokenization = prepared - firstPortion
        timing.queue = (firstPortion - arrival) + (firstTile - prepared)
        timing.inference = state.firstTile == nil ? .zero : finished - firstTile
        timing.total = .now - arrival
        timing.tokenCount = state.plan?.tokenCount ?? 0
        timing.characterCount = state.characterCount
        return timing
    }
}

extension [InputKey: Int] {
    /// The first text with this key: this one, or an earlier one.
    fileprivate mutating func claim(_ key: InputKey, for text: Int) -> Int {
        if let first = self[key] { return first }
        self[key] = text
        return text
    }
}

/// The sequences of a request and the order in which they are computed.
struct SequencePlan: Sendable {
    /// All sequences, text by text.
    let sequences: [TokenSequence]
    /// The first sequence of each text.
    let firstSequence: [Int]
    /// Numbers of sequences, longest first: tiles hold sequences of like length, and the last tiles are small.
    let order: [Int]
    /// Tokens of all sequences.
    let tokenCount: Int

    init(_ prepared: [PreparedText?]) {
        var sequences: [TokenSequence] = []
        var first: [Int] = []
        for text in prepared {
            first.append(sequences.count)
            if case .sequences(let own, _) = text { sequences += own }
        }
        self.sequences = sequences
        firstSequence = first
        order = sequences.indices.sorted { (sequences[$1].count, $0) < (sequences[$0].count, $1) }
        tokenCount = sequences.reduce(0) { $0 + $1.count }
    }
}
