import ClusterAccess
import JSON
import Synchronization
import Testing

/// Indices encoded anew, also on a cluster that loses requests and replies.
@Suite struct ReencodingTests {
    private func node(
        mapping: JSONValue = [
            "properties": ["body": ["type": "text"], "year": ["type": "integer"]], "_meta": ["own": 1],
        ],
        settings: JSONObject = ["number_of_shards": "2", "analysis": ["filter": [:]], "blocks": ["write": "true"]]
    ) -> FakeNode {
        var state = FakeNode.State()
        var index = FakeNode.Index(mappings: mapping, settings: settings)
        for number in 0..<5 { index.documents["d\(number)"] = ["body": .string("text \(number)")] }
        state.indices["books"] = index
        state.models = [
            FakeNode.Model(fields: ["function_name": "TEXT_EMBEDDING"], state: "DEPLOYED", version: 3),
            FakeNode.Model(fields: ["function_name": "TEXT_EMBEDDING"], state: "REGISTERED", version: 4),
        ]
        return FakeNode(state)
    }

    private func reencoding(
        _ source: String = "books", model: String = "m0", target: String = "books-3", alias: String? = "library",
        encoding: IndexReencoding.Encoding = .dense(dimension: 4, space: "innerproduct"),
        fields: [String: String] = ["body": "body_embedding"]
    ) -> IndexReencoding {
        var reencoding = IndexReencoding(
            source: source, model: model, encoding: encoding, fields: fields, target: target, alias: alias)
        reencoding.interval = .milliseconds(1)
        return reencoding
    }

