#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension HubSettings {
    /// The settings that the variables of a process mean.
    ///
    /// A leading `~` of a path is the home folder. The file of the token is read here.
    ///
    /// - Parameter environment: For example `ProcessInfo.processInfo.environment`.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let home = value("HOME") ?? "/"
        func path(_ name: String) -> String? {
            value(name).map { path in
                path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
            }.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        }
        self.init(home: home)
        let caches = path("XDG_CACHE_HOME") ?? home + "/.cache"
        let hubHome = path("HF_HOME") ?? caches + "/huggingface"
        cacheFolder = path("HF_HUB_CACHE") ?? path("HUGGINGFACE_HUB_CACHE") ?? hubHome + "/hub"
        artifactCacheFolder = path("NEEDLETAIL_ARTIFACT_CACHE") ?? caches + "/needletail"
        if let named = value("HF_ENDPOINT") {
            var address = Substring(named)
            while address.hasSuffix("/") { address.removeLast() }
            endpoint = String(address)
        }
        if let named = environment["NEEDLETAIL_ARTIFACTS"] {
            artifacts = ["", "off"].contains(named) ? nil : path("NEEDLETAIL_ARTIFACTS")
        }
        let offline = value("HF_HUB_OFFLINE") ?? value("TRANSFORMERS_OFFLINE") ?? ""
        isOffline = ["1", "ON", "YES", "TRUE"].contains(offline.uppercased())
        if let seconds = value("HF_HUB_DOWNLOAD_TIMEOUT").flatMap({ Int($0) }), (1...86_400).contains(seconds) {
            readTimeout = .seconds(seconds)
        }
        let stated = [value("HF_TOKEN"), value("HUGGING_FACE_HUB_TOKEN")].compactMap { $0 }.compactMap(HubToken.init)
        token = stated.first ?? Self.token(in: path("HF_TOKEN_PATH") ?? hubHome + "/token")
    }

    private static func token(in path: String) -> HubToken? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 4096 else { return nil }
        return HubToken(String(decoding: data, as: UTF8.self))
    }
}
