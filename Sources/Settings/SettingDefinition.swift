/// One setting: how it is called everywhere, what it takes, what it means, and where its value lives.
public struct SettingDefinition: Sendable {
    /// The name: section and key of the configuration file, as `limits.max_concurrent_requests`.
    public let name: String
    /// The flag of `needletail serve`, as `--max-concurrent-requests`.
    public let flag: String
    /// The form of its values.
    public let type: SettingType
    /// What its values count, for tables: `requests`, `tokens`; empty for texts and switches.
    public let unit: String
    /// One sentence.
    public let meaning: String
    /// What it means that it is unset; nil if it cannot be.
    public let unsetMeaning: String?
    /// Whether its value may be shown.
    public let isSecret: Bool
    private let get: @Sendable (ProgramSettings) -> SettingValue
    private let set: @Sendable (inout ProgramSettings, SettingValue) -> Void

    private init(
        _ name: String, flag: String?, type: SettingType, unit: String, meaning: String, unsetMeaning: String? = nil,
        isSecret: Bool = false, get: @escaping @Sendable (ProgramSettings) -> SettingValue,
        set: @escaping @Sendable (inout ProgramSettings, SettingValue) -> Void
    ) {
        self.name = name
        let words = name.split(separator: ".")
        let spoken = ["api", "limits"].contains(words[0]) ? words.dropFirst() : words[...]
        self.flag = flag ?? "--" + String(spoken.joined(separator: "-").map { $0 == "_" ? "-" : $0 })
        self.type = type
        self.unit = unit
        self.meaning = meaning
        self.unsetMeaning = unsetMeaning
        self.isSecret = isSecret
        self.get = get
        self.set = set
    }

    /// The variable of the environment: NEEDLETAIL_LIMITS_MAX_CONCURRENT_REQUESTS.
    public var environment: String { "NEEDLETAIL_" + String(name.map { $0 == "." ? "_" : $0 }).uppercased() }

    /// The section of the file.
    public var section: String { String(name.prefix { $0 != "." }) }

    /// The key within its section.
    public var key: String { String(name.drop { $0 != "." }.dropFirst()) }

    /// The value in settings.
    public func value(in settings: ProgramSettings) -> SettingValue { get(settings) }

    /// Puts a value into settings.
    ///
    /// - Precondition: The value is of this setting's type.
    public func put(_ value: SettingValue, into settings: inout ProgramSettings) { set(&settings, value) }

    /// The value unless somebody says otherwise.
    public var defaultValue: SettingValue { value(in: ProgramSettings()) }

    /// The default for people: `64MiB`, `unset (one for each core)`.
    public var defaultText: String {
        guard case .unset = defaultValue else { return defaultValue.fileText }
        return unsetMeaning.map { "unset: \($0)" } ?? "unset"
    }
}

// MARK: Kinds

extension SettingDefinition {
    typealias Path<Value> = any WritableKeyPath<ProgramSettings, Value> & Sendable

    static func text(_ name: String, flag: String? = nil, _ path: Path<String>, _ meaning: String) -> Self {
        Self(name, flag: flag, type: .text, unit: "", meaning: meaning) {
            .text($0[keyPath: path])
        } set: {
            if case .text(let text) = $1 { $0[keyPath: path] = text }
        }
    }

    static func text(
        _ name: String, flag: String? = nil, _ path: Path<String?>, type: SettingType = .text, unset: String,
        isSecret: Bool = false, _ meaning: String
    ) -> Self {
        Self(name, flag: flag, type: type, unit: "", meaning: meaning, unsetMeaning: unset, isSecret: isSecret) {
            $0[keyPath: path].map { .text($0) } ?? .unset
        } set: {
            if case .text(let text) = $1 { $0[keyPath: path] = text } else { $0[keyPath: path] = nil }
        }
    }

    static func integer(
        _ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>, _ unit: String, _ meaning: String
    ) -> Self {
        Self(name, flag: nil, type: .integer(range), unit: unit, meaning: meaning) {
            .integer($0[keyPath: path])
        } set: {
            if case .integer(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    static func integer(
        _ name: String, _ path: Path<Int?>, _ range: ClosedRange<Int>, _ unit: String, unset: String, _ meaning: String
    ) -> Self {
        Self(name, flag: nil, type: .integer(range), unit: unit, meaning: meaning, unsetMeaning: unset) {
            $0[keyPath: path].map { .integer($0) } ?? .unset
        } set: {
            if case .integer(let value) = $1 { $0[keyPath: path] = value } else { $0[keyPath: path] = nil }
        }
    }

    static func bytes(_ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>, _ meaning: String) -> Self {
        Self(name, flag: nil, type: .bytes(range), unit: "bytes", meaning: meaning) {
            .bytes($0[keyPath: path])
        } set: {
            if case .bytes(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    static func duration(
        _ name: String, _ path: Path<Duration>, _ range: ClosedRange<Duration>, _ meaning: String
    ) -> Self {
        Self(name, flag: nil, type: .duration(range), unit: "time", meaning: meaning) {
            .duration($0[keyPath: path])
        } set: {
            if case .duration(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    static func duration(
        _ name: String, _ path: Path<Duration?>, _ range: ClosedRange<Duration>, unset: String, _ meaning: String
    ) -> Self {
        Self(name, flag: nil, type: .duration(range), unit: "time", meaning: meaning, unsetMeaning: unset) {
            $0[keyPath: path].map { .duration($0) } ?? .unset
        } set: {
            if case .duration(let value) = $1 { $0[keyPath: path] = value } else { $0[keyPath: path] = nil }
        }
    }

    static func boolean(_ name: String, _ path: Path<Bool>, _ meaning: String) -> Self {
        Self(name, flag: nil, type: .boolean, unit: "", meaning: meaning) {
            .boolean($0[keyPath: path])
        } set: {
            if case .boolean(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    static func list(
        _ name: String, flag: String? = nil, _ path: Path<[String]>, isSecret: Bool = false, _ meaning: String
    ) -> Self {
        Self(name, flag: flag, type: .list, unit: "", meaning: meaning, isSecret: isSecret) {
            .list($0[keyPath: path])
        } set: {
            if case .list(let value) = $1 { $0[keyPath: path] = value }
        }
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ name: String, _ path: Path<Choice>, _ meaning: String
    ) -> Self {
        Self(name, flag: nil, type: .choice(Choice.allCases.map(\.rawValue)), unit: "", meaning: meaning) {
            .text($0[keyPath: path].rawValue)
        } set: {
            if case .text(let text) = $1, let choice = Choice(rawValue: text) { $0[keyPath: path] = choice }
        }
    }
}
