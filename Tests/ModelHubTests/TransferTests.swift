import Foundation
import ModelHub
import NIOHTTP1
import Testing

/// Transfers that are interrupted, slow, refused or limited, and go on or end with a named error.
@Suite struct TransferTests {
    /// Weights of more than the mebibyte that makes an attempt free.
    private let repository = FakeRepository.model(weightBytes: 3 << 20)

    private var weights: [UInt8] { repository.files["model.safetensors"] ?? [] }

    private func isGet(_ request: TestServer.Request) -> Bool { request.method == .GET }

    @Test func aTransferThatBreaksGoesOnWhereItStopped() async throws {
        try await repository.serving(store: { request, usual, counted in
            var reply = usual
            if counted < 3 { reply.ending = .breaksAfter(1_000_000) }
            return reply
        }) { hub, store in
            try await Workplace.with { place in
                let model = try await place.pull(from: hub)
                #expect(place.bytes(model.path + "/model.safetensors") == weights)
                let ranges = store.requests.map { $0.headers.first(name: "Range") }
                try #require(ranges.count == 3)
                #expect(ranges[0] == nil)
                #expect(ranges[1]?.hasPrefix("bytes=") == true && ranges[2] != ranges[1])
                #expect(place.events.list.contains { if case .retrying = $0 { true } else { false } })
            }
        }
    }

    @Test func aPullGoesOnWhereAnEarlierOneWasStopped() async throws {
        try await Workplace.with { place in
            try await repository.serving(store: { _, usual, _ in
                var reply = usual
                reply.ending = .breaksAfter(500_000)
                return reply
            }) { hub, _ in
                let error = await place.failure(from: hub) { $0.attempts = 1 }
                #expect(error?.kind == .network)
            }
            let partial = "\(place.repositoryFolder)/blobs/\(repository.etag("model.safetensors")).incomplete"
            let kept = try #require(place.bytes(partial)?.count)
            #expect(kept > 0 && kept <= 500_000)
            // The branch does not point at a snapshot that is not whole.
            #expect(place.bytes("\(place.repositoryFolder)/refs/main") == nil)
            try await repository.serving { hub, store in
                let model = try await place.pull(from: hub)
                #expect(place.bytes(model.path + "/model.safetensors") == weights)
                #expect(store.requests.map { $0.headers.first(name: "Range") } == ["bytes=\(kept)-"])
                #expect(place.bytes(partial) == nil)
            }
        }
    }

    @Test func aServerWithoutRangesSendsEverythingAgain() async throws {
        let whole = weights
        try await repository.serving(store: { _, _, counted in
            TestServer.Reply(status: 200, body: whole, ending: counted == 1 ? .breaksAfter(700_000) : .whole)
        }) { hub, store in
            try await Workplace.with { place in
                let model = try await place.pull(from: hub)
                #expect(place.bytes(model.path + "/model.safetensors") == weights)
                #expect(store.requests.count == 2)
            }
        }
    }

