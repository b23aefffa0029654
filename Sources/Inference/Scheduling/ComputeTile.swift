import Encoders
import Tensors

/// Some sequences, of one request or of several, that go through a model together.
struct ComputeTile: Sendable {
    /// Whose sequences lie where.
    struct Share: Sendable {
        let job: Job
        let range: Range<Int>
    }

    let model: LoadedModel
    let kind: Int
    private(set) var shares: [Share] = []
    private(set) var sequences: [TokenSequence] = []
    /// The number of each sequence in its request.
    private(set) var numbers: [Int] = []
    private(set) var computations: [Computation] = []
    private(set) var tokenCount = 0
    /// Threads that may share the tile, its own included.
    var threads = 1

    init(model: LoadedModel, kind: Int) {
        self.model = model
        self.kind = kind
    }

    /// Takes the next sequences of a request, under the scheduler's lock.
    ///
    /// - Parameter fits: whether a sequence of so many tokens may join a tile that holds so many.
    /// - Returns: the tokens that were taken.
    mutating func take(from job: Job, _ fits: (_ length: Int, _ held: Int) -> Bool) -> Int {
        guard let plan = job.state.plan, let computation = job.workload.computation else { return 0 }
        let first = sequences.count
        let before = tokenCount
        while job.state.nextInOrder < plan.order.count {
            let number = plan.order[job.state.nextInOrder]
            let sequence = plan.sequences[number]
            guard fits(sequence.count, tokenCount) else { break }
            sequences.append(sequence)
            numbers.append(number)
            computations.append(computation)
            tokenCount += sequence.count
            job.state.nextInOrder += 1
        }
        if sequences.count > first { shares.append(Share(job: job, range: first..<sequences.count)) }
        job.state.waitingTokens -= tokenCount - before
        return tokenCount - before
    }

    /// The results of one request's share, or why there are none.
    typealias Outcome = (share: Share, results: Result<[SequenceResult], EncoderError>)

    /// Computes the tile, with the team's threads if there is one.
    ///
    /// If it fails and holds sequences of several requests, each is tried alone, so that a request fails only by its own
    /// texts.
    func run(on worker: Worker, with team: (any Team)?) -> [Outcome] {
        let all = run(0..<sequences.count, on: worker, with: team)
        if case .failure = all, shares.count > 1 { return shares.map { ($0, run($0.range, on: worker, with: team)) } }
        return shares.map { share in (share, all.map { Array($0[share.range]) }) }
    }

    private func run(
        _ range: Range<Int>, on worker: Worker, with team: (any Team)?
    ) -> Result<[SequenceResult], EncoderError> {
        do throws(EncoderError) {
            return .success(
                try model.compute(sequences[range], Array(computations[range]), on: worker, with: team))
        } catch {
            return .failure(error)
        }
    }
}
