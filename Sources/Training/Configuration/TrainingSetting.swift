public import JSON
import Losses

/// One setting of a training run: its name in files and flags, what it takes, what it means.
public struct TrainingSetting: Sendable {
    /// The form of a setting's values.
    public enum Form: Sendable, Hashable {
        /// A text.
        case text
        /// A path of a file or folder.
        case path
        /// One of these words.
        case choice([String])
        /// A whole number.
        case integer(ClosedRange<Int>)
        /// A number.
        case real(ClosedRange<Double>)
        /// True or false.
        case flag
        /// A path, or several; separated by commas in a flag.
        case paths
        /// Names with values: a mapping in a file; in a flag `scale=20 dims=384,128`.
        case parameters
    }

    /// The key of a configuration file, as `learning_rate`.
    public let name: String
    /// The form of its values.
    public let form: Form
    /// One sentence.
    public let meaning: String
    /// Whether another value makes another model: a run is resumed only with the same.
    public let decidesResult: Bool
    let get: @Sendable (TrainingConfiguration) -> JSONValue
    let put: @Sendable (inout TrainingConfiguration, JSONValue) -> Void
    let isOptional: Bool

    /// The flag of the command line, as `--learning-rate`.
    public var flag: String { "--" + String(name.map { $0 == "_" ? "-" : $0 }) }

    /// Whether it may be unset: `null` in a file.
    public var mayBeUnset: Bool { isOptional }

    /// The value in a configuration; `null` if it is unset.
    public func value(in configuration: TrainingConfiguration) -> JSONValue { get(configuration) }

    /// The setting of a name.
    public static func named(_ name: String) -> TrainingSetting? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// What the form takes, for messages: `a whole number from 1 to 65536`.
    public var expectation: String {
        switch form {
        case .text: "a text"
        case .path: "a path"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .integer(let range): "a whole number \(Self.bounds(range))"
        case .real(let range): "a number \(Self.bounds(range))"
        case .flag: "true or false"
        case .paths: "a path or a list of paths"
        case .parameters: "names with values"
        }
    }

    private static func bounds<Number: Comparable>(_ range: ClosedRange<Number>) -> String {
        "from \(range.lowerBound) to \(range.upperBound)"
    }

    /// Puts a value into a configuration.
    ///
    /// - Throws: ``TrainingError/Code/badConfiguration`` for a value of another form, or out of range.
    public func set(_ value: JSONValue, in configuration: inout TrainingConfiguration) throws(TrainingError) {
        guard accepts(value) else {
            throw TrainingError(
                .badConfiguration, "the value \(Self.shown(value)) is not \(expectation)", advice: "Correct the value",
                setting: name)
        }
        put(&configuration, value)
    }

    /// Puts a value into a configuration as it is written on a command line.
    ///
    /// - Throws: ``TrainingError/Code/badConfiguration`` for a value of another form, or out of range.
    public func set(text: String, in configuration: inout TrainingConfiguration) throws(TrainingError) {
        var value = JSONValue.string(text)
        switch form {
        case .text, .path, .choice: break
        case .integer: if let number = Int(text) { value = .number(JSONNumber(number)) }
        case .real: if let number = Double(text) { value = .number(JSONNumber(number)) }
        case .flag: if let flag = Bool(text) { value = .bool(flag) }
        case .paths:
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            if parts.count > 1 { value = .array(parts.map { .string(String($0)) }) }
        case .parameters: if let object = Self.parameters(text) { value = .object(object) }
        }
        try set(value, in: &configuration)
    }

    /// `name=value` several times; values with commas are lists.
    private static func parameters(_ text: String) -> JSONObject? {
        func value(_ word: Substring) -> JSONValue {
            if let number = Double(word) { return .number(JSONNumber(number)) }
            if let flag = Bool(String(word)) { return .bool(flag) }
            return .string(String(word))
        }
        var object = JSONObject()
        for assignment in text.split(separator: " ") {
            let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            let words = parts[1].split(separator: ",", omittingEmptySubsequences: false)
            object[String(parts[0])] = words.count == 1 ? value(words[0]) : .array(words.map(value))
        }
        return object
    }

    private func accepts(_ value: JSONValue) -> Bool {
        if value.isNull { return isOptional }
        switch form {
        case .text: return value.string != nil
        case .path: return value.string.map { !$0.isEmpty } ?? false
        case .choice(let words): return value.string.map(words.contains) ?? false
        case .integer(let range): return value.int.map(range.contains) ?? false
        case .real(let range): return value.double.map(range.contains) ?? false
        case .flag: return value.bool != nil
        case .paths:
            let paths = [String](settingJSON: value) ?? []
            return !paths.isEmpty && paths.allSatisfy { !$0.isEmpty }
        case .parameters: return [String: LossSetting](settingJSON: value) != nil
        }
    }

    private static func shown(_ value: JSONValue) -> String {
        let text = value.serialized()
        return text.count > 60 ? text.prefix(60) + "..." : text
    }
}
