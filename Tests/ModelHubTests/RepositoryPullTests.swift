import Foundation
import ModelHub
import NIOHTTP1
import Testing

/// Repositories of the hub: what is fetched, and how it lies in the cache.
@Suite struct RepositoryPullTests {
    @Test func aPullBringsTheLayoutOfHuggingfaceHub() async throws {
        let repository = FakeRepository.model()
        try await repository.serving { hub, _ in
            try await Workplace.with { place in
                let model = try await place.pull(from: hub)
                let folder = place.repositoryFolder
                #expect(model.path == "\(folder)/snapshots/\(repository.commit)")
                #expect(model.revision == repository.commit)
                #expect(!model.wasCached)
                #expect(place.bytes("\(folder)/refs/main") == [UInt8](repository.commit.utf8))
                #expect(place.files(model.path) == FakeRepository.needed)
                for name in FakeRepository.needed {
                    let target = try FileManager.default.destinationOfSymbolicLink(atPath: "\(model.path)/\(name)")
                    #expect(target == "../../blobs/\(repository.etag(name))")
                    #expect(place.bytes("\(model.path)/\(name)") == repository.files[name])
                }
                #expect(place.files("\(folder)/blobs") == Set(FakeRepository.needed.map(repository.etag)))
                let locks = place.files("\(place.settings.cacheFolder)/.locks/models--org--model")
                #expect(locks == Set(FakeRepository.needed.map { repository.etag($0) + ".lock" }))
                let tag = String(
                    decoding: place.bytes("\(place.settings.cacheFolder)/CACHEDIR.TAG") ?? [], as: UTF8.self)
                #expect(tag.hasPrefix("Signature: 8a477f597d28d172789f06886806bc55"))
            }
        }
    }

    @Test func aSecondPullFetchesNothing() async throws {
        try await FakeRepository.model().serving { hub, store in
            try await Workplace.with { place in
                _ = try await place.pull(from: hub)
                let bodies = hub.requests.filter { $0.method == .GET && $0.path.contains("/resolve/") }.count
                let again = try await place.pull(from: hub)
                #expect(again.wasCached)
                #expect(hub.requests.filter { $0.method == .GET && $0.path.contains("/resolve/") }.count == bodies)
                #expect(store.requests.count == 1)
                // With the model there, no question is asked at all.
                let asked = hub.requests.count
                #expect(try await place.pull(from: hub, fetching: .ifMissing).wasCached)
                #expect(try await place.pull(from: hub, fetching: .never).path == again.path)
                #expect(hub.requests.count == asked)
            }
        }
    }

