extension FineTuningReport {
    /// Something that is known, in words.
    public struct Fact: Sendable, Hashable {
        /// What it is about.
        public var name: String
        /// What is known.
        public var value: String

        /// A fact.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A phase of the run.
    public struct Phase: Sendable, Hashable {
        /// The name of its state in the workflow.
        public var name: String
        /// How long it took, retries and resumptions included; nil while it goes on.
        public var seconds: Double?
        /// How often it was tried.
        public var attempts: Int
        /// What went wrong last; nil if nothing did.
        public var fault: String?

        /// A phase.
        public init(_ name: String, seconds: Double?, attempts: Int = 1, fault: String? = nil) {
            self.name = name
            self.seconds = seconds
            self.attempts = attempts
            self.fault = fault
        }
    }
}
