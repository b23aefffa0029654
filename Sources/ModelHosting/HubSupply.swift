import JSON
public import MLCommons
public import ModelHub
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Brings models to ML Commons through the hub with its caches, mirrors, checksums and offline mode.
///
/// Pretrained names lead to what ``ModelHub/HubSettings/artifacts`` says: OpenSearch's artifact host, a mirror, a folder, or nowhere.
public struct HubSupply: ModelSupply {
    private let hub: ModelHub
    /// For addresses that clients name: into a folder of its own, and not everywhere.
    private let archives: ModelHub
    private let companions: CompanionModels

    /// A supply over a hub.
    ///
    /// - Parameters:
    ///   - downloads: The folder for what comes from addresses; it is removed when it was taken over.
    ///   - reachesPrivateAddresses: Whether addresses that clients name may lead to this machine and to private networks.
    ///   - companions: What came along with the server.
    public init(
        hub: ModelHub, downloads: String, reachesPrivateAddresses: Bool, companions: CompanionModels = .init()
    ) {
        self.hub = hub
        self.companions = companions
        var settings = hub.settings
        settings.artifactCacheFolder = downloads
        settings.reachesPrivateAddresses = reachesPrivateAddresses
        settings.maximumFileBytes = min(settings.maximumFileBytes, Self.largestArchive)
        archives = ModelHub(settings: settings)
    }

    /// The largest zip that ML Commons takes.
    private static let largestArchive = 4 << 30

    /// The name of the model that stands in for a pretrained one; nil if none does.
    public func standIn(forPretrained name: String) -> String? { companions.standIn(for: name)?.name }

    /// Finds a model, and fetches what is missing of it.
    public func fetch(
        _ origin: ModelOrigin, progress: @escaping @Sendable (Double) -> Void
    ) async throws(ModelSupplyError) -> SuppliedModel {
        let received = ReceivedBytes(progress)
        if case .pretrained(let name, _, _) = origin,
            let path = companions.path(of: name) ?? companions.standIn(for: name)?.path
        {
            return SuppliedModel(path: path)
        }
        do throws(HubError) {
            let reference = try Self.reference(origin)
            if case .archive = origin {
                let path = try await archives.resolve(reference, progress: received.take).path
                return SuppliedModel(path: path, isCached: true, isTemporary: true)
            }
            let path = try await hub.resolve(reference, progress: received.take).path
            let isCached = path.hasPrefix(hub.settings.artifactCacheFolder + "/")
            guard case .pretrained = origin else { return SuppliedModel(path: path, isCached: isCached) }
            return SuppliedModel(path: path, description: Self.description(beside: path), isCached: isCached)
        } catch {
            let kind: ModelSupplyError.Kind =
                switch (error.kind, origin) {
                // Object storage says "forbidden" of what it does not have.
                case (.notFound, .pretrained), (.invalidReference, .pretrained), (.forbidden, .pretrained): .notListed
                case (.checksum, _), (.size, _), (.changed, _): .changed
                default: .other
                }
            throw ModelSupplyError(kind, error.description)
        }
    }

    private static func reference(_ origin: ModelOrigin) throws(HubError) -> ModelReference {
        switch origin {
        case .pretrained(let name, let version, let format):
            .artifact(
                try ArtifactName(name: name, version: version, format: format == .onnx ? .onnx : .torchScript))
        case .archive(let url, let sha256): try archive(url, sha256)
        case .repository(let name): try ModelReference("hf://" + name)
        }
    }

    private static func archive(_ url: String, _ sha256: String?) throws(HubError) -> ModelReference {
        // Reading the reference refuses what is no address of a zip.
        guard case .archive(let url, _) = try ModelReference(url) else {
            throw HubError(
                .invalidReference, url, reason: "this is not the address of a zip",
                advice: "Write https://host/path/model.zip")
        }
        return .archive(url: url, sha256: sha256)
    }

    /// `config.json` beside a zip; what cannot be read there is missing.
    private static func description(beside path: String) -> JSONObject? {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        guard let data = FileManager.default.contents(atPath: folder + "/config.json") else { return nil }
        return (try? JSONValue(parsing: [UInt8](data)))?.object
    }
}

/// How much of the files of a model has come.
private final class ReceivedBytes: Sendable {
    private struct State {
        var wanted = 0
        var files: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let progress: @Sendable (Double) -> Void

    init(_ progress: @escaping @Sendable (Double) -> Void) { self.progress = progress }

    func take(_ event: HubEvent) {
        let done: Double? = state.withLock { state in
            switch event {
            case .planned(let plan): state.wanted = plan.bytesToFetch
            case .received(let file, let bytes, let total):
                state.files[file] = bytes
                state.wanted = max(state.wanted, total ?? 0)
            case .finished(let file, let bytes): state.files[file] = bytes
            default: return nil
            }
            guard state.wanted > 0 else { return nil }
            return min(1, Double(state.files.values.reduce(0, +)) / Double(state.wanted))
        }
        if let done { progress(done) }
    }
}
