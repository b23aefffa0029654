import Foundation
import JSON
import ModelHub
import NIOHTTP1
import TestSupport
import Testing

/// `needletail models pull` as a user runs it.
@Suite struct PullCommandTests {
    private let repository = FakeRepository.model(weightBytes: 600_000)

    @Test func itPrintsThePathAndTellsWhatItDoes() async throws {
        try await repository.serving { hub, _ in
            try await Workplace.with { place in
                let first = try await PullCommand.run(["models", "pull", "org/model"], in: place, from: hub)
                #expect(first.status == 0, "\(first.errors)")
                #expect(first.output == "\(place.repositoryFolder)/snapshots/\(repository.commit)\n")
                #expect(first.errors.contains("org/model: 4 files, 600.0 kB to fetch"))
                #expect(first.errors.contains("model.safetensors (600.0 kB): fetching"))
                #expect(first.errors.contains("model.safetensors: done"))
                #expect(!first.errors.contains("\u{1B}"))
                let second = try await PullCommand.run(["models", "pull", "org/model"], in: place, from: hub)
                #expect(second.output == first.output)
                #expect(second.errors.contains("org/model: already cached"))
                let quiet = try await PullCommand.run(
                    ["models", "pull", "org/model", "--quiet", "--format", "jsonl"], in: place, from: hub)
                #expect(quiet.errors.isEmpty)
                let answer = try JSONValue(parsing: quiet.output)
                #expect(answer["revision"]?.string == repository.commit)
                #expect(answer["cached"]?.bool == true)
                #expect(answer["path"]?.string.map { $0 + "\n" } == first.output)
            }
        }
    }

    @Test func offlineAndDryRunFetchNothing() async throws {
        try await repository.serving { hub, store in
            try await Workplace.with { place in
                let offline = try await PullCommand.run(
                    ["models", "pull", "org/model", "--offline"], in: place, from: hub)
                #expect(offline.status == 66)
                #expect(offline.errors.contains("not in the cache (looked in \(place.repositoryFolder))"))
                #expect(hub.requests.isEmpty)
                let plan = try await PullCommand.run(
                    ["models", "pull", "org/model", "--dry-run"], in: place, from: hub)
                #expect(plan.status == 0, "\(plan.errors)")
                #expect(plan.output.contains("model.safetensors") && plan.output.contains("to fetch"))
                #expect(!plan.output.contains("pytorch_model.bin"))
                let lines = try await PullCommand.run(
                    ["models", "pull", "org/model", "--dry-run", "--format", "jsonl"], in: place, from: hub)
                #expect(try JSONValue(parsing: lines.output)["files"]?.array?.count == 4)
                #expect(store.requests.isEmpty)
                _ = try await PullCommand.run(["models", "pull", "org/model"], in: place, from: hub)
                let found = try await PullCommand.run(
                    ["models", "pull", "org/model", "--offline"], in: place, from: hub)
                #expect(found.status == 0)
            }
        }
    }

    @Test func failuresHaveAStatusAndASentence() async throws {
        try await repository.serving { hub, _ in
            try await Workplace.with { place in
                for (arguments, status, word): ([String], Int32, String) in [
                    (["org/none"], 66, "there is no such repository, or it is private"),
                    (["org/model@none"], 66, "no such revision"),
                    (["org/model", "--revision", ".."], 64, "not a revision"),
                    (["./none"], 66, "no such file"),
                    (["org/model", "org/other", "--to", "x"], 64, "--to takes one model"),
                ] {
                    let result = try await PullCommand.run(["models", "pull"] + arguments, in: place, from: hub)
                    #expect(result.status == status, "\(arguments): \(result.errors)")
                    #expect(result.errors.contains(word), "\(arguments): \(result.errors)")
                    #expect(result.output.isEmpty)
                }
                let token = ["HF_TOKEN": "hf_secret", "HF_ENDPOINT": "http://127.0.0.1:9"]
                let refused = try await PullCommand.run(
                    ["models", "pull", "huggingface/a/b@1:onnx"], in: place,
                    environment: token.merging(["NEEDLETAIL_ARTIFACTS": place.folder]) { $1 })
                #expect(refused.status == 66 && !refused.errors.contains("hf_secret"))
            }
        }
    }

