import Crypto
import NIOHTTP1
import Synchronization

/// A repository of the hub as the real one serves it: small files itself, large ones by a redirect to a store, a listing, and errors
/// with their codes.
struct FakeRepository: Sendable {
    var id = "org/model"
    var commit = "0123456789abcdef0123456789abcdef01234567"
    var branch = "main"
    /// Contents by name.
    var files: [String: [UInt8]] = [:]
    /// Which files are large: they have SHA-256 ETags and lie in the store.
    var large: Set<String> = []
    /// The address of the store; nil makes the hub serve everything.
    var store: String?
    /// Whether the hub has the interface that lists files.
    var hasListing = true

    /// A model that `ModelFolder` can read, and files that nobody needs.
    static func model(weightBytes: Int = 3000) -> FakeRepository {
        var repository = FakeRepository()
        repository.files = [
            "config.json": [UInt8](#"{"model_type":"bert"}"#.utf8), "tokenizer.json": [UInt8](#"{"model":{}}"#.utf8),
            "tokenizer_config.json": [UInt8]("{}".utf8), "README.md": [UInt8]("# read me".utf8),
            "model.safetensors": (0..<weightBytes).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) },
            "pytorch_model.bin": [UInt8](repeating: 7, count: 64), "onnx/model.onnx": [UInt8](repeating: 8, count: 64),
        ]
        repository.large = ["model.safetensors", "pytorch_model.bin", "onnx/model.onnx"]
        return repository
    }

    /// The files that a pull of ``model(weightBytes:)`` brings.
    static let needed: Set<String> = ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"]

    func etag(_ name: String) -> String {
        let bytes = files[name] ?? []
        return large.contains(name)
            ? Self.hex(SHA256.hash(data: bytes))
            : Self.hex(Insecure.SHA1.hash(data: [UInt8]("blob \(bytes.count)\0".utf8) + bytes))
    }

    /// The hub's answer.
    func answer(_ request: TestServer.Request) -> TestServer.Reply {
        let path = request.path
        if path.hasPrefix("/api/models/") {
            guard hasListing else { return .init(status: 404) }
            guard path.hasPrefix("/api/models/\(id)/revision/") else {
                return .init(status: 401, headers: ["X-Error-Code": "RepoNotFound"])
            }
            guard [branch, commit].contains(String(path.dropFirst("/api/models/\(id)/revision/".count))) else {
                return .init(status: 404, headers: ["X-Error-Code": "RevisionNotFound"])
            }
            let names = files.keys.sorted().map { #"{"rfilename":"\#($0)"}"# }.joined(separator: ",")
            return .json(#"{"id":"\#(id)","sha":"\#(commit)","siblings":[\#(names)]}"#)
        }
        for revision in [branch, commit] where path.hasPrefix("/\(id)/resolve/\(revision)/") {
            let name = String(path.dropFirst("/\(id)/resolve/\(revision)/".count))
            guard let bytes = files[name] else {
                return .init(status: 404, headers: ["X-Error-Code": "EntryNotFound", "X-Repo-Commit": commit])
            }
            var headers: HTTPHeaders = ["X-Repo-Commit": commit]
            if large.contains(name), let store {
                headers.add(name: "X-Linked-Etag", value: "\"\(etag(name))\"")
                headers.add(name: "X-Linked-Size", value: "\(bytes.count)")
                headers.add(name: "Location", value: "\(store)/store/\(etag(name))?X-Amz-Signature=secret")
                return .init(status: 302, headers: headers)
            }
            headers.add(name: "ETag", value: "\"\(etag(name))\"")
            return Self.part(of: bytes, request, headers)
        }
        return .init(status: 404, headers: ["X-Error-Code": "RepoNotFound"])
    }

    /// The store's answer, whose ETags are of its own kind.
    func storeAnswer(_ request: TestServer.Request) -> TestServer.Reply {
        for name in large where request.path.hasPrefix("/store/\(etag(name))") {
            return Self.part(of: files[name] ?? [], request, ["ETag": "\"store-1\""])
        }
        return .init(status: 404)
    }

    /// All of it, or the range that is asked for.
    static func part(of bytes: [UInt8], _ request: TestServer.Request, _ headers: HTTPHeaders) -> TestServer.Reply {
        var headers = headers
        guard let range = request.headers.first(name: "Range"),
            let start = Int(range.dropFirst("bytes=".count).dropLast()),
            request.headers.first(name: "If-Range").map({ $0 == headers.first(name: "ETag") }) ?? true
        else { return .init(status: 200, headers: headers, body: bytes) }
        guard start < bytes.count else { return .init(status: 416) }
        headers.add(name: "Content-Range", value: "bytes \(start)-\(bytes.count - 1)/\(bytes.count)")
        return .init(status: 206, headers: headers, body: Array(bytes[start...]))
    }

    /// Runs the hub and its store, in which a test may answer some requests otherwise: `counted` is how often that very request came.
    func serving(
        hub override:
            @escaping @Sendable (_ request: TestServer.Request, _ usual: TestServer.Reply, _ counted: Int) ->
            TestServer.Reply = { _, usual, _ in usual },
        store storeOverride:
            @escaping @Sendable (
                _ request: TestServer.Request, _ usual: TestServer.Reply, _ counted: Int
            ) -> TestServer.Reply = { _, usual, _ in usual },
        _ body: (_ hub: TestServer, _ store: TestServer) async throws -> Void
    ) async throws {
        let atHub = RequestCounts()
        let atStore = RequestCounts()
        try await TestServer.with({ storeOverride($0, storeAnswer($0), atStore.count($0)) }) { store in
            var repository = self
            repository.store = store.address
            try await TestServer.with({ [repository] in override($0, repository.answer($0), atHub.count($0)) }) { hub in
                try await body(hub, store)
            }
        }
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// How often each method and path was asked for.
private final class RequestCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func count(_ request: TestServer.Request) -> Int {
        counts.withLock { counts in
            counts["\(request.method) \(request.path)", default: 0] += 1
            return counts["\(request.method) \(request.path)"] ?? 0
        }
    }
}
