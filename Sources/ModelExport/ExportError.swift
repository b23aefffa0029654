public import ModelFiles

/// Why a model cannot be written: which file, tensor or setting, what is wrong, and what to do about it.
public struct ExportError: Error, Sendable, Hashable {
    /// The class of a fault, for callers that treat some of them apart.
    public enum Kind: String, Sendable, Hashable {
        /// There is something at the target already, and replacing it was not asked for.
        case targetExists
        /// The system refused to write: no room, no permission, no way to the folder.
        case cannotWrite
        /// The source folder lacks a file, or one of its files cannot be read.
        case badSource
        /// A tensor is missing, is there twice, or has another shape or name than the model needs.
        case badTensor
        /// A setting contradicts the model.
        case badSetting
        /// The format that was asked for cannot hold this model.
        case unsupported
    }

    /// The class of the fault.
    public let kind: Kind
    /// The file or folder.
    public let path: String
    /// The tensor, field or setting at fault, where there is one.
    public let subject: String?
    /// What is wrong, as a sentence without its full stop.
    public let reason: String
    /// What the user can do about it, as a sentence without its full stop.
    public let advice: String

    /// Makes an error from its parts.
    public init(_ kind: Kind, path: String, subject: String? = nil, reason: String, advice: String) {
        self.kind = kind
        self.path = path
        self.subject = subject
        self.reason = reason
        self.advice = advice
    }

    /// An error in a file of the source.
    public init(reading error: ModelFileError) {
        self.init(
            .badSource, path: error.path, subject: error.subject, reason: error.reason,
            advice: error.advice ?? "Restore the file from the original model")
    }

    /// An error in writing a file.
    public init(writing error: ModelFileError) {
        self.init(
            .cannotWrite, path: error.path, subject: error.subject, reason: error.reason,
            advice: "Free space on the disk, or give another folder")
    }
}

extension ExportError: CustomStringConvertible {
    /// Everything that is known, in one line.
    public var description: String {
        var text = path
        if let subject { text += ", \(subject)" }
        return text + ": \(reason). \(advice)."
    }
}
