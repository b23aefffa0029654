import Encoders
import ModelExport
import ModelFiles
import NegativeMining
import Relevance
import Teachers
import Training

/// Why a phase of the pipeline cannot go on: the fact, its place, and what to do next.
public struct FineTuningError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, which is the name of the error in the workflow.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// There are no documents, too few, or some that cannot be read.
        case corpus = "FineTuning.Corpus"
        /// There are no queries, too few, or some that cannot be read.
        case queries = "FineTuning.Queries"
        /// The gate has not enough queries to decide.
        case gate = "FineTuning.Gate"
        /// A model or a teacher is missing or does not fit.
        case model = "FineTuning.Model"
        /// The training failed.
        case training = "FineTuning.Training"
        /// The folder of the run cannot be read or written, or is not one.
        case folder = "FineTuning.Folder"
        /// The cluster refuses, or has not what was asked for.
        case cluster = "FineTuning.Cluster"
    }

    /// The kind of failure.
    public let code: Code
    /// The parameter that decides about it; nil if none does.
    public let field: String?
    /// The file or folder concerned.
    public let path: String?
    /// What happened, as a sentence without its full stop.
    public let reason: String
    /// What to do next, as a sentence without its full stop.
    public let advice: String

    /// An error with its evidence.
    public init(_ code: Code, field: String? = nil, path: String? = nil, _ reason: String, advice: String) {
        self.code = code
        self.field = field
        self.path = path
        self.reason = reason
        self.advice = advice
    }

    /// One line: where, what, and what to do.
    public var description: String {
        let places = [path, field.map { "'\($0)'" }].compactMap { $0 }
        return (places.isEmpty ? "" : places.joined(separator: ", ") + ": ") + "\(reason). \(advice)."
    }

    /// What another part found, as a failure of this phase.
    ///
    /// - Parameter code: the kind, where the error does not say it.
    init(_ error: any Error, _ code: Code, field: String? = nil) {
        func plain(_ advice: String) -> String { advice.hasSuffix(".") ? String(advice.dropLast()) : advice }
        switch error {
        case let error as FineTuningError: self = error
        case let error as RelevanceError:
            self.init(
                code, field: field, path: error.line.map { "\(error.path), line \($0)" } ?? error.path, error.reason,
                advice: plain(error.advice))
        case let error as MiningError: self.init(code, field: field, error.reason, advice: error.advice)
        case let error as TeacherError:
            self.init(
                code, field: field, path: error.line.map { "\(error.path ?? ""), line \($0)" } ?? error.path,
                error.reason, advice: error.advice)
        case let error as TrainingError:
            self.init(
                code, field: error.setting.map { "training.\($0)" } ?? field,
                path: error.line.map { "\(error.path ?? ""), line \($0)" } ?? error.path, error.reason,
                advice: error.advice)
        case let error as ExportError:
            self.init(code, field: field, path: error.path, error.reason, advice: error.advice)
        case let error as ModelFileError:
            self.init(
                code, field: field, path: error.path, error.reason,
                advice: error.advice ?? "Check the file and the disk")
        default: self.init(code, field: field, "\(error)", advice: "Correct the cause and resume the run")
        }
    }
}
