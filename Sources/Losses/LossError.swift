/// Why a loss cannot be made or cannot be computed for a batch, and what to do about it.
public struct LossError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault, for programs.
    public enum Code: String, Sendable, Hashable {
        /// No loss has this name, or none for this kind of model.
        case unknownLoss
        /// A parameter is unknown, missing or has a value that the loss cannot use.
        case badParameter
        /// The training data has too few or too many documents for each query.
        case wrongColumns
        /// The training data lacks labels or has another number of them.
        case wrongLabels
        /// Matrices of a batch do not fit together.
        case wrongShape
    }

    /// The kind of fault.
    public let code: Code
    /// The short name of the loss.
    public let loss: String
    /// The parameter concerned, if it is about one.
    public var parameter: String?
    /// What was found and what was expected.
    public let reason: String
    /// What to do next.
    public let advice: String

    /// An error with its evidence.
    public init(_ code: Code, loss: String, parameter: String? = nil, reason: String, advice: String) {
        self.code = code
        self.loss = loss
        self.parameter = parameter
        self.reason = reason
        self.advice = advice
    }

    /// One sentence with loss, fact and advice.
    public var description: String { "loss \(loss): \(reason). \(advice)" }
}
