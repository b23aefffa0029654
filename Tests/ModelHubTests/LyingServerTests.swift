import Foundation
import ModelHub
import NIOHTTP1
import Testing

/// Servers that lie: each lie ends in a named error, and the cache holds nothing that is broken.
@Suite struct LyingServerTests {
    private let repository = FakeRepository.model()

    /// Pulls from a hub that answers some requests otherwise, expects a kind of error, and looks at the cache.
    private func expect(
        _ kinds: HubError.Kind...,
        hub: @escaping @Sendable (TestServer.Request, TestServer.Reply, Int) -> TestServer.Reply = {
            _, usual, _ in usual
        },
        store: @escaping @Sendable (TestServer.Request, TestServer.Reply, Int) -> TestServer.Reply = { _, usual, _ in
            usual
        },
        settings: (inout HubSettings) -> Void = { _ in }, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await repository.serving(hub: hub, store: store) { server, _ in
            try await Workplace.with { place in
                let error = await place.failure(from: server, { settings(&$0) }, sourceLocation: sourceLocation)
                let kind = try #require(error?.kind, sourceLocation: sourceLocation)
                #expect(kinds.contains(kind), "\(error as Any)", sourceLocation: sourceLocation)
                #expect(place.bytes("\(place.repositoryFolder)/refs/main") == nil, sourceLocation: sourceLocation)
                // What is complete in the cache is right.
                for name in place.files("\(place.repositoryFolder)/blobs") where !name.hasSuffix(".incomplete") {
                    let bytes = place.bytes("\(place.repositoryFolder)/blobs/\(name)")
                    #expect(
                        repository.files.contains { repository.etag($0.key) == name && $0.value == bytes }, "\(name)",
                        sourceLocation: sourceLocation)
                }
                // The truth cures it.
                try await repository.serving { honest, _ in
                    let model = try await place.pull(from: honest)
                    for name in FakeRepository.needed {
                        #expect(
                            place.bytes("\(model.path)/\(name)") == repository.files[name],
                            sourceLocation: sourceLocation)
                    }
                }
            }
        }
    }

    @Test func wrongBytesOfTheRightLength() async throws {
        try await expect(
            .checksum,
            store: { _, usual, _ in
                var reply = usual
                if !reply.body.isEmpty { reply.body[reply.body.count / 2] ^= 1 }
                return reply
            })
    }

    @Test func wrongBytesOfASmallFile() async throws {
        try await expect(
            .checksum,
            hub: { request, usual, _ in
                guard request.path.hasSuffix("/tokenizer.json"), request.method == .GET else { return usual }
                var reply = usual
                reply.body[0] ^= 1
                return reply
            })
    }

    @Test func aShorterFileThanAnnounced() async throws {
        try await expect(
            .size,
            store: { _, usual, _ in
                var reply = usual
                reply.body = Array(usual.body.dropLast(5))
                return reply
            })
        try await expect(
            .size,
            store: { _, usual, _ in
                TestServer.Reply(status: 200, body: Array(usual.body.dropLast(5)), announcesLength: false)
            })
    }

    @Test func aLongerFileThanAnnounced() async throws {
        try await expect(
            .size,
            store: { _, usual, _ in
                TestServer.Reply(status: 200, body: usual.body + [1, 2, 3], announcesLength: false)
            })
    }

    @Test func aBodyWithoutEnd() async throws {
        try await expect(
            .size,
            store: { _, usual, _ in
                TestServer.Reply(status: 200, body: usual.body, ending: .endless, announcesLength: false)
            })
    }

    @Test func aListingWithoutEnd() async throws {
        try await expect(
            .limitExceeded,
            hub: { request, usual, _ in
                guard request.path.hasPrefix("/api/") else { return usual }
                return TestServer.Reply(
                    status: 200, body: [UInt8](repeating: 0x20, count: 4096), ending: .endless, announcesLength: false)
            }, settings: { $0.maximumListingBytes = 1 << 16 })
    }

    @Test func anotherFileAfterABreak() async throws {
        try await expect(
            .changed,
            hub: { request, usual, counted in
                guard request.method == .GET, request.path.hasSuffix("/tokenizer.json") else { return usual }
                if counted == 1 {
                    var reply = usual
                    reply.ending = .breaksAfter(5)
                    return reply
                }
                var reply = usual
                reply.headers.replaceOrAdd(name: "ETag", value: "\"0000000000000000000000000000000000000000\"")
                return reply
            })
    }

    @Test func anotherRangeThanAskedFor() async throws {
        try await expect(
            .malformedResponse,
            store: { _, usual, counted in
                var reply = usual
                if counted == 1 {
                    reply.ending = .breaksAfter(1000)
                } else {
                    reply.headers.replaceOrAdd(name: "Content-Range", value: "bytes 3-2999/3000")
                }
                return reply
            })
    }

    @Test func aPageInsteadOfAnswers() async throws {
        try await expect(
            .malformedResponse,
            hub: { _, _, _ in
                TestServer.Reply(status: 200, headers: ["Content-Type": "text/html"], body: [UInt8]("<html>".utf8))
            })
    }

    @Test(arguments: ["../../../evil", "/etc/passwd", "a/../../b", "a\\\\b", "a//b", ""])
    func namesThatLeadOut(name: String) async throws {
        let listing = """
            {"sha":"\(repository.commit)","siblings":[{"rfilename":"config.json"},{"rfilename":"\(name)"}]}
            """
        try await expect(
            .unsafeName,
            hub: { request, usual, _ in request.path.hasPrefix("/api/") ? .json(listing) : usual })
    }

    @Test(arguments: ["../../evil", ".hidden", "a b", ""])
    func commitsAndETagsThatAreNoNames(word: String) async throws {
        try await expect(
            .malformedResponse,
            hub: { request, usual, _ in
                request.path.hasPrefix("/api/") ? .json(#"{"sha":"\#(word)","siblings":[]}"#) : usual
            })
        try await expect(
            .malformedResponse,
            hub: { request, usual, _ in
                var reply = usual
                if request.path.contains("/resolve/") {
                    reply.headers.replaceOrAdd(name: "X-Linked-Etag", value: "\"\(word)\"")
                }
                return reply
            })
    }

    @Test func modulesAndShardsThatLeadOut() async throws {
        for (file, text) in [
            ("modules.json", #"[{"type":"sentence_transformers.models.Dense","path":"../../x"}]"#),
            ("model.safetensors.index.json", #"{"weight_map":{"a":"../../../x"}}"#),
        ] {
            var repository = repository
            repository.files["model.safetensors"] = nil
            repository.files[file] = [UInt8](text.utf8)
            try await repository.serving { hub, _ in
                try await Workplace.with { place in
                    #expect(await place.failure(from: hub)?.kind == .unsafeName)
                }
            }
        }
    }

    @Test func redirectsInCircles() async throws {
        try await expect(
            .redirect,
            store: { request, _, _ in TestServer.Reply(status: 302, headers: ["Location": request.path]) })
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://host/x", "javascript:1", "//", "http://"])
    func redirectsToOtherThanTheWeb(location: String) async throws {
        try await expect(
            .redirect, .network,
            store: { _, _, _ in TestServer.Reply(status: 302, headers: ["Location": location]) })
    }

    @Test func moreThanTheSettingsAllow() async throws {
        try await expect(.limitExceeded, settings: { $0.maximumFileBytes = 2999 })
        try await expect(.limitExceeded, settings: { $0.maximumTotalBytes = 3000 })
        try await expect(.limitExceeded, settings: { $0.maximumFileCount = 3 })
        try await expect(
            .limitExceeded, .diskFull,
            hub: { request, usual, _ in
                var reply = usual
                if request.method == .HEAD, reply.headers.contains(name: "X-Linked-Size") {
                    reply.headers.replaceOrAdd(name: "X-Linked-Size", value: "\(Int.max)")
                }
                return reply
            })
    }

    @Test func whatIsNoModel() async throws {
        var repository = repository
        repository.files = ["README.md": [1], "model.gguf": [2], "config.json": [UInt8]("{}".utf8)]
        try await repository.serving { hub, _ in
            try await Workplace.with { place in
                let error = await place.failure(from: hub)
                #expect(error?.kind == .missingFile)
                #expect(error?.reason.contains("model.safetensors") == true)
                #expect(error?.reason.contains("tokenizer") == true)
            }
        }
    }
}
