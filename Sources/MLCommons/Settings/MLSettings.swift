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