    @Test func anIndexIsCopiedAndTheAliasSwitched() async throws {
        let node = node()
        node.change { $0.aliases["library"] = ["books": ["filter": ["term": ["year": 2000]]]] }
        let told = Mutex<[Int]>([])
        let report = try await reencoding().run(on: node) { progress in told.withLock { $0.append(progress.done) } }
        #expect(report.source == "books" && report.target == "books-3" && report.documents == 5)
        #expect(report.alias == "library" && report.aliasBefore == ["books"] && report.pipeline == "books-3")
        #expect(told.withLock { $0 } == [0, 1, 2, 3, 4, 5])
        let state = node.now
        #expect(state.aliases["library"] == ["books-3": ["filter": ["term": ["year": 2000]]]])
        let made = try #require(state.indices["books-3"])
        #expect(made.documents.count == 5 && state.indices["books"]?.documents.count == 5)
        #expect(
            made.mappings["properties"]?["body_embedding"] == [
                "type": "knn_vector", "dimension": 4,
                "method": ["name": "hnsw", "engine": "lucene", "space_type": "innerproduct"],
            ])
        #expect(made.mappings["properties"]?["year"] == ["type": "integer"] && made.mappings["_meta"]?["own"] == 1)
        #expect(
            made.settings == [
                "number_of_shards": "2", "analysis": ["filter": [:]], "final_pipeline": "books-3", "knn": true,
            ])
        #expect(
            state.pipelines["books-3"]?["processors"] == [
                ["text_embedding": ["model_id": "m0", "field_map": ["body": "body_embedding"]]]
            ])
        #expect(node.now.requests.count { $0 == "POST /_aliases" } == 1)
    }

    @Test func sparseEncodingsHaveTheirOwnField() async throws {
        let node = node()
        let report = try await reencoding(alias: nil, encoding: .sparse, fields: ["body": "tokens"]).run(on: node)
        #expect(report.alias == nil && report.aliasBefore.isEmpty && node.now.aliases.isEmpty)
        let made = try #require(node.now.indices["books-3"])
        #expect(made.mappings["properties"]?["tokens"] == ["type": "rank_features"])
        #expect(made.settings["knn"] == nil)
        #expect(node.now.pipelines["books-3"]?["processors"]?[0]?["sparse_encoding"]?["model_id"] == "m0")
    }

    @Test(arguments: [true, false]) func whateverGetsLostAnotherCallFinishes(_ arrives: Bool) async throws {
        let whole = node()
        _ = try await reencoding().run(on: whole)
        let requests = whole.now.requests
        let count = requests.count
        let end = try #require(requests.lastIndex { $0.hasPrefix("GET /_tasks/") })
        let mark = try #require(requests.firstIndex(of: "PUT /books-3/_mapping"))
        #expect(count > 15 && mark == end + 4)
        for number in 1...count {
            let node = node()
            node.change { if arrives { $0.unanswered = [number] } else { $0.lost = [number] } }
            await #expect(throws: ClusterError.self) { try await reencoding().run(on: node) }
            let report = try await reencoding().run(on: node)
            #expect(report.documents == 5, "request \(number)")
            let state = node.now
            #expect(state.indices.count == 2 && state.indices["books-3"]?.documents.count == 5, "request \(number)")
            #expect(state.aliases == ["library": ["books-3": [:]]], "request \(number)")
            // Only between the end of a copy and its mark nobody knows that it is complete.
            let isUnknown = (end + 1...mark + 1).contains(number)
            #expect(state.tasks.count <= (isUnknown ? 2 : 1), "request \(number): one copy, whoever waits for it")
        }
    }

    @Test func aCompleteCopyIsNotCopiedOver() async throws {
        let node = node()
        _ = try await reencoding().run(on: node)
        #expect(node.now.indices["books-3"]?.mappings["_meta"]?["own"] == 1)
        node.change {
            $0.indices["books-3"]?.documents["new"] = ["body": "written since"]
            $0.indices["books-3"]?.documents["d0"] = ["body": "changed since"]
            $0.indices["books"]?.documents["d9"] = ["body": "too late"]
        }
        let again = try await reencoding().run(on: node)
        #expect(again.documents == 6 && again.aliasBefore.isEmpty)
        #expect(node.now.tasks.count == 1 && node.now.indices["books-3"]?.documents["d0"]?["body"] == "changed since")
        // Through the alias, which leads to the new index by now.
        let through = try await reencoding("library").run(on: node)
        #expect(through.source == "books" && through.documents == 6 && node.now.tasks.count == 1)
        node.change { $0.models[1].state = "DEPLOYED" }
        let other = await #expect(throws: ClusterError.self) {
            try await reencoding("library", model: "m1").run(on: node)
        }
        #expect(other?.reason == "[books-3] and [library] are taken")
    }

    @Test func aSecondRoundForgetsTheFirst() async throws {
        let node = node()
        _ = try await reencoding().run(on: node)
        node.change { $0.models[1].state = "DEPLOYED" }
        let report = try await reencoding("library", model: "m1", target: "books-4").run(on: node)
        #expect(report.source == "books-3" && report.aliasBefore == ["books-3"])
        let state = node.now
        #expect(
            state.pipelines["books-4"]?["processors"] == [
                ["text_embedding": ["model_id": "m1", "field_map": ["body": "body_embedding"]]]
            ], "the first round's pipeline is not run again")
        #expect(state.indices["books-4"]?.settings["final_pipeline"] == "books-4")
        // Pipelines of others are.
        let other = self.node(settings: ["final_pipeline": "clean", "default_pipeline": "split"])
        _ = try await reencoding().run(on: other)
        #expect(other.now.pipelines["books-3"]?["processors"]?[0] == ["pipeline": ["name": "clean"]])
        #expect(other.now.indices["books-3"]?.settings["default_pipeline"] == "split")
    }

    @Test func nothingIsSwitchedAfterAFailure() async throws {
        let node = node()
        node.change { $0.copyFailure = "the model is not deployed" }
        let failed = await #expect(throws: ClusterError.self) { try await reencoding().run(on: node) }
        #expect(
            failed?.reason
                == "the copy from [books] to [books-3] failed 1 documents: the model is not deployed")
        #expect(node.now.aliases.isEmpty)
        node.change {
            $0.copyFailure = nil
            $0.forgets = 2
        }
        let fewer = await #expect(throws: ClusterError.self) { try await reencoding().run(on: node) }
        #expect(fewer?.reason == "[books] has 5 documents and [books-3] has 3")
        #expect(node.now.aliases.isEmpty)
        node.change { $0.forgets = 0 }
        #expect(try await reencoding().run(on: node).documents == 5)
        var hurried = reencoding(target: "books-9")
        hurried.patience = .zero
        let late = await #expect(throws: ClusterError.self) { try await hurried.run(on: node) }
        #expect(late?.reason.contains("is not done within") == true)
    }

    @Test func mistakesAreFoundBeforeAnythingIsMade() async throws {
        func reason(_ reencoding: IndexReencoding) async -> String {
            let node = self.node()
            let error = await #expect(throws: ClusterError.self) { try await reencoding.run(on: node) }
            #expect(node.now.indices.count == 1 && node.now.pipelines.isEmpty && node.now.aliases.isEmpty)
            return error?.reason ?? ""
        }
        #expect(await reason(reencoding("films")) == "no such index [films]")
        #expect(await reason(reencoding(model: "m1")) == "the model m1 is REGISTERED")
        #expect(await reason(reencoding(model: "m7")).hasPrefix("Failed to find model"))
        #expect(await reason(reencoding(target: "books")) == "[books] and [library] are taken")
        #expect(await reason(reencoding(alias: "books")) == "[books-3] and [books] are taken")
        #expect(await reason(reencoding(fields: [:])) == "no field is to be encoded")
        #expect(await reason(reencoding(fields: ["text": "v"])) == "[books] has no field [text]")
        #expect(await reason(reencoding(fields: ["body": "a.v"])) == "[a.v] lies inside of an object")
        #expect(await reason(reencoding(fields: ["body": "year"])) == "[books] has a field [year] of the type integer")
        #expect(await reason(reencoding(fields: ["body": "v", "year": "v"])) == "two fields are encoded into one")
        let node = node()
        node.change { $0.indices["books-3"] = FakeNode.Index(mappings: [:], settings: [:]) }
        let taken = await #expect(throws: ClusterError.self) { try await reencoding().run(on: node) }
        #expect(taken?.reason == "[books-3] is there already, and is not the work of this re-encoding")
    }
}
