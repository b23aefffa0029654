import ArgumentParser
import ClusterAccess
import Encoders
import FineTuning
import Inference
import ModelExport
import ModelFiles
import ModelHub
import NegativeMining
import Relevance
import Serving
import Settings
import Teachers
import Tokenizers
import Training
import Workflows

/// What the program ends with; the values are those of `sysexits.h`.
enum ExitStatus: Int32 {
    /// Something went wrong that has no number of its own.
    case failure = 1
    /// The command line was wrong; the argument parser ends with the same number.
    case usage = 64
    /// Input or model files do not have the form that they must have.
    case badData = 65
    /// A file that was named is not there or cannot be read.
    case missingInput = 66
    /// This build cannot do it, or a server that is needed does not answer.
    case unavailable = 69
    /// The output cannot be written.
    case cannotWrite = 74
    /// Settings that cannot be used.
    case badConfiguration = 78
}

/// Why a command gives up: a status for scripts and a sentence for people.
struct CommandFailure: Error {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The failure that an error of the libraries means; nil for the argument parser's own errors.
    init?(describing error: any Error) {
        switch error {
        case let failure as CommandFailure:
            self = failure
        case let error as SettingsError:
            self.init(.badConfiguration, error.description)
        case let error as ServerError:
            self.init(.badConfiguration, error.description)
        case let error as RelevanceError:
            self.init(error.code == .unreadable ? .missingInput : .badData, error.description)
        case let error as TrainingError:
            self.init(error.exitStatus, error.description)
        case let error as TeacherError:
            self.init(error.exitStatus, error.description)
        case let error as MiningError:
            self.init(error.exitStatus, error.description)
        case let error as ExportError:
            let isOutput = error.kind == .cannotWrite || error.kind == .targetExists
            self.init(isOutput ? .cannotWrite : .badData, error.description)
        case let error as InvalidParameters:
            self.init(error.path == nil ? .usage : .badConfiguration, error.description)
        case let error as FineTuningError:
            self.init(RunSession.status(of: error.code.rawValue), error.description)
        case let error as WorkflowError:
            self.init(error.exitStatus, error.description)
        case let error as ClusterError:
            self.init(error.code == .badSetting ? .usage : .unavailable, error.description)
        case let error as ModelFileError:
            let isMissing = error.kind == .notFound || error.kind == .unreadable
            self.init(isMissing ? .missingInput : .badData, error.description)
        case let error as HubError:
            self.init(error.exitStatus, error.description)
        case let error as TokenizerError:
            self.init(error.code == .unreadableFile ? .missingInput : .badData, error.description)
        case let error as InferenceError:
            self.init(error.code == .cancelled ? .failure : .badData, error.message)
        case let error as EncoderError:
            let status: ExitStatus =
                switch error.code {
                case .unsupportedKernels: .unavailable
                case .badRequest: .usage
                case .cannotWrite: .cannotWrite
                case .notFinite, .cancelled: .failure
                default: .badData
                }
            self.init(status, error.description)
        default:
            return nil
        }
    }
}

extension TrainingError {
    /// What the program ends with.
    fileprivate var exitStatus: ExitStatus {
        switch code {
        case .badConfiguration: path == nil ? .usage : .badConfiguration
        case .badData, .model, .teacher, .checkpoint: .badData
        case .unreadable: .missingInput
        case .cannotWrite: .cannotWrite
        case .notFinite: .failure
        }
    }
}

extension WorkflowError {
    /// What the program ends with.
    fileprivate var exitStatus: ExitStatus {
        switch code {
        case .locked: .unavailable
        case .file: .cannotWrite
        case .missingHandler, .historyTooLong: .failure
        case .invalidDefinition, .invalidHistory, .otherExecution, .inputTooLarge: .badData
        }
    }
}

extension TeacherError {
    /// What the program ends with.
    fileprivate var exitStatus: ExitStatus {
        switch code {
        case .badRequest: .usage
        case .model, .malformedLine, .missingScore, .mismatch: .badData
        case .unreadable: .missingInput
        case .cannotWrite: .cannotWrite
        }
    }
}

extension MiningError {
    /// What the program ends with.
    fileprivate var exitStatus: ExitStatus {
        switch code {
        case .badSetting: .usage
        case .badData: .badData
        case .cannotWrite: .cannotWrite
        case .cancelled: .failure
        }
    }
}

extension HubError {
    /// What the program ends with.
    fileprivate var exitStatus: ExitStatus {
        switch kind {
        case .invalidReference: .usage
        case .notFound, .revisionNotFound, .offline: .missingInput
        case .missingFile, .malformedResponse, .checksum, .size, .changed, .limitExceeded, .unsafeName: .badData
        case .unauthorized, .forbidden, .network, .timeout, .status, .redirect: .unavailable
        case .diskFull, .cache: .cannotWrite
        case .cancelled: .failure
        }
    }
}
