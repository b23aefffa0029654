import ClusterAccess
import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing

/// Models brought into a cluster, also one that loses requests and replies.
@Suite struct RegistrationTests {
    private static let setting = "plugins.ml_commons.allow_registering_model_via_local_file"

    /// An archive of so many bytes, and its registration.
    private func package(_ folder: TemporaryFolder, _ name: String = "m.zip", bytes: Int = 100) throws -> ModelPackage {
        let contents = (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ name.utf8.count) }
        try folder.write(contents, to: name)
        return ModelPackage(
            path: folder.path + "/" + name,
            registration: [
                "name": "acme/search", "version": "1.0.0", "function_name": "TEXT_EMBEDDING", "model_format": "ONNX",
                "model_config": ["model_type": "bert"], "url": "file:///nowhere", "model_content_size_in_bytes": 1,
            ])
    }

    private func registration(_ package: ModelPackage) -> ModelRegistration {
        var registration = ModelRegistration(package)
        registration.interval = .milliseconds(1)
        registration.chunkBytes = 1000
        return registration
    }

    private func node(allowed: Bool = true) -> FakeNode {
        let node = FakeNode()
        if allowed { node.change { $0.settings[Self.setting] = true } }
        return node
    }

    @Test func aModelIsUploadedInPartsAndDeployed() async throws {
        try await TemporaryFolder.with { folder in
            let node = node()
            let package = try package(folder, bytes: 2001)
            let model = try await registration(package).run(on: node)
            #expect(model.id == "m0" && model.group == "g0" && model.version == "1" && model.name == "acme/search")
            #expect(model.function == "TEXT_EMBEDDING" && model.isDeployed && !model.wasThere)
            #expect(model.deploymentTask == "t0" && model.undeployed.isEmpty)
            let state = node.now
            #expect(state.groups == ["acme/search"])
            let stored = try #require(state.models.first)
            #expect(stored.chunks.keys.sorted() == [0, 1, 2])
            #expect(stored.chunks[0]?.count == 1000 && stored.chunks[2]?.count == 1)
            let bytes = try Data(contentsOf: URL(filePath: package.path))
            #expect(Data((0..<3).flatMap { stored.chunks[$0] ?? [] }) == bytes)
            #expect(stored.fields["total_chunks"] == 3 && stored.fields["model_content_size_in_bytes"] == 2001)
            #expect(stored.fields["model_content_hash_value"]?.string == model.digest && model.digest.count == 64)
            #expect(stored.fields["url"] == nil && stored.fields["model_config"] == ["model_type": "bert"])
        }
    }

    @Test func aRepeatedCallMakesNothing() async throws {
        try await TemporaryFolder.with { folder in
            let node = node()
            let first = try await registration(try package(folder)).run(on: node)
            let count = node.now.requests.count
            let second = try await registration(try package(folder)).run(on: node)
            #expect(second.id == first.id && second.wasThere && second.isDeployed && second.deploymentTask == nil)
            #expect(node.now.models.count == 1 && node.now.tasks.count == 1)
            #expect(!node.now.requests[count...].contains { $0.contains("upload_chunk") || $0.contains("_register") })
        }
    }

    @Test(arguments: [true, false]) func whateverGetsLostAnotherCallFinishes(_ arrives: Bool) async throws {
        try await TemporaryFolder.with { folder in
            let package = try package(folder, bytes: 1001)
            let whole = node()
            _ = try await registration(package).run(on: whole)
            let count = whole.now.requests.count
            #expect(count > 8)
            for number in 1...count {
                let node = node()
                node.change { if arrives { $0.unanswered = [number] } else { $0.lost = [number] } }
                await #expect(throws: ClusterError.self) { try await registration(package).run(on: node) }
                let model = try await registration(package).run(on: node)
                let state = node.now
                #expect(state.groups == ["acme/search"], "request \(number)")
                // Between the making of a model and its answer nothing knows of it: all others are found again.
                #expect(state.models.count == 1, "request \(number)")
                #expect(state.models[0].chunks.count == 2 && model.isDeployed, "request \(number)")
            }
        }
    }

    @Test func anotherArchiveIsTheNextVersion() async throws {
        try await TemporaryFolder.with { folder in
            let node = node()
            _ = try await registration(try package(folder, "first.zip")).run(on: node)
            // Another function of the same group, and a model of another group, stay.
            for (name, group, function) in [
                ("another.zip", "acme/search", "TEXT_SIMILARITY"), ("far.zip", "elsewhere", "TEXT_EMBEDDING"),
            ] {
                let other = try package(folder, name)
                var fields = other.registration.object ?? [:]
                fields["function_name"] = .string(function)
                var registration = registration(ModelPackage(path: other.path, registration: .object(fields)))
                registration.group = group
                _ = try await registration.run(on: node)
            }
            var next = registration(try package(folder, "second-model.zip"))
            next.undeploysEarlier = true
            let model = try await next.run(on: node)
            #expect(model.version == "3" && model.undeployed == ["m0"])
            #expect(node.now.models.map(\.state) == ["UNDEPLOYED", "DEPLOYED", "DEPLOYED", "DEPLOYED"])
            #expect(node.now.groups == ["acme/search", "elsewhere"])
        }
    }

    @Test func uploadsHaveToBeAllowed() async throws {
        try await TemporaryFolder.with { folder in
            let node = node(allowed: false)
            let package = try package(folder)
            let error = await #expect(throws: ClusterError.self) { try await registration(package).run(on: node) }
            #expect(error?.status == 400 && error?.advice.contains(Self.setting) == true)
            var allowing = registration(package)
            allowing.allowsUploads = true
            #expect(try await allowing.run(on: node).isDeployed)
            #expect(node.now.settings[Self.setting] == true)
        }
    }

    @Test func failuresOfDeploymentsTellTheReason() async throws {
        try await TemporaryFolder.with { folder in
            let node = node()
            node.change { $0.deploymentFailure = "not enough memory" }
            let package = try package(folder)
            let error = await #expect(throws: ClusterError.self) { try await registration(package).run(on: node) }
            #expect(error?.code == .incomplete)
            #expect(error?.reason == "the deployment of model m0 failed: not enough memory")
            node.change { $0.deploymentFailure = nil }
            #expect(try await registration(package).run(on: node).id == "m0")
            // A model that stays in between.
            let slow = self.node()
            var hurried = registration(package)
            hurried.patience = .zero
            let late = await #expect(throws: ClusterError.self) { try await hurried.run(on: slow) }
            #expect(late?.reason.contains("was not deployed within") == true)
            hurried.deploys = false
            #expect(try await hurried.run(on: slow).isDeployed == false)
        }
    }

    @Test func aModelWhoseUploadFailedIsMadeAnew() async throws {
        try await TemporaryFolder.with { folder in
            let node = node()
            _ = try await registration(try package(folder)).run(on: node)
            node.change { $0.models[0].state = "REGISTER_FAILED" }
            let model = try await registration(try package(folder)).run(on: node)
            #expect(model.id == "m1" && !model.wasThere && model.isDeployed)
        }
    }

    @Test func partsHaveTheSizeThatMLCommonsTakes() async throws {
        try await TemporaryFolder.with { folder in
            var registration = ModelRegistration(try package(folder))
            #expect(registration.chunkBytes == 10_000_000)
            for bytes in [0, 10_000_001] {
                registration.chunkBytes = bytes
                await #expect(throws: ClusterError.self) { try await registration.run(on: node()) }
            }
        }
    }

    @Test func filesThatAreMissingAreErrors() async throws {
        try await TemporaryFolder.with { folder in
            let missing = ModelPackage(path: folder.path + "/none.zip", registration: ["name": "x"])
            await #expect(throws: ModelFileError.self) { try await registration(missing).run(on: node()) }
            try folder.write([], to: "empty.zip")
            let empty = ModelPackage(path: folder.path + "/empty.zip", registration: ["name": "x"])
            await #expect(throws: ModelFileError.self) { try await registration(empty).run(on: node()) }
            try folder.write(#"{"name": "acme/x"}"#, to: "x.register.json")
            let read = try ModelPackage(registrationPath: folder.path + "/x.register.json")
            #expect(read.path == folder.path + "/x.zip" && read.registration["name"] == "acme/x")
            #expect(ModelRegistration(read).group == "acme/x")
            try folder.write(#"{"name": "#, to: "y.register.json")
            #expect(throws: ModelFileError.self) {
                try ModelPackage(registrationPath: folder.path + "/y.register.json")
            }
            #expect(throws: ModelFileError.self) { try ModelPackage(registrationPath: folder.path + "/x.zip") }
        }
    }
}
