extension FineTuningReport {
    /// A system with its figures on the held-out queries.
    public struct System: Sendable, Hashable {
        /// Its name in comparisons.
        public var name: String
        /// What it is called in tables.
        public var title: String
        /// Figures by name: `ndcg@10`.
        public var metrics: [String: Double]

        /// A system.
        public init(_ name: String, title: String, metrics: [String: Double]) {
            self.name = name
            self.title = title
            self.metrics = metrics
        }
    }

    /// The difference of two systems on the same queries.
    public struct Comparison: Sendable, Hashable {
        /// The figure.
        public var metric: String
        /// The system.
        public var system: String
        /// What it is compared with.
        public var rival: String
        /// The mean difference.
        public var difference: Double
        /// The 95 % interval of it.
        public var interval: ClosedRange<Double>
        /// Queries on which the system is better.
        public var better: Int
        /// Queries on which it is worse.
        public var worse: Int
        /// Queries on which both are equal.
        public var equal: Int

        /// A comparison.
        public init(
            metric: String, system: String, rival: String, difference: Double, interval: ClosedRange<Double>,
            better: Int, worse: Int, equal: Int
        ) {
            self.metric = metric
            self.system = system
            self.rival = rival
            self.difference = difference
            self.interval = interval
            self.better = better
            self.worse = worse
            self.equal = equal
        }
    }

    /// The gate's decision.
    public struct Gate: Sendable, Hashable {
        /// Whether the figures allow the deployment.
        public var isPassed: Bool
        /// Whether the model is deployed though they do not.
        public var isOverridden: Bool
        /// The decision with its evidence, in a sentence.
        public var sentence: String
        /// The figure that decided.
        public var metric: String
        /// By how much the model must be better.
        public var margin: Double

        /// A decision.
        public init(isPassed: Bool, isOverridden: Bool, sentence: String, metric: String, margin: Double) {
            self.isPassed = isPassed
            self.isOverridden = isOverridden
            self.sentence = sentence
            self.metric = metric
            self.margin = margin
        }
    }
}
