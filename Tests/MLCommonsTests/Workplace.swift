import ClusterState
import Foundation
import HTTPTypes
import JSON
import MLCommons
import Routing
import Synchronization
import Testing

/// A node's ML Commons over a temporary data folder, with a host and a supply that are made up, asked through its paths.
final class Workplace: Sendable {
    let path: String
    let host: FakeHost
    let remote = RemoteService()
    let supply = FakeSupply()
    let clock = FakeClock()
    let machine = FakeMachine()
    let trainer = FakeTrainer()
    private let running: Mutex<Running>

    private struct Running {
        var folder: DataFolder
        var metadata: MetadataStore
        var commons: MLCommons
        var routes: RouteTable
    }

    /// What an operation answered.
    struct Answer: Sendable {
        let status: Int
        let body: JSONValue

        subscript(_ name: String) -> JSONValue? { body[name] }
        var reason: String? { body["error"]?["reason"]?.string }
        var type: String? { body["error"]?["type"]?.string }
    }

    private init(path: String) throws {
        self.path = path
        host = FakeHost()
        running = Mutex(try Self.open(path, host, supply, machine, remote, trainer, now: { [clock] in clock.now }))
    }

    private static func open(
        _ path: String, _ host: FakeHost, _ supply: FakeSupply, _ machine: FakeMachine,
        _ remote: RemoteService, _ trainer: FakeTrainer,
        now: @escaping @Sendable () -> Int64
    )
        throws -> Running
    {
        let folder = try DataFolder(path: path)
        return Self.running(folder, try MetadataStore(folder), path, host, supply, machine, remote, trainer, now: now)
    }

    private static func running(
        _ folder: DataFolder, _ metadata: MetadataStore, _ path: String, _ host: FakeHost, _ supply: FakeSupply,
        _ machine: FakeMachine, _ remote: RemoteService, _ trainer: FakeTrainer, now: @escaping @Sendable () -> Int64
    ) -> Running {
        let commons = MLCommons(
            metadata: metadata, folder: path + "/models", supply: supply, host: host, resources: machine.resources,
            connectors: ConnectorServices(transport: remote, cipher: remote), fineTuning: trainer, now: now)
        var routes = RouteTable(fallback: Faults())
        for operation in commons.operations {
            for (number, path) in operation.paths.enumerated() {
                for method in operation.methods {
                    routes.add(
                        Route(
                            method, PathTemplate(path), name: "\(operation.name).\(number).\(method.rawValue)",
                            ignoresTrailingSlash: true, faults: Faults()
                        ) { request in
                            var parameters: [String: String] = [:]
                            for item in request.query.items { parameters[item.name] = item.value }
                            for (name, value) in request.parameters { parameters[name] = value }
                            let reply = try await operation.handler(
                                MLRequest(parameters: parameters, body: request.body))
                            let status = HTTPResponse.Status(code: reply.status)
                            switch reply.content {
                            case .document(let value): return APIResponse(status: status, json: value)
                            case .json(let bytes):
                                return APIResponse(status: status, contentType: "application/json", body: bytes)
                            case .page(let html): return APIResponse(status: status, json: ["page": .string(html)])
                            }
                        })
                }
            }
        }
        return Running(folder: folder, metadata: metadata, commons: commons, routes: routes)
    }

    static func with(_ body: (Workplace) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "needletail-ml-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        let place = try Workplace(path: url.path)
        try await body(place)
        await place.commons.stop()
        place.close()
    }

    var commons: MLCommons { running.withLock { $0.commons } }
    var metadata: MetadataStore { running.withLock { $0.metadata } }
    var nodeID: String { metadata.current.nodeID }

    private func close() {
        running.withLock {
            $0.metadata.close()
            $0.folder.release()
        }
    }

