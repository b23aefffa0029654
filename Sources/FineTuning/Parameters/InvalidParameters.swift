/// Why parameters cannot be run: every fault that was found, each with its field.
public struct InvalidParameters: Error, Sendable, Hashable, CustomStringConvertible {
    /// One fault.
    public struct Fault: Sendable, Hashable, CustomStringConvertible {
        /// The parameter: `model_name`, `training.learning_rate`.
        public let field: String
        /// The line of the file, from 1; nil if it has none.
        public let line: Int?
        /// What is wrong, as a sentence without its full stop.
        public let reason: String
        /// What to do, as a sentence without its full stop.
        public let advice: String

        /// A fault.
        public init(_ field: String, line: Int? = nil, _ reason: String, advice: String) {
            self.field = field
            self.line = line
            self.reason = reason
            self.advice = advice
        }

        /// One line.
        public var description: String {
            (line.map { "line \($0), " } ?? "") + "'\(field)': \(reason). \(advice)."
        }
    }

    /// The file; nil if the parameters came without one.
    public let path: String?
    /// What is wrong, in the order of the parameters.
    public let faults: [Fault]

    /// An error with its evidence.
    public init(path: String? = nil, _ faults: [Fault]) {
        self.path = path
        self.faults = faults
    }

    /// A line for each fault.
    public var description: String {
        faults.map { (path.map { "\($0), " } ?? "") + $0.description }.joined(separator: "\n")
    }
}
