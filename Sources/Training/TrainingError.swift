/// Why a training run could not be set up, or why it ended: the fact, its place, and what to do next.
public struct TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure; decide on it with `==` or `switch`.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A setting is unknown, of the wrong type, out of range, or does not fit another one.
        case badConfiguration
        /// A line or file of training or evaluation data is not what it must be.
        case badData
        /// A file or folder cannot be read.
        case unreadable
        /// A file or folder cannot be written: a full or read-only disk, most often.
        case cannotWrite
        /// The model cannot be loaded or cannot be trained for the task.
        case model
        /// The teacher failed.
        case teacher
        /// A loss or a gradient became infinite or not a number.
        case notFinite
        /// A checkpoint is damaged, or belongs to another run.
        case checkpoint
    }

    /// The kind of failure.
    public let code: Code
    /// The file or folder concerned.
    public var path: String?
    /// The line, counted from 1, where one is at fault.
    public var line: Int?
    /// The setting concerned, as the configuration file names it.
    public var setting: String?
    /// The optimiser step, counted from 0, where one failed.
    public var step: Int?
    /// What happened, as a sentence without its full stop.
    public let reason: String
    /// What to do next, as a sentence without its full stop.
    public let advice: String

    /// An error with its evidence.
    public init(
        _ code: Code, _ reason: String, advice: String, path: String? = nil, line: Int? = nil, setting: String? = nil,
        step: Int? = nil
    ) {
        self.code = code
        self.reason = reason
        self.advice = advice
        self.path = path
        self.line = line
        self.setting = setting
        self.step = step
    }

    /// One line: where, what, and what to do.
    public var description: String {
        var places: [String] = []
        if let path { places.append(path) }
        if let line { places.append("line \(line)") }
        if let setting { places.append("'\(setting)'") }
        if let step { places.append("step \(step)") }
        return (places.isEmpty ? "" : places.joined(separator: ", ") + ": ") + "\(reason). \(advice)."
    }
}
