import JSON
import Losses

extension LossSetting {
    /// The setting that a configuration file or a checkpoint holds; nil for null, mappings and mixed lists.
    init?(json: JSONValue) {
        switch json {
        case .number(let number): self = .number(number.double)
        case .bool(let flag): self = .flag(flag)
        case .string(let text): self = .text(text)
        case .array(let elements):
            let numbers = elements.compactMap(\.double)
            let texts = elements.compactMap(\.string)
            if !elements.isEmpty, numbers.count == elements.count {
                self = .numbers(numbers)
            } else if !elements.isEmpty, texts.count == elements.count {
                self = .texts(texts)
            } else {
                return nil
            }
        case .null, .object: return nil
        }
    }

    /// The setting as a configuration file holds it.
    var json: JSONValue {
        switch self {
        case .number(let number): .number(JSONNumber(number))
        case .flag(let flag): .bool(flag)
        case .text(let text): .string(text)
        case .numbers(let numbers): .array(numbers.map { .number(JSONNumber($0)) })
        case .texts(let texts): .array(texts.map { .string($0) })
        }
    }
}
