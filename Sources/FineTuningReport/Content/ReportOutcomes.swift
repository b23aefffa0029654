extension FineTuningReport {
    /// What the values of outcomes are.
    public struct OutcomeNames: Sendable, Hashable {
        /// The figure.
        public var metric = "ndcg@10"
        /// The system before.
        public var before = "base model"
        /// The system after.
        public var after = "tuned model"

        /// nDCG@10 of the base model and of the tuned one.
        public init() {}
    }

    /// What the training did to one query.
    public struct Outcome: Sendable, Hashable {
        /// A document that was found.
        public struct Hit: Sendable, Hashable {
            /// Its id.
            public var document: String
            /// The beginning of its text.
            public var text: String
            /// Whether it answers the query.
            public var isAnswer: Bool

            /// A document.
            public init(_ document: String, text: String, isAnswer: Bool) {
                self.document = document
                self.text = text
                self.isAnswer = isAnswer
            }
        }

        /// The query.
        public var query: String
        /// How it was made; nil for a user's.
        public var kind: String?
        /// The value before.
        public var before: Double
        /// The value after.
        public var after: Double
        /// The rank of the first answer before, from 1; nil if it was not found.
        public var rankBefore: Int?
        /// The rank of the first answer after.
        public var rankAfter: Int?
        /// The best documents before; only those of queries that are shown are needed.
        public var hitsBefore: [Hit] = []
        /// The best documents after.
        public var hitsAfter: [Hit] = []

        /// The difference.
        public var change: Double { after - before }

        /// An outcome.
        public init(
            query: String, kind: String? = nil, before: Double, after: Double, rankBefore: Int? = nil,
            rankAfter: Int? = nil
        ) {
            self.query = query
            self.kind = kind
            self.before = before
            self.after = after
            self.rankBefore = rankBefore
            self.rankAfter = rankAfter
        }
    }

    /// How many of the best and of the worst outcomes are shown.
    public static let shownOutcomes = 8

    /// The places of the outcomes that lost most, the worst first; those that lost nothing are left out.
    public static func worst(_ outcomes: [Outcome]) -> [Int] {
        let places = outcomes.indices.filter { outcomes[$0].change < -1e-12 }
        return Array(places.sorted { (outcomes[$0].change, $0) < (outcomes[$1].change, $1) }.prefix(shownOutcomes))
    }

    /// The places of the outcomes that gained most, the best first; those that gained nothing are left out.
    public static func best(_ outcomes: [Outcome]) -> [Int] {
        let places = outcomes.indices.filter { outcomes[$0].change > 1e-12 }
        return Array(places.sorted { (-outcomes[$0].change, $0) < (-outcomes[$1].change, $1) }.prefix(shownOutcomes))
    }
}
