import Inference
import JSON
import Routing

/// What `inputs` may be for embeddings: a text, the ids of one text, or an array of either.
///
/// Source: `Input` and `InputType` in `router/src/http/types.rs`.
struct TEIInputs: Sendable {
    /// What to embed.
    let inputs: [TextOrTokens]

    /// Characters of the texts, and ids.
    var characterCount: Int {
        inputs.reduce(0) {
            switch $1 {
            case .text(let text): $0 + text.unicodeScalars.count
            case .tokens(let ids): $0 + ids.count
            }
        }
    }

    private static let wanted = "a string, an array of token ids, or an array of either"

    init(_ call: TEICall) throws(APIFault) {
        guard let value = call.fields.value("inputs") else { throw call.fields.missing("inputs", Self.wanted) }
        switch value {
        case .string: inputs = [try Self.input(value, "inputs")]
        case .array(let elements):
            guard let first = elements.first else {
                throw APIFault(.emptyInput, "`inputs` cannot be empty", field: "inputs")
            }
            if case .number = first {
                inputs = [try Self.input(value, "inputs")]
            } else {
                try call.checkBatchSize(elements.count)
                var inputs: [TextOrTokens] = []
                inputs.reserveCapacity(elements.count)
                for (index, element) in elements.enumerated() {
                    inputs.append(try Self.input(element, "inputs[\(index)]"))
                }
                self.inputs = inputs
            }
        default: throw call.fields.mismatch("inputs", value, wanted: Self.wanted)
        }
    }

    private static func input(_ value: JSONValue, _ place: String) throws(APIFault) -> TextOrTokens {
        if let text = value.string {
            guard !text.isEmpty else { throw APIFault(.invalidValue, "`\(place)` cannot be empty", field: place) }
            return .text(text)
        }
        guard let elements = value.array else {
            throw APIFault(
                .badField, "The field '\(place)' must be a string or an array of token ids, and is \(value.typeName).",
                field: place)
        }
        return .tokens(try ids(elements, place))
    }

    /// Token ids, at least one.
    static func ids(_ elements: [JSONValue], _ place: String) throws(APIFault) -> [Int32] {
        guard !elements.isEmpty else { throw APIFault(.invalidValue, "`\(place)` cannot be empty", field: place) }
        var ids: [Int32] = []
        ids.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard let id = element.int.flatMap({ Int32(exactly: $0) }), id >= 0 else {
                throw APIFault(
                    .badField,
                    "The field '\(place)[\(index)]' must be a token id, a whole number from 0 to \(Int32.max).",
                    field: "\(place)[\(index)]")
            }
            ids.append(id)
        }
        return ids
    }

    /// The inputs with ids turned back into text, which is what a prompt can be put before.
    func asTexts(_ call: TEICall, model: String) async throws(APIFault) -> [TextOrTokens] {
        var texts: [TextOrTokens] = []
        for input in inputs {
            guard case .tokens(let ids) = input else {
                texts.append(input)
                continue
            }
            let text = try await call.run { () async throws(InferenceError) in
                try await call.engine.decode([ids], model: model, skipsSpecialTokens: true)
            }
            texts.append(.text(text.first ?? ""))
        }
        return texts
    }
}
