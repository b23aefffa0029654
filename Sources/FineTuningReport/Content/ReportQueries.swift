extension FineTuningReport {
    /// How queries were made, kept and dropped.
    public struct Generation: Sendable, Hashable {
        /// Queries of one kind.
        public struct Kind: Sendable, Hashable {
            /// How they were made: `title`, `factoid`.
            public var name: String
            /// How many were made.
            public var made: Int
            /// How many are left.
            public var kept: Int
            /// How many were dropped, by reason.
            public var dropped: [String: Int]

            /// Queries of one kind.
            public init(_ name: String, made: Int, kept: Int, dropped: [String: Int] = [:]) {
                self.name = name
                self.made = made
                self.kept = kept
                self.dropped = dropped
            }
        }

        /// A query to look at.
        public struct Sample: Sendable, Hashable {
            /// The query.
            public var query: String
            /// How it was made.
            public var kind: String
            /// The id of its document.
            public var document: String
            /// Why it was dropped; nil if it was kept.
            public var reason: String?

            /// A query.
            public init(_ query: String, kind: String, document: String, reason: String? = nil) {
                self.query = query
                self.kind = kind
                self.document = document
                self.reason = reason
            }
        }

        /// The kinds.
        public var kinds: [Kind] = []
        /// What became of the answers of a language model.
        public var answers: [Fact] = []
        /// Some queries of each fate.
        public var samples: [Sample] = []

        /// Nothing made.
        public init() {}
    }

    /// A query with what answers it, and with what looks like an answer and is none.
    public struct NegativeSample: Sendable, Hashable {
        /// The query.
        public var query: String
        /// The document that answers it.
        public var positive: String
        /// The documents that do not.
        public var negatives: [String]

        /// A sample.
        public init(query: String, positive: String, negatives: [String]) {
            self.query = query
            self.positive = positive
            self.negatives = negatives
        }
    }
}
