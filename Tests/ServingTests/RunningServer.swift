import Access
import Glibc
import HTTPTypes
import JSON
import Logging
import NIOCore
import Routing
import Serving
import Synchronization
import Telemetry
import Testing

/// A server on a free port of the loopback address, for the length of a test.
struct RunningServer: Sendable {
    let server: Server
    let port: Int
    let metrics: MetricRegistry
    let log: LogLines

    /// Runs a server, hands it to the body, and stops it.
    static func run<Result: Sendable>(
        _ routes: [Route] = TestRoutes.all, readiness: @escaping @Sendable () -> Readiness = { Readiness(.ready) },
        handlesSignals: Bool = false, authenticator: (any Authenticating)? = nil,
        change: (inout ServerSettings) -> Void = { _ in },
        _ body: @Sendable (RunningServer) async throws -> Result
    ) async throws -> Result {
        var settings = ServerSettings()
        settings.port = 0
        settings.drainTimeout = .seconds(5)
        change(&settings)
        let metrics = MetricRegistry()
        let log = LogLines()
        var table = RouteTable(fallback: TestFaults(dialect: "fallback"))
        table.add(routes)
        let server = Server(
            routes: table, settings: settings, metrics: metrics,
            logger: Logger(label: "test") { _ in
                LineLogHandler(format: .json, level: .debug, sink: log.sink)
            }, authenticator: authenticator, version: "1.2.3", readiness: readiness)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let running = Task {
            defer { port.finish() }
            try await server.run(handlesSignals: handlesSignals) { port.yield($0) }
        }
        var iterator = ports.makeAsyncIterator()
        guard let listening = await iterator.next() else {
            try await running.value
            throw ServerDidNotStart()
        }
        let handle = RunningServer(server: server, port: listening, metrics: metrics, log: log)
        do {
            let result = try await body(handle)
            server.stop()
            server.stop()
            try await running.value
            return result
        } catch {
            server.stop()
            server.stop()
            try? await running.value
            throw error
        }
    }

    struct ServerDidNotStart: Error {}

    /// Waits until a series has a value: the server counts after its client has the answer.
    func expect(_ series: String, _ value: Double) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while metric(series) != value, .now < end { try await Task.sleep(for: .milliseconds(2)) }
        #expect(metric(series) == value, "\(series)")
    }

    /// The value of a series in `/metrics`, labels included in the name; 0 if it is not there.
    func metric(_ series: String) -> Double {
        for line in metrics.prometheusText().split(separator: "\n") where line.hasPrefix(series + " ") {
            return Double(line.dropFirst(series.count + 1)) ?? 0
        }
        return 0
    }
}

/// Log lines that a server wrote, kept in a file without a name.
final class LogLines: Sendable {
    private let descriptor: CInt
    let sink: LogSink

    init() {
        var name = Array("/tmp/needletail-log-XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        unlink(name)
        sink = LogSink(descriptor: descriptor)
    }

    deinit { close(descriptor) }

    /// All bytes so far.
    var text: String {
        sink.flush()
        let size = Int(lseek(descriptor, 0, SEEK_CUR))
        var bytes = [UInt8](repeating: 0, count: size)
        pread(descriptor, &bytes, size, 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The lines, as JSON.
    func records() throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    /// Waits for a line about a request to a path.
    func record(of path: String) async throws -> JSONValue? {
        for _ in 0..<500 {
            if let found = try records().first(where: { $0["path"]?.string == path }) { return found }
            try await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }
}

/// Faults that tell everything, so that tests can see which renderer spoke.
struct TestFaults: FaultRenderer {
    let dialect: String

    func response(for fault: APIFault, id: String) -> APIResponse {
        let status: HTTPResponse.Status =
            switch fault.kind {
            case .noRoute: .notFound
            case .wrongMethod: .methodNotAllowed
            case .unauthorized: .unauthorized
            case .forbidden: .forbidden
            case .bodyTooLarge: .contentTooLarge
            case .headersTooLarge: .requestHeaderFieldsTooLarge
            case .unsupportedMediaType, .badContentEncoding: .unsupportedMediaType
            case .slowRequest: .requestTimeout
            case .stopping, .overloaded: .serviceUnavailable
            case .internalError: .internalServerError
            default: .badRequest
            }
        return APIResponse(
            status: status,
            json: .object([
                "dialect": .string(dialect), "kind": .string("\(fault.kind)"), "message": .string(fault.message),
                "id": .string(id), "setting": fault.setting.map { .string($0) } ?? .null,
            ]))
    }
}

/// Routes that do what tests need.
enum TestRoutes {
    struct Mishap: Error { let secret = "swordfish" }

    static let cancelled = Atomic<Int>(0)

    static let all: [Route] = [
        Route(.post, "/echo", name: "echo", faults: TestFaults(dialect: "echo")) { request in
            var response = APIResponse(contentType: request.mediaType ?? "text/plain", body: request.body)
            response.logFields = [("model", "tiny"), ("texts", "3")]
            return response
        },
        Route(.post, "/count", name: "count", bodyDelivery: .streamed, faults: TestFaults(dialect: "count")) {
            request in
            var (bytes, largest) = (0, 0)
            for try await part in request.bodyParts {
                bytes += part.count
                largest = max(largest, part.count)
                if let pause = request.query["pause"].flatMap({ Int($0) }) {
                    try await Task.sleep(for: .milliseconds(pause))
                }
                if request.query["impatient"] != nil { throw APIFault(.invalidValue, "enough") }
            }
            return APIResponse(text: "\(bytes) bytes")
        },
        Route(.get, "/hello", name: "hello", faults: TestFaults(dialect: "hello")) { request in
            APIResponse(text: "hello \(request.query["name"] ?? "world")")
        },
        Route(.get, "/open", name: "open", access: .open, faults: TestFaults(dialect: "open")) { _ in
            APIResponse(text: "open")
        },
        Route(.get, "/items/{name}", name: "item", faults: TestFaults(dialect: "item")) { request in
            APIResponse(text: request.parameters["name"] ?? "")
        },
        Route(.post, "/slow", name: "slow", faults: TestFaults(dialect: "slow")) { request in
            let milliseconds = Int(String(decoding: request.body, as: UTF8.self)) ?? 100
            do { try await Task.sleep(for: .milliseconds(milliseconds)) } catch {
                cancelled.add(1, ordering: .relaxed)
                throw error
            }
            return APIResponse(text: "done")
        },
        Route(.get, "/large", name: "large", faults: TestFaults(dialect: "large")) { request in
            APIResponse(
                contentType: "text/plain",
                body: Array(repeating: UInt8(ascii: "a"), count: Int(request.query["bytes"] ?? "") ?? 1 << 20))
        },
        Route(.get, "/mishap", name: "mishap", faults: TestFaults(dialect: "mishap")) { _ in throw Mishap() },
        Route(.get, "/fault", name: "fault", faults: TestFaults(dialect: "fault")) { _ in
            throw APIFault(.overloaded, "too much", retryAfter: 7)
        },
        Route(.get, "/nothing", name: "nothing", faults: TestFaults(dialect: "nothing")) { _ in
            APIResponse(status: .noContent)
        },
    ]
}
