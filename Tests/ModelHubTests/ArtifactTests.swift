import Crypto
import Foundation
import ModelHub
import NIOHTTP1
import Synchronization
import Testing

/// Zips in the layout of OpenSearch's artifact host, and zips at any address.
@Suite struct ArtifactTests {
    private static let name = "huggingface/sentence-transformers/small-model"
    private let zip = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 17) }

    private func folder(_ version: String) -> String { "\(Self.name)/\(version)/onnx" }

    private func zipName(_ version: String) -> String { "sentence-transformers_small-model-\(version)-onnx.zip" }

    private func description(hash: String? = nil) -> [UInt8] {
        let hash = hash ?? FakeRepository.hex(SHA256.hash(data: zip))
        return [UInt8](
            #"{"name":"x","model_format":"ONNX","model_content_hash_value":"\#(hash)","model_content_size_in_bytes":\#(zip.count),"model_config":{}}"#
                .utf8)
    }

    /// The files of a host, by path.
    private func files(hash: String? = nil) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [
            "model_listing/pre_trained_models.json": [UInt8](
                #"[{"name":"other","version":["9.0.0"]},{"name":"\#(Self.name)","version":["1.0.9","1.0.10"],"format":["onnx"]}]"#
                    .utf8)
        ]
        for version in ["1.0.9", "1.0.10"] {
            files["\(folder(version))/config.json"] = description(hash: hash)
            files["\(folder(version))/\(zipName(version))"] = zip
        }
        return files
    }

    private func serving(
        _ files: [String: [UInt8]],
        _ change: @escaping @Sendable (TestServer.Request, TestServer.Reply) -> TestServer.Reply = { $1 },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.with({ request in
            let path = request.path.split(separator: "?")[0].dropFirst("/models/".count)
            guard let bytes = files[String(path)] else { return .init(status: 404) }
            return change(request, FakeRepository.part(of: bytes, request, ["ETag": "\"v1\""]))
        }) { try await body($0) }
    }

    @Test func aNameBringsZipAndDescription() async throws {
        try await serving(files()) { host in
            try await Workplace.with { place in
                func pull() async throws -> ResolvedModel {
                    try await place.pull("\(Self.name)@1.0.9:onnx") { $0.artifacts = host.address + "/models" }
                }
                let model = try await pull()
                let folder = "\(place.settings.artifactCacheFolder)/artifacts/\(folder("1.0.9"))"
                #expect(model.path == "\(folder)/\(zipName("1.0.9"))")
                #expect(model.revision == "1.0.9" && !model.wasCached && model.notes.isEmpty)
                #expect(place.bytes(model.path) == zip)
                #expect(place.bytes("\(folder)/config.json") == description())
                let asked = host.requests.count
                let again = try await pull()
                #expect(again.wasCached && again.path == model.path)
                #expect(host.requests.count == asked)
            }
        }
    }

    @Test func withoutAVersionTheNewestIsTaken() async throws {
        try await serving(files()) { host in
            try await Workplace.with { place in
                let model = try await place.pull("\(Self.name):onnx") { $0.artifacts = host.address + "/models" }
                #expect(model.revision == "1.0.10")
                #expect(try await place.pull("\(Self.name):onnx", fetching: .never).revision == "1.0.10")
                let error = await place.failure("huggingface/a/b") { $0.artifacts = host.address + "/models" }
                #expect(error?.kind == .notFound)
            }
        }
    }

    @Test func aWrongHashLeavesNoZip() async throws {
        let hash = FakeRepository.hex(SHA256.hash(data: [1]))
        try await serving(files(hash: hash)) { host in
            try await Workplace.with { place in
                let error = await place.failure("\(Self.name)@1.0.9:onnx") { $0.artifacts = host.address + "/models" }
                #expect(error?.kind == .checksum)
                #expect(!place.files(place.folder).contains { $0.hasSuffix(".zip") || $0.hasSuffix(".incomplete") })
                #expect(await place.failure("\(Self.name)@1.0.9:onnx", fetching: .never)?.kind == .offline)
            }
        }
    }

    @Test func aStoppedTransferGoesOn() async throws {
        try await Workplace.with { place in
            try await serving(
                files(),
                { request, reply in
                    var reply = reply
                    if request.path.hasSuffix(".zip") { reply.ending = .breaksAfter(2000) }
                    return reply
                }
            ) { host in
                let error = await place.failure("\(Self.name)@1.0.9:onnx") {
                    $0.artifacts = host.address + "/models"
                    $0.attempts = 1
                }
                #expect(error?.kind == .network)
            }
            try await serving(files()) { host in
                let model = try await place.pull("\(Self.name)@1.0.9:onnx") { $0.artifacts = host.address + "/models" }
                #expect(place.bytes(model.path) == zip)
                let last = host.requests.last { $0.path.hasSuffix(".zip") }
                #expect(last?.headers.first(name: "Range") == "bytes=2000-")
            }
        }
    }

    @Test func aFolderStandsInForTheHost() async throws {
        try await Workplace.with { place in
            let mirror = place.folder + "/mirror"
            for (name, bytes) in files() {
                let url = URL(filePath: "\(mirror)/\(name)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(bytes).write(to: url)
            }
            for base in [mirror, "file://" + mirror] {
                let model = try await place.pull("\(Self.name):onnx", fetching: .never) { $0.artifacts = base }
                #expect(model.path == "\(mirror)/\(folder("1.0.10"))/\(zipName("1.0.10"))")
            }
            try Data(description(hash: FakeRepository.hex(SHA256.hash(data: [1])))).write(
                to: URL(filePath: "\(mirror)/\(folder("1.0.9"))/config.json"))
            #expect(await place.failure("\(Self.name)@1.0.9:onnx") { $0.artifacts = mirror }?.kind == .checksum)
            #expect(await place.failure("\(Self.name)@2.0.0:onnx") { $0.artifacts = mirror }?.kind == .notFound)
            #expect(await place.failure("\(Self.name)@1.0.9:onnx") { $0.artifacts = nil }?.kind == .offline)
        }
    }

    @Test func anotherHashAtTheSameAddressIsFetchedAgain() async throws {
        let newer = zip.reversed().map { $0 }
        let served = Mutex(zip)
        try await TestServer.with({ request in
            guard request.path.hasSuffix("/model.zip") else { return .init(status: 404) }
            return FakeRepository.part(
                of: served.withLock { $0 }, request, ["ETag": "\"\(served.withLock { $0[0] })\""])
        }) { host in
            try await Workplace.with { place in
                for bytes in [zip, newer] {
                    served.withLock { $0 = bytes }
                    let reference = ModelReference.archive(
                        url: host.address + "/model.zip", sha256: FakeRepository.hex(SHA256.hash(data: bytes)))
                    let path = try await ModelHub(settings: place.settings).resolve(reference).path
                    #expect(place.bytes(path) == bytes)
                }
            }
        }
    }

    @Test func aZipAtAnyAddressIsCheckedIfThereIsADescription() async throws {
        var all = files()
        all["plain/model.zip"] = zip
        all["described/model.zip"] = zip
        all["described/config.json"] = description()
        all["wrong/model.zip"] = zip
        all["wrong/config.json"] = description(hash: FakeRepository.hex(SHA256.hash(data: [1])))
        try await serving(all) { host in
            try await Workplace.with { place in
                let plain = try await place.pull(host.address + "/models/plain/model.zip?key=1")
                #expect(place.bytes(plain.path) == zip)
                #expect(plain.notes.count == 1)
                let described = try await place.pull(host.address + "/models/described/model.zip")
                #expect(described.notes.isEmpty && described.path.hasSuffix("/model.zip"))
                #expect(await place.failure(host.address + "/models/wrong/model.zip")?.kind == .checksum)
                #expect(await place.failure(host.address + "/models/none.zip")?.kind == .notFound)
                let asked = host.requests.count
                #expect(
                    try await place.pull(host.address + "/models/plain/model.zip?key=1", fetching: .ifMissing).wasCached
                )
                #expect(host.requests.count == asked)
            }
        }
    }
}
