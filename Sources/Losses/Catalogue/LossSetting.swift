/// The value of a loss's parameter, as a configuration or a flag gives it.
public enum LossSetting: Sendable, Hashable, CustomStringConvertible {
    /// A number, whole or not.
    case number(Double)
    /// Yes or no.
    case flag(Bool)
    /// A word: one of several choices, or the name of another loss.
    case text(String)
    /// Several numbers.
    case numbers([Double])
    /// Several words.
    case texts([String])

    /// The value as a configuration would write it.
    public var description: String {
        func number(_ value: Double) -> String {
            value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
        }
        return switch self {
        case .number(let value): number(value)
        case .flag(let value): value ? "true" : "false"
        case .text(let value): value
        case .numbers(let values): "[" + values.map(number).joined(separator: ", ") + "]"
        case .texts(let values): "[" + values.joined(separator: ", ") + "]"
        }
    }
}

/// A parameter of a loss: what it is called, what it does and what it is when nobody says.
public struct LossParameter: Sendable, Hashable {
    /// Its name in configurations.
    public let name: String
    /// Its value when it is not given; nil for one that stays unset, or that must be given.
    public let standard: LossSetting?
    /// What it does, in one sentence without its full stop.
    public let summary: String
    /// The words that it can be; empty for any value of its type.
    public let choices: [String]

    init(_ name: String, _ standard: LossSetting?, _ summary: String, choices: [String] = []) {
        self.name = name
        self.standard = standard
        self.summary = summary
        self.choices = choices
    }
}
