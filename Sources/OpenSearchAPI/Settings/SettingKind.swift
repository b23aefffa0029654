internal import JSON
internal import MLCommons
internal import Querying

/// What the value of a setting must be.
enum SettingKind: Sendable {
    case integer(ClosedRange<Int>)
    case number
    case boolean
    case time
    case bytes
    case choice([String])
    case text

    /// Refuses a value that is none of the kind.
    func check(_ value: JSONValue, of name: String) throws(OpenSearchError) {
        guard let text = value.string else { return }
        switch self {
        case .integer(let range):
            guard let number = Int(text) else {
                throw .illegalArgument(
                    "Failed to parse value [\(text)] for setting [\(name)]", causedBy: [.numberFormat(text)])
            }
            if number < range.lowerBound {
                throw .illegalArgument(
                    "Failed to parse value [\(text)] for setting [\(name)] must be >= \(range.lowerBound)")
            }
            if number > range.upperBound {
                throw .illegalArgument(
                    "Failed to parse value [\(text)] for setting [\(name)] must be <= \(range.upperBound)")
            }
        case .number:
            guard Double(text) != nil else {
                throw .illegalArgument(
                    "Failed to parse value [\(text)] for setting [\(name)]", causedBy: [.numberFormat(text)])
            }
        case .boolean: _ = try RestRequest.boolean(text)
        case .time: _ = try TimeValue.read(text, setting: name)
        case .bytes:
            guard ByteSize.parse(text) != nil || text.hasSuffix("%") else {
                throw OpenSearchError(
                    400, "parse_exception",
                    "failed to parse setting [\(name)] with value [\(text)] as a size in bytes: unit is missing or unrecognized"
                )
            }
        case .choice(let words):
            guard words.contains(text.lowercased()) else {
                throw .illegalArgument(
                    "Failed to parse value [\(text)] for setting [\(name)]: it is one of [\(words.joined(separator: ", "))]"
                )
            }
        case .text: break
        }
    }
}

/// A setting that is known.
struct KnownSetting: Sendable {
    /// When it may be changed.
    enum Change: Sendable {
        /// At any time.
        case dynamic
        /// While the index is closed.
        case closed
        /// Never after the index was made.
        case final
        /// By the server alone.
        case byServer
    }

    /// The name; a star at its end stands for all that begin so.
    let name: String
    let kind: SettingKind
    let change: Change
    /// What holds where nothing is set; nil where that is nothing.
    let defaultValue: String?

    init(_ name: String, _ kind: SettingKind = .text, _ change: Change = .dynamic, _ defaultValue: String? = nil) {
        self.name = name
        self.kind = kind
        self.change = change
        self.defaultValue = defaultValue
    }
}

extension KnownSetting {
    /// A setting of ML Commons, which may be changed at any time.
    init(_ setting: MLSetting) {
        let kind: SettingKind =
            switch setting.kind {
            case .boolean: .boolean
            case .integer(let range): .integer(range)
            case .number: .number
            case .bytes: .bytes
            case .text: .text
            case .choice(let words): .choice(words)
            }
        self.init(setting.name, kind, .dynamic, setting.defaultValue)
    }
}