    /// Ends the node as a crash does, as far as one process can: what is at work is cancelled and writes nothing more.
    ///
    /// - Returns: What the new node said when it started.
    @discardableResult
    func crash(settle: Bool = true, beforeStart: () throws -> Void = {}) async throws -> [String] {
        let old = running.withLock { ($0.commons, $0.metadata, $0.folder) }
        old.1.close()
        await old.0.stop()
        old.2.release()
        host.forgetAll()
        host.gate.open()
        supply.gate.open()
        try beforeStart()
        let next = try Self.open(path, host, supply, machine, remote, trainer, now: { [clock] in clock.now })
        running.withLock { $0 = next }
        let notes = try next.commons.start()
        if settle { await next.commons.settle() }
        return notes
    }

    func set(_ name: String, _ value: String) throws {
        try metadata.update { $0[.setting, "plugins.ml_commons.\(name)"] = .string(value) }
    }

    // MARK: Requests

    @discardableResult
    func call(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil) async throws -> Answer {
        try await send(method, path, body?.serializedBytes() ?? [])
    }

    func send(_ method: HTTPRequest.Method, _ path: String, _ bytes: [UInt8]) async throws -> Answer {
        let parts = path.split(separator: "?", maxSplits: 1)
        let routes = running.withLock { $0.routes }
        guard case .route(let route, let parameters) = routes.match(method, "/_plugins/_ml" + parts[0]) else {
            return Answer(status: 404, body: ["error": "no route"])
        }
        var request = APIRequest(method: method, path: String(parts[0]), body: bytes)
        request.query = QueryParameters(parts.count > 1 ? parts[1] : "")
        request.parameters = parameters
        do {
            let response = try await route.handler(request)
            return Answer(status: response.status.code, body: try JSONValue(parsing: response.body))
        } catch let error as MLError {
            return Answer(
                status: error.status,
                body: ["error": ["type": .string(error.type), "reason": .string(error.reason)]])
        } catch let error as JSONError {
            return Answer(
                status: 400, body: ["error": ["type": "json_error", "reason": .string(error.description)]])
        }
    }

    func task(_ id: String?) async throws -> Answer { try await call(.get, "/tasks/\(id ?? "none")") }
    func model(_ id: String?) async throws -> Answer { try await call(.get, "/models/\(id ?? "none")") }

    /// Registers a pretrained model of the supply and waits.
    func register(_ name: String = FakeSupply.similarity, deploy: Bool = false) async throws -> String {
        let answer = try await call(
            .post, "/models/_register\(deploy ? "?deploy_model=true" : "")",
            ["name": .string(name), "version": "1.0.2", "model_format": "TORCH_SCRIPT"])
        await commons.settle()
        return try #require(try await task(answer["task_id"]?.string)["model_id"]?.string)
    }

    /// Registers a pretrained model of the supply, deploys it and waits.
    func deployed(_ name: String = FakeSupply.similarity) async throws -> String {
        let id = try await register(name)
        try await call(.post, "/models/\(id)/_deploy")
        await commons.settle()
        return id
    }
}

/// A machine of which tests say what it has left.
final class FakeMachine: Sendable {
    private let memory = Mutex(NodeResources.Memory(total: 1 << 30, available: 1 << 29))
    private let disk = Mutex(1 << 40)

    func set(available: Int) { memory.withLock { $0.available = available } }
    func set(free: Int) { disk.withLock { $0 = free } }

    var resources: NodeResources {
        NodeResources(memory: { self.memory.withLock { $0 } }, freeBytes: { _ in self.disk.withLock { $0 } })
    }
}

/// A time that tests move.
final class FakeClock: Sendable {
    private let time = Mutex<Int64>(1_700_000_000_000)

    /// Milliseconds since 1970.
    var now: Int64 { time.withLock { $0 } }
    func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}

/// Faults are told apart by tests before they are rendered.
private struct Faults: FaultRenderer {
    func response(for fault: APIFault, id: String) -> APIResponse {
        APIResponse(status: .internalServerError, text: fault.message)
    }
}
