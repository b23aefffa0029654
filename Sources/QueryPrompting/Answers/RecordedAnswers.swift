/// Answers of a language model by the ids of their records, in whatever order they came.
public struct RecordedAnswers: Sendable {
    /// A line that is no answer.
    public struct Fault: Sendable, Hashable {
        /// The file.
        public let path: String
        /// The line, from 1.
        public let line: Int
        /// What is wrong with it.
        public let reason: String
    }

    /// How many faults are kept; all are counted.
    public static let faultLimit = 20

    /// The answers by record id.
    public private(set) var answers: [String: RecordedAnswer] = [:]
    /// Lines that were read.
    public internal(set) var lines = 0
    /// Answers to a question that was answered already.
    public private(set) var repeated = 0
    /// The first lines that are no answers.
    public private(set) var faults: [Fault] = []
    /// How many lines are no answers.
    public private(set) var faultCount = 0
    /// The summaries of jobs that lie beside the answers.
    public internal(set) var manifests: [BatchManifest] = []

    /// No answers.
    public init() {}

    /// Adds an answer; the first text stands, and a text stands over a failure.
    public mutating func add(_ answer: RecordedAnswer, for id: String) {
        guard let old = answers[id] else {
            answers[id] = answer
            return
        }
        repeated += 1
        if case .failure = old, case .text = answer { answers[id] = answer }
    }

    mutating func addFault(_ path: String, _ line: Int, _ reason: String) {
        faultCount += 1
        if faults.count < Self.faultLimit { faults.append(Fault(path: path, line: line, reason: reason)) }
    }
}
