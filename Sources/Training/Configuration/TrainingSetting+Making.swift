import JSON
import Losses
import TrainableEncoders

// Settings are made of the place of their value in a configuration.
extension TrainingSetting {
    typealias Place<Value> = any WritableKeyPath<TrainingConfiguration, Value> & Sendable

    private init(
        _ name: String, _ form: Form, _ meaning: String, decides: Bool, isOptional: Bool,
        get: @escaping @Sendable (TrainingConfiguration) -> JSONValue,
        put: @escaping @Sendable (inout TrainingConfiguration, JSONValue) -> Void
    ) {
        self.name = name
        self.form = form
        self.meaning = meaning
        self.decidesResult = decides
        self.isOptional = isOptional
        self.get = get
        self.put = put
    }

    /// A setting that always has a value.
    private init<Value: SettingValue>(
        _ name: String, _ form: Form, _ meaning: String, _ place: Place<Value>, decides: Bool
    ) {
        self.init(
            name, form, meaning, decides: decides, isOptional: false, get: { $0[keyPath: place].settingJSON },
            put: { configuration, json in
                if let value = Value(settingJSON: json) { configuration[keyPath: place] = value }
            })
    }

    /// A setting that may be unset.
    private init<Value: SettingValue>(
        _ name: String, _ form: Form, _ meaning: String, _ place: Place<Value?>, decides: Bool
    ) {
        self.init(
            name, form, meaning, decides: decides, isOptional: true,
            get: { $0[keyPath: place].map(\.settingJSON) ?? .null },
            put: { configuration, json in configuration[keyPath: place] = Value(settingJSON: json) })
    }

    static func text(_ name: String, _ place: Place<String>, _ meaning: String, decides: Bool = true) -> Self {
        Self(name, .text, meaning, place, decides: decides)
    }

    static func text(_ name: String, _ place: Place<String?>, _ meaning: String, decides: Bool = true) -> Self {
        Self(name, .text, meaning, place, decides: decides)
    }

    static func path(_ name: String, _ place: Place<String>, _ meaning: String, decides: Bool = true) -> Self {
        Self(name, .path, meaning, place, decides: decides)
    }

    static func path(_ name: String, _ place: Place<String?>, _ meaning: String, decides: Bool = true) -> Self {
        Self(name, .path, meaning, place, decides: decides)
    }

    static func choice<Value: SettingValue & RawRepresentable<String> & CaseIterable>(
        _ name: String, _ place: Place<Value>, _ meaning: String, decides: Bool = true
    ) -> Self { Self(name, .choice(Value.allCases.map(\.rawValue)), meaning, place, decides: decides) }

    static func choice<Value: SettingValue & RawRepresentable<String> & CaseIterable>(
        _ name: String, _ place: Place<Value?>, _ meaning: String, decides: Bool = true
    ) -> Self { Self(name, .choice(Value.allCases.map(\.rawValue)), meaning, place, decides: decides) }

    static func integer(
        _ name: String, _ place: Place<Int>, in range: ClosedRange<Int>, _ meaning: String, decides: Bool = true
    ) -> Self { Self(name, .integer(range), meaning, place, decides: decides) }

    static func integer(
        _ name: String, _ place: Place<Int?>, in range: ClosedRange<Int>, _ meaning: String, decides: Bool = true
    ) -> Self { Self(name, .integer(range), meaning, place, decides: decides) }

    static func real(
        _ name: String, _ place: Place<Double>, in range: ClosedRange<Double>, _ meaning: String, decides: Bool = true
    ) -> Self { Self(name, .real(range), meaning, place, decides: decides) }

    static func real(
        _ name: String, _ place: Place<Double?>, in range: ClosedRange<Double>, _ meaning: String, decides: Bool = true
    ) -> Self { Self(name, .real(range), meaning, place, decides: decides) }

    static func flag(_ name: String, _ place: Place<Bool>, _ meaning: String, decides: Bool = true) -> Self {
        Self(name, .flag, meaning, place, decides: decides)
    }

    static func flag(_ name: String, _ place: Place<Bool?>, _ meaning: String, decides: Bool = true) -> Self {
        Self(name, .flag, meaning, place, decides: decides)
    }

    static func paths(
        _ name: String, _ place: Place<[String]>, _ meaning: String, decides: Bool = true
    ) -> Self {
        Self(
            name, .paths, meaning, decides: decides, isOptional: true,
            get: { $0[keyPath: place].isEmpty ? .null : $0[keyPath: place].settingJSON },
            put: { configuration, json in configuration[keyPath: place] = [String](settingJSON: json) ?? [] })
    }

    static func parameters(
        _ name: String, _ place: Place<[String: LossSetting]>, _ meaning: String, decides: Bool = true
    ) -> Self { Self(name, .parameters, meaning, place, decides: decides) }
}

/// A type that values of settings have.
protocol SettingValue: Sendable {
    init?(settingJSON: JSONValue)
    var settingJSON: JSONValue { get }
}

extension String: SettingValue {
    init?(settingJSON json: JSONValue) {
        guard let value = json.string else { return nil }
        self = value
    }
    var settingJSON: JSONValue { .string(self) }
}

extension Int: SettingValue {
    init?(settingJSON json: JSONValue) {
        guard let value = json.int else { return nil }
        self = value
    }
    var settingJSON: JSONValue { .number(JSONNumber(self)) }
}

extension Double: SettingValue {
    init?(settingJSON json: JSONValue) {
        guard let value = json.double else { return nil }
        self = value
    }
    var settingJSON: JSONValue { .number(JSONNumber(self)) }
}

extension Bool: SettingValue {
    init?(settingJSON json: JSONValue) {
        guard let value = json.bool else { return nil }
        self = value
    }
    var settingJSON: JSONValue { .bool(self) }
}

extension Array: SettingValue where Element == String {
    /// One text, or a list of texts.
    init?(settingJSON json: JSONValue) {
        if let text = json.string {
            self = [text]
            return
        }
        guard let elements = json.array else { return nil }
        self = elements.compactMap(\.string)
        guard count == elements.count else { return nil }
    }
    var settingJSON: JSONValue { count == 1 ? .string(self[0]) : .array(map { .string($0) }) }
}

extension Dictionary: SettingValue where Key == String, Value == LossSetting {
    init?(settingJSON json: JSONValue) {
        guard let object = json.object else { return nil }
        self = [:]
        for (name, value) in object {
            guard let setting = LossSetting(json: value) else { return nil }
            self[name] = setting
        }
    }
    var settingJSON: JSONValue {
        .object(JSONObject(sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value.json) }))
    }
}

extension RawRepresentable where Self: SettingValue, RawValue == String {
    init?(settingJSON json: JSONValue) {
        guard let word = json.string else { return nil }
        self.init(rawValue: word)
    }
    var settingJSON: JSONValue { .string(rawValue) }
}

extension PositiveChoice: SettingValue {}
extension ExampleOrder: SettingValue {}
extension ScheduleChoice: SettingValue {}
extension SparseActivation: SettingValue {}
extension TrainingPrecision: SettingValue {}