    @Test func filesInFoldersAreLinkedFromDeeper() async throws {
        var repository = FakeRepository.model()
        repository.files["modules.json"] = [UInt8](
            #"[{"type":"sentence_transformers.models.Transformer","path":""},{"type":"sentence_transformers.models.Pooling","path":"1_Pooling"},{"type":"sentence_transformers.models.Dense","path":"2_Dense"}]"#
                .utf8)
        for name in ["1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors", "2_Dense/notes.txt"] {
            repository.files[name] = [UInt8](name.utf8)
        }
        try await repository.serving { hub, _ in
            try await Workplace.with { place in
                let model = try await place.pull(from: hub)
                #expect(
                    place.files(model.path)
                        == FakeRepository.needed.union([
                            "modules.json", "1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors",
                        ]))
                let path = "\(model.path)/1_Pooling/config.json"
                let target = try FileManager.default.destinationOfSymbolicLink(atPath: path)
                #expect(target == "../../../blobs/\(repository.etag("1_Pooling/config.json"))")
            }
        }
    }

    @Test func oneFormatOfWeightsIsEnough() async throws {
        for (removed, expected): ([String], String) in [
            ([], "model.safetensors"), (["model.safetensors"], "pytorch_model.bin"),
            (["model.safetensors", "pytorch_model.bin"], "onnx/model.onnx"),
        ] {
            var repository = FakeRepository.model()
            for name in removed { repository.files[name] = nil }
            try await repository.serving { hub, _ in
                try await Workplace.with { place in
                    let model = try await place.pull(from: hub)
                    let weights = place.files(model.path).subtracting(
                        FakeRepository.needed.subtracting(["model.safetensors"]))
                    #expect(weights == [expected])
                }
            }
        }
    }

    @Test func shardsAreFetchedAsTheIndexNamesThem() async throws {
        var repository = FakeRepository.model()
        repository.files["model.safetensors"] = nil
        repository.files["model.safetensors.index.json"] = [UInt8](
            #"{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors","c":"model-1.safetensors"}}"#.utf8)
        repository.files["model-1.safetensors"] = [1]
        repository.files["model-2.safetensors"] = [2]
        try await repository.serving { [repository] hub, _ in
            try await Workplace.with { place in
                let files = place.files(try await place.pull(from: hub).path)
                #expect(files.isSuperset(of: ["model-1.safetensors", "model-2.safetensors"]))
                #expect(!files.contains("pytorch_model.bin"))
                try FileManager.default.removeItem(
                    atPath: "\(place.repositoryFolder)/snapshots/\(repository.commit)/model-2.safetensors")
                let error = await place.failure(from: hub, fetching: .never)
                #expect(error?.kind == .offline)
                #expect(error?.reason.contains("model-2.safetensors") == true)
            }
        }
    }

    @Test func aMirrorWithoutListingIsAskedForEachName() async throws {
        var repository = FakeRepository.model()
        repository.hasListing = false
        try await repository.serving { [repository] hub, _ in
            try await Workplace.with { place in
                let model = try await place.pull(from: hub)
                #expect(model.revision == repository.commit)
                #expect(place.files(model.path) == FakeRepository.needed)
                #expect(
                    place.files("\(place.repositoryFolder)/.no_exist/\(repository.commit)").contains("vocab.txt")
                        == false)
                #expect(try await place.pull(from: hub, fetching: .never).path == model.path)
            }
        }
    }

    @Test func aBranchThatMovesIsFollowedAndTheOldSnapshotStays() async throws {
        try await Workplace.with { place in
            let old = FakeRepository.model()
            try await old.serving { hub, _ in _ = try await place.pull(from: hub) }
            var new = old
            new.commit = "fedcba9876543210fedcba9876543210fedcba98"
            new.files["config.json"] = [UInt8](#"{"model_type":"bert","x":1}"#.utf8)
            try await new.serving { [new] hub, store in
                #expect(try await place.pull(from: hub, fetching: .ifMissing).revision == old.commit)
                let model = try await place.pull(from: hub)
                #expect(model.revision == new.commit)
                #expect(place.bytes(model.path + "/config.json") == new.files["config.json"])
                // The weights are the same, so they are linked and not fetched.
                #expect(store.requests.isEmpty)
            }
            let pinned = try await place.pull("org/model@\(old.commit)", fetching: .never)
            #expect(place.bytes(pinned.path + "/config.json") == old.files["config.json"])
        }
    }

    @Test func withoutConnectionTheCacheIsUsedAndSaysSo() async throws {
        try await Workplace.with { place in
            try await FakeRepository.model().serving { hub, _ in _ = try await place.pull(from: hub) }
            let model = try await place.pull { $0.endpoint = "http://127.0.0.1:9" }
            #expect(model.wasCached)
            #expect(model.notes.count == 1)
        }
    }

    @Test func thePlanTellsSizesAndFetchesNoWeights() async throws {
        let repository = FakeRepository.model()
        try await repository.serving { hub, store in
            try await Workplace.with { place in
                var settings = place.settings
                settings.endpoint = hub.address
                let plan = try await ModelHub(settings: settings).plan(try ModelReference("org/model"))
                #expect(Set(plan.files.map(\.name)) == FakeRepository.needed)
                #expect(plan.files.allSatisfy { $0.bytes == repository.files[$0.name]?.count && !$0.isCached })
                #expect(
                    plan.bytesToFetch == FakeRepository.needed.reduce(0) { $0 + (repository.files[$1]?.count ?? 0) })
                #expect(store.requests.isEmpty)
                #expect(place.files(place.settings.cacheFolder).isEmpty)
            }
        }
    }
}
