/// Why a model could not be loaded or a text could not be encoded.
///
/// Carries the fact (`code`, `reason`), the evidence (file, configuration field, tensor, shapes) and what to do next
/// (`advice`), so that a caller can render it in any dialect without parsing a sentence.
public struct EncoderError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; decide on it with `==` or `switch`.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// `model_type` or the module list names something that this build cannot run.
        case unsupportedModel
        /// A field of a configuration file is missing or has a value that cannot be right.
        case badConfiguration
        /// A weight that the architecture needs is in none of the folder's files.
        case missingTensor
        /// A weight has another shape than the configuration says.
        case shapeMismatch
        /// The weight files hold layers that the configuration does not count.
        case surplusLayers
        /// The folder holds another kind of model than the one asked for.
        case wrongTask
        /// `NEEDLETAIL_CPU` asks for kernels that this CPU cannot run, or that do not exist.
        case unsupportedKernels
        /// The tokenizer of the folder could not be read.
        case tokenizer
        /// A weight or configuration file could not be read.
        case modelFile
        /// A file could not be written.
        case cannotWrite
        /// The caller asked for something that the model cannot do (a prompt it does not have, too many dimensions).
        case badRequest
        /// The model produced a number that is not finite.
        case notFinite
        /// The caller cancelled the work.
        case cancelled
    }

    /// The kind of failure.
    public let code: Code
    /// The file or folder that the failure is about.
    public var path: String?
    /// Bytes before the fault in the file, where one place can be named.
    public var offset: Int?
    /// The configuration field, with dots between levels.
    public var field: String?
    /// The tensor, under the name that was looked for first.
    public var tensor: String?
    /// The shape that the configuration asks for.
    public var expectedShape: [Int]?
    /// The shape that the file gives.
    public var actualShape: [Int]?
    /// What happened, as a sentence without its full stop.
    public let reason: String
    /// What to do next, as a sentence without its full stop.
    public let advice: String

    /// An error with its evidence.
    public init(
        _ code: Code, _ reason: String, advice: String, path: String? = nil, offset: Int? = nil, field: String? = nil,
        tensor: String? = nil, expectedShape: [Int]? = nil, actualShape: [Int]? = nil
    ) {
        self.code = code
        self.reason = reason
        self.advice = advice
        self.path = path
        self.offset = offset
        self.field = field
        self.tensor = tensor
        self.expectedShape = expectedShape
        self.actualShape = actualShape
    }

    /// One line: where, what, and what to do.
    public var description: String {
        var place = path ?? ""
        if let offset { place += place.isEmpty ? "byte \(offset)" : ", byte \(offset)" }
        if let field { place += place.isEmpty ? field : " (\(field))" }
        if let tensor { place += place.isEmpty ? tensor : " (tensor \(tensor))" }
        var text = place.isEmpty ? reason : "\(place): \(reason)"
        if let expectedShape, let actualShape { text += ": expected shape \(expectedShape), given \(actualShape)" }
        return "\(text). \(advice)."
    }
}
