import JSON

/// A part of the parameters whose values have names.
protocol ParameterSection: Sendable {
    init()
    /// Its parameters, in the order of a documented file.
    static var fields: [ParameterField<Self>] { get }
}

/// One parameter: its name, what it takes, what it means, and where its value is.
struct ParameterField<Section: Sendable>: Sendable {
    typealias Place<Value> = any WritableKeyPath<Section, Value> & Sendable

    let name: String
    /// What it takes, for messages: `a whole number from 1 to 20`.
    let expectation: String
    /// One sentence.
    let meaning: String
    /// Whether `null` unsets it.
    let isOptional: Bool
    let get: @Sendable (Section) -> JSONValue
    /// Puts a value; false if it is not what the parameter takes.
    let put: @Sendable (inout Section, JSONValue) -> Bool

    private init<Value: Sendable>(
        _ name: String, _ expectation: String, _ meaning: String, _ place: Place<Value>,
        write: @escaping @Sendable (Value) -> JSONValue, read: @escaping @Sendable (JSONValue) -> Value?
    ) {
        (self.name, self.expectation, self.meaning, isOptional) = (name, expectation, meaning, false)
        get = { write($0[keyPath: place]) }
        put = { section, json in
            guard let value = read(json) else { return false }
            section[keyPath: place] = value
            return true
        }
    }

    private init<Value: Sendable>(
        _ name: String, _ expectation: String, _ meaning: String, _ place: Place<Value?>,
        write: @escaping @Sendable (Value) -> JSONValue, read: @escaping @Sendable (JSONValue) -> Value?
    ) {
        (self.name, self.expectation, self.meaning, isOptional) = (name, expectation, meaning, true)
        get = { $0[keyPath: place].map(write) ?? .null }
        put = { section, json in
            let value = read(json)
            guard value != nil || json.isNull else { return false }
            section[keyPath: place] = value
            return true
        }
    }

    // MARK: Forms

    private static func readText(_ json: JSONValue) -> String? { json.string.flatMap { $0.isEmpty ? nil : $0 } }

    static func text(_ name: String, _ place: Place<String>, _ meaning: String) -> Self {
        Self(name, "a text", meaning, place, write: { .string($0) }, read: readText)
    }

    static func text(_ name: String, _ place: Place<String?>, _ meaning: String) -> Self {
        Self(name, "a text", meaning, place, write: { .string($0) }, read: readText)
    }

    /// Texts; a single one stands for a list of one, and nothing for none.
    static func texts(_ name: String, _ place: Place<[String]>, _ meaning: String) -> Self {
        Self(name, "a text, or a list of texts", meaning, place, write: { .array($0.map { .string($0) }) }) { json in
            if json.isNull { return [] }
            if let text = readText(json) { return [text] }
            let texts = json.array?.map(readText)
            return texts?.contains(nil) == false ? texts?.compactMap { $0 } : nil
        }
    }

    static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ place: Place<Value>, _ meaning: String
    ) -> Self {
        Self(
            name, "one of \(words(Value.self))", meaning, place, write: { .string($0.rawValue) },
            read: { $0.string.flatMap(Value.init(rawValue:)) })
    }

    static func choices<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ place: Place<[Value]>, _ meaning: String
    ) -> Self {
        Self(
            name, "a list of \(words(Value.self))", meaning, place, write: { .array($0.map { .string($0.rawValue) }) }
        ) { json in
            if json.isNull { return [] }
            let values = (json.array ?? [json]).map { $0.string.flatMap(Value.init(rawValue:)) }
            return values.contains { $0 == nil } ? nil : values.compactMap { $0 }
        }
    }

    private static func words<Value: RawRepresentable<String> & CaseIterable>(_ type: Value.Type) -> String {
        Value.allCases.map(\.rawValue).joined(separator: ", ")
    }

    static func integer(
        _ name: String, _ place: Place<Int>, in range: ClosedRange<Int>, _ meaning: String
    ) -> Self {
        Self(
            name, "a whole number \(bounds(range))", meaning, place, write: { .number(JSONNumber($0)) },
            read: { $0.int.flatMap { range.contains($0) ? $0 : nil } })
    }

    static func integer(
        _ name: String, _ place: Place<Int?>, in range: ClosedRange<Int>, _ meaning: String
    ) -> Self {
        Self(
            name, "a whole number \(bounds(range))", meaning, place, write: { .number(JSONNumber($0)) },
            read: { $0.int.flatMap { range.contains($0) ? $0 : nil } })
    }

    static func real(
        _ name: String, _ place: Place<Double>, in range: ClosedRange<Double>, _ meaning: String
    ) -> Self {
        Self(
            name, "a number \(bounds(range))", meaning, place, write: { .number(JSONNumber($0)) },
            read: { $0.double.flatMap { range.contains($0) ? $0 : nil } })
    }

    static func real(
        _ name: String, _ place: Place<Double?>, in range: ClosedRange<Double>, _ meaning: String
    ) -> Self {
        Self(
            name, "a number \(bounds(range))", meaning, place, write: { .number(JSONNumber($0)) },
            read: { $0.double.flatMap { range.contains($0) ? $0 : nil } })
    }

    private static func bounds<Number>(_ range: ClosedRange<Number>) -> String {
        "from \(range.lowerBound) to \(range.upperBound)"
    }

    static func flag(_ name: String, _ place: Place<Bool>, _ meaning: String) -> Self {
        Self(name, "true or false", meaning, place, write: { .bool($0) }, read: \.bool)
    }

    static func flag(_ name: String, _ place: Place<Bool?>, _ meaning: String) -> Self {
        Self(name, "true or false", meaning, place, write: { .bool($0) }, read: \.bool)
    }

    static func object(_ name: String, _ place: Place<JSONObject?>, _ meaning: String) -> Self {
        Self(name, "an object", meaning, place, write: { .object($0) }, read: \.object)
    }
}