    @Test func aPartialFileWithWrongBytesIsFetchedAgain() async throws {
        try await repository.serving { hub, store in
            try await Workplace.with { place in
                let blobs = "\(place.repositoryFolder)/blobs"
                try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true)
                let partial = "\(blobs)/\(repository.etag("model.safetensors")).incomplete"
                try Data(repeating: 0xAA, count: 1000).write(to: URL(filePath: partial))
                let model = try await place.pull(from: hub)
                #expect(place.bytes(model.path + "/model.safetensors") == weights)
                #expect(store.requests.map { $0.headers.first(name: "Range") } == ["bytes=1000-", nil])
            }
        }
    }

    @Test(arguments: [500, 502, 503, 504, 429, 408])
    func passingTroublesAreTriedAgain(status: Int) async throws {
        try await FakeRepository.model().serving(hub: { _, usual, counted in
            counted < 3 ? TestServer.Reply(status: status, headers: ["Retry-After": "0"]) : usual
        }) { hub, _ in
            try await Workplace.with { place in
                let model = try await place.pull(from: hub)
                #expect(!model.wasCached)
                let error = await place.failure("org/model@other", from: hub) { $0.attempts = 2 }
                #expect(error?.kind == .status)
                #expect(error?.status == status)
            }
        }
    }

    @Test func retryAfterIsWaitedForUpToTheLimit() async throws {
        try await FakeRepository.model().serving(hub: { _, usual, counted in
            counted == 1 ? TestServer.Reply(status: 429, headers: ["Retry-After": "3600"]) : usual
        }) { hub, _ in
            try await Workplace.with { place in
                _ = try await place.pull(from: hub)
                let waits = place.events.list.compactMap {
                    if case .retrying(_, _, let wait) = $0 { wait } else { nil }
                }
                #expect(!waits.isEmpty && waits.allSatisfy { $0 == place.settings.longestRetryDelay })
            }
        }
    }

    @Test func aSilentServerEndsInATimeout() async throws {
        try await FakeRepository.model().serving(hub: { _, usual, _ in
            var reply = usual
            reply.ending = .silent
            return reply
        }) { hub, _ in
            try await Workplace.with { place in
                let error = await place.failure(from: hub) {
                    $0.readTimeout = .milliseconds(50)
                    $0.attempts = 2
                }
                #expect(error?.kind == .timeout)
                #expect(hub.requests.count == 2)
            }
        }
    }

    struct Refusal: Sendable {
        let status: Int
        let code: String?
        let hasToken: Bool
        let kind: HubError.Kind
        let word: String
    }

    @Test(arguments: [
        Refusal(status: 401, code: "RepoNotFound", hasToken: false, kind: .notFound, word: "HF_TOKEN"),
        Refusal(status: 404, code: "RepoNotFound", hasToken: true, kind: .notFound, word: "spelling"),
        Refusal(status: 404, code: "RevisionNotFound", hasToken: false, kind: .revisionNotFound, word: "@"),
        Refusal(status: 403, code: "GatedRepo", hasToken: true, kind: .forbidden, word: "terms"),
        Refusal(status: 401, code: nil, hasToken: false, kind: .unauthorized, word: "HF_TOKEN"),
        Refusal(status: 401, code: nil, hasToken: true, kind: .unauthorized, word: "valid"),
        Refusal(status: 403, code: nil, hasToken: true, kind: .forbidden, word: "right"),
    ])
    func refusalsSayWhatToDo(_ refusal: Refusal) async throws {
        try await FakeRepository.model().serving(hub: { _, _, _ in
            var headers: HTTPHeaders = [:]
            if let code = refusal.code { headers.add(name: "X-Error-Code", value: code) }
            return TestServer.Reply(status: refusal.status, headers: headers)
        }) { hub, _ in
            try await Workplace.with { place in
                let error = await place.failure(from: hub) { if refusal.hasToken { $0.token = HubToken("hf_secret") } }
                #expect(error?.kind == refusal.kind)
                #expect(error?.status == refusal.status)
                #expect(error?.advice?.contains(refusal.word) == true)
                #expect(hub.requests.count == 1)
                #expect(!"\(error as Any)".contains("hf_secret"))
                #expect(place.files(place.folder).isEmpty)
            }
        }
    }

    @Test func offlineAsksNobodyAndSaysWhereItLooked() async throws {
        try await repository.serving { hub, _ in
            try await Workplace.with { place in
                for fetching in ModelHub.Fetching.allCases {
                    let error = await place.failure(from: hub, fetching: fetching) { $0.isOffline = true }
                    #expect(error?.kind == .offline)
                    #expect(error?.reason.contains(place.repositoryFolder) == true)
                }
                let error = await place.failure(from: hub, fetching: .never)
                #expect(error?.advice?.contains("needletail models pull org/model") == true)
                #expect(hub.requests.isEmpty)
            }
        }
    }

    @Test func pullsAtTheSameTimeFetchEachFileOnce() async throws {
        try await repository.serving { hub, store in
            try await Workplace.with { place in
                let paths = try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<4 { group.addTask { try await place.pull(from: hub).path } }
                    return try await group.reduce(into: Set<String>()) { $0.insert($1) }
                }
                #expect(paths.count == 1)
                #expect(store.requests.count == 1)
                #expect(hub.requests.filter { isGet($0) && $0.path.hasSuffix("tokenizer.json") }.count == 1)
                #expect(place.bytes((paths.first ?? "") + "/model.safetensors") == weights)
            }
        }
    }

    @Test func aCancelledPullLeavesWhatTheNextOneNeeds() async throws {
        try await Workplace.with { place in
            try await repository.serving(store: { _, usual, _ in
                // All that is announced never comes.
                TestServer.Reply(
                    status: usual.status, headers: ["Content-Length": "\(usual.body.count)"],
                    body: Array(usual.body.prefix(400_000)))
            }) { hub, _ in
                let task = Task { try await place.pull(from: hub) }
                while !place.events.list.contains(where: { event in
                    if case .received("model.safetensors", let bytes, _) = event { bytes >= 400_000 } else { false }
                }) {
                    try await Task.sleep(for: .milliseconds(5))
                }
                task.cancel()
                let result = await task.result
                #expect(throws: HubError.self) { try result.get() }
            }
            try await repository.serving { hub, store in
                let model = try await place.pull(from: hub)
                #expect(place.bytes(model.path + "/model.safetensors") == weights)
                #expect(store.requests.first?.headers.first(name: "Range") == "bytes=400000-")
            }
        }
    }
}