    @Test func plainFilesGoToAFolder() async throws {
        try await repository.serving { hub, _ in
            try await Workplace.with { place in
                let result = try await PullCommand.run(
                    ["models", "pull", "org/model", "--to", "./copy"], in: place, from: hub)
                #expect(result.output == "./copy\n")
                let copy = place.folder + "/copy"
                #expect(place.files(copy) == FakeRepository.needed)
                for name in FakeRepository.needed {
                    #expect(place.bytes("\(copy)/\(name)") == repository.files[name])
                    #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: "\(copy)/\(name)")) == nil)
                }
            }
        }
    }

    @Test func twoProcessesFetchEachFileOnce() async throws {
        try await repository.serving { hub, store in
            try await Workplace.with { place in
                let commands = try (0..<2).map { _ in
                    try PullCommand(
                        ["models", "pull", "org/model"], in: place, environment: ["HF_ENDPOINT": hub.address])
                }
                for command in commands { try command.start() }
                for command in commands {
                    let result = try await command.result()
                    #expect(result.status == 0, "\(result.errors)")
                }
                #expect(store.requests.count == 1)
                let path = "\(place.repositoryFolder)/snapshots/\(repository.commit)/model.safetensors"
                #expect(place.bytes(path) == repository.files["model.safetensors"])
            }
        }
    }

    @Test func anInterruptLeavesWhatTheNextPullNeeds() async throws {
        try await Workplace.with { place in
            let partial = "\(place.repositoryFolder)/blobs/\(repository.etag("model.safetensors")).incomplete"
            try await repository.serving(store: { _, usual, _ in
                TestServer.Reply(
                    status: 200, headers: ["Content-Length": "\(usual.body.count)"],
                    body: Array(usual.body.prefix(400_000)))
            }) { hub, _ in
                let command = try PullCommand(
                    ["models", "pull", "org/model"], in: place, environment: ["HF_ENDPOINT": hub.address])
                try command.start()
                while place.bytes(partial)?.count != 400_000 { try await Task.sleep(for: .milliseconds(5)) }
                command.interrupt()
                let result = try await command.result()
                #expect(result.status == 130)
                #expect(result.errors.contains("goes on where this one was"))
                #expect(result.output.isEmpty)
            }
            try await repository.serving { hub, store in
                let result = try await PullCommand.run(["models", "pull", "org/model"], in: place, from: hub)
                #expect(result.status == 0)
                #expect(result.errors.contains("going on after 400.0 kB"))
                #expect(store.requests.first?.headers.first(name: "Range") == "bytes=400000-")
            }
        }
    }

    @Test func commandsFindACachedModelByItsName() async throws {
        var repository = FakeRepository()
        for name in ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"] {
            repository.files[name] = try Fixture.bytes("encoders/models/bert-cross/\(name)")
        }
        try await repository.serving { hub, _ in
            try await Workplace.with { place in
                let before = try await PullCommand.run(["models", "inspect", "org/model"], in: place, from: hub)
                #expect(before.status == 66)
                #expect(before.errors.contains("needletail models pull org/model"))
                #expect(hub.requests.isEmpty)
                _ = try await PullCommand.run(["models", "pull", "org/model"], in: place, from: hub)
                let asked = hub.requests.count
                let inspected = try await PullCommand.run(["models", "inspect", "org/model"], in: place, from: hub)
                #expect(inspected.status == 0, "\(inspected.errors)")
                let listed = try await PullCommand.run(["models", "list", "--format", "jsonl"], in: place, from: hub)
                #expect(listed.output.contains(#""name":"org/model""#))
                #expect(hub.requests.count == asked)
            }
        }
    }
}
