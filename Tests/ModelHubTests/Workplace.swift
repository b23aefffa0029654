import Foundation
import ModelHub
import Synchronization
import Testing

/// A temporary cache and a hub that uses it, patient for microseconds instead of seconds.
struct Workplace: Sendable {
    let folder: String
    var settings: HubSettings
    let events = Events()

    final class Events: Sendable {
        private let all = Mutex<[HubEvent]>([])
        func add(_ event: HubEvent) { all.withLock { $0.append(event) } }
        var list: [HubEvent] { all.withLock { $0 } }
    }

    static func with<Result>(_ body: (Workplace) async throws -> Result) async throws -> Result {
        let url = FileManager.default.temporaryDirectory.appending(path: "needletail-hub-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        var settings = HubSettings(home: url.path)
        settings.retryDelay = .microseconds(100)
        settings.longestRetryDelay = .milliseconds(20)
        return try await body(Workplace(folder: url.path, settings: settings))
    }

    var repositoryFolder: String { settings.cacheFolder + "/models--org--model" }

    func pull(
        _ text: String = "org/model", from server: TestServer? = nil, fetching: ModelHub.Fetching = .newest,
        _ change: (inout HubSettings) -> Void = { _ in }
    ) async throws -> ResolvedModel {
        var settings = settings
        if let server { settings.endpoint = server.address }
        change(&settings)
        return try await ModelHub(settings: settings).resolve(try ModelReference(text), fetching: fetching) {
            [events] in
            events.add($0)
        }
    }

    /// The error of a pull that must fail.
    func failure(
        _ text: String = "org/model", from server: TestServer? = nil, fetching: ModelHub.Fetching = .newest,
        _ change: (inout HubSettings) -> Void = { _ in }, sourceLocation: SourceLocation = #_sourceLocation
    ) async -> HubError? {
        do {
            let model = try await pull(text, from: server, fetching: fetching, change)
            Issue.record("no error, but \(model)", sourceLocation: sourceLocation)
        } catch let error as HubError {
            return error
        } catch {
            Issue.record("another error: \(error)", sourceLocation: sourceLocation)
        }
        return nil
    }

    /// All files below a folder, links included, relative to it.
    func files(_ folder: String) -> Set<String> {
        var names: Set<String> = []
        let enumerator = FileManager.default.enumerator(atPath: folder)
        while let name = enumerator?.nextObject() as? String {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
            if !exists || !isFolder.boolValue { names.insert(name) }
        }
        return names
    }

    func bytes(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map { [UInt8]($0) } }
}
