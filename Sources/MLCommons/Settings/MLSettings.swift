import Access
import ClusterState
import JSON

/// The settings of ML Commons as of one moment: transient over persistent over defaults.
struct MLSettings: Sendable {
    private let metadata: ClusterMetadata

    init(_ metadata: ClusterMetadata) { self.metadata = metadata }

    private func value(_ setting: MLSetting) -> JSONValue? {
        metadata.transientSettings[setting.name] ?? metadata[.setting, setting.name]
    }

    private func text(_ setting: MLSetting) -> String {
        guard let value = value(setting) else { return setting.defaultValue }
        return value.string ?? value.serialized()
    }

    func flag(_ setting: MLSetting) -> Bool { text(setting) == "true" }

    /// A value that is no number, which the settings' endpoint refuses, counts as the default.
    func integer(_ setting: MLSetting) -> Int { Int(text(setting)) ?? Int(setting.defaultValue) ?? 0 }

    /// Whether somebody has set a value.
    func isSet(_ setting: MLSetting) -> Bool { value(setting).map { !$0.isNull } ?? false }

    /// A number of bytes (`5gb`); nil for what is none.
    func bytes(_ setting: MLSetting) -> Int? {
        let text = text(setting).lowercased()
        let digits = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        let units = ["": 0, "b": 0, "k": 10, "kb": 10, "m": 20, "mb": 20, "g": 30, "gb": 30, "t": 40, "tb": 40]
        guard let number = Double(digits), let shift = units[String(text.dropFirst(digits.count))] else { return nil }
        return Int(exactly: (number * Double(1 << shift)).rounded())
    }

    /// Who owns a model group that is made now; nil where nobody looks at callers.
    var groupOwner: Caller? { flag(MLSetting.checksModelAccess) ? MLCommons.caller : nil }

    /// Who owns a connector that is made now; nil where nobody looks at callers.
    var connectorOwner: Caller? { flag(MLSetting.checksConnectorAccess) ? MLCommons.caller : nil }

    /// The elements of a list, which may also be a text with commas; nil where nothing is set.
    func texts(_ setting: MLSetting) -> [String]? {
        switch value(setting) {
        case .array(let values)?: values.compactMap(\.string)
        case .string(let text)?: text.split(separator: ",").map(String.init)
        default: nil
        }
    }

    /// Whether models may come from an address.
    func trusts(_ url: String) throws(MLError) -> Bool {
        let pattern = text(MLSetting.trustedURLs)
        guard let expression = try? Regex(pattern) else {
            throw .illegalArgument(
                "\(MLSetting.trustedURLs.name) is not a regular expression; set another one with PUT /_cluster/settings"
            )
        }
        return url.firstMatch(of: expression) != nil
    }
}
