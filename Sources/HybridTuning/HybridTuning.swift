public import Querying
public import Relevance

/// The search for the fusion that is best on judged queries: a grid over techniques, weights and rank constants, and smaller steps around the
/// best of each.
///
/// What is found is the best of many settings on these queries, so its figure here flatters it: measure it on queries that took no part.
public struct HybridTuning: Sendable {
    /// A setting with its mean.
    public struct Candidate: Sendable, Hashable {
        /// The setting.
        public var fusion: ScoreFusion
        /// The mean of the metric.
        public var mean: Double
    }

    /// The best of each pair of techniques, best first.
    public let best: [Candidate]
    /// How many settings were measured.
    public let measured: Int

    /// What OpenSearch takes when a pipeline has a `normalization-processor` without settings.
    public static let normalizationDefault = ScoreFusion(
        .normalized(.minMax(lowerBounds: [], upperBounds: []), .arithmeticMean))
    /// What it takes for a `score-ranker-processor` without settings.
    public static let rankDefault = ScoreFusion(.reciprocalRank(constant: 60))

    /// The rank constants of the grid.
    static let rankConstants = [1, 2, 5, 10, 20, 40, 60, 100, 200, 500]

    /// The pairs that OpenSearch takes: `z_score` goes with the arithmetic mean only.
    static let normalizations: [ScoreFusion.Technique] = [
        .normalized(.minMax(lowerBounds: [], upperBounds: []), .arithmeticMean), .normalized(.l2, .arithmeticMean),
        .normalized(.zScore, .arithmeticMean), .normalized(.minMax(lowerBounds: [], upperBounds: []), .geometricMean),
        .normalized(.minMax(lowerBounds: [], upperBounds: []), .harmonicMean), .normalized(.l2, .geometricMean),
        .normalized(.l2, .harmonicMean),
    ]

    /// Looks for the best setting.
    ///
    /// Of settings with equal means, the one with the more even weights is taken.
    ///
    /// - Parameters:
    ///   - pool: two to five systems.
    ///   - progress: called with how many of how many techniques are done.
    /// - Complexity: some hundred evaluations of the pool for two systems, some thousand for five.
    public init(_ pool: FusionPool, metric: Metric, progress: (Int, Int) -> Void = { _, _ in }) {
        var measured = 0
        var best: [Candidate] = []
        let grid = WeightGrid(count: pool.systems.count)
        let total = Self.normalizations.count + Self.rankConstants.count
        func search(_ technique: ScoreFusion.Technique) -> Candidate {
            var climb = Climb(parts: pool.parts(technique), metric: metric)
            for weights in grid.coarse { climb.look(at: weights) }
            climb.refine(grid)
            measured += climb.measured
            return climb.best
        }
        for (number, technique) in Self.normalizations.enumerated() {
            progress(number, total)
            best.append(search(technique))
        }
        var ofRanks: Candidate?
        for (number, constant) in Self.rankConstants.enumerated() {
            progress(Self.normalizations.count + number, total)
            let found = search(.reciprocalRank(constant: constant))
            if found.mean > ofRanks?.mean ?? -1 { ofRanks = found }
        }
        if let ofRanks { best.append(ofRanks) }
        progress(total, total)
        // Stable: of equals, the technique that stands first above.
        self.best = best.enumerated().sorted { ($0.element.mean, $1.offset) > ($1.element.mean, $0.offset) }
            .map(\.element)
        self.measured = measured
    }

    /// The settings of one technique that were measured, and the best so far.
    private struct Climb {
        let parts: FusionParts
        let metric: Metric
        private(set) var best: Candidate
        private(set) var measured = 0
        private var place: [Int] = []
        private var known: Set<[Int]> = []

        init(parts: FusionParts, metric: Metric) {
            self.parts = parts
            self.metric = metric
            best = Candidate(fusion: ScoreFusion(parts.technique), mean: -1)
        }

        /// Measures weights in hundredths.
        mutating func look(at weights: [Int]) {
            guard known.insert(weights).inserted else { return }
            measured += 1
            let shares = weights.map { Float($0) / 100 }
            let values = parts.perQuery(weights: shares, metric)
            let mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
            guard mean > best.mean else { return }
            best = Candidate(fusion: ScoreFusion(parts.technique, weights: shares), mean: mean)
            place = weights
        }

        /// Goes on from the best in smaller and smaller steps while that helps.
        mutating func refine(_ grid: WeightGrid) {
            for step in WeightGrid.steps {
                var before: [Int]
                repeat {
                    before = place
                    for weights in grid.neighbours(of: place, step: step) { look(at: weights) }
                } while place != before
            }
        }
    }
}
