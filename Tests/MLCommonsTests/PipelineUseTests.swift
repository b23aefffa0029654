import ClusterState
import HTTPTypes
import JSON
import MLCommons
import Testing

@Suite struct PipelineUseTests {
    @Test func aModelThatPipelinesUseStaysWhereThatIsAskedFor() async throws {
        try await Workplace.with { place in
            let id = try await place.register()
            let pipeline: JSONValue = ["processors": [["text_embedding": ["model_id": .string(id)]]]]
            try place.metadata.update { $0[.ingestPipeline, "vectors"] = pipeline }
            try place.set("safe_delete_model", "true")
            let refused = try await place.call(.delete, "/models/\(id)")
            #expect(refused.status == 409 && refused.type == "status_exception")
            #expect(
                refused.reason
                    == "1 ingest pipelines are still using this model, please delete or update the pipelines first: [vectors]"
            )
            try place.set("safe_delete_model", "false")
            #expect(try await place.call(.delete, "/models/\(id)").status == 200)
        }
    }

    @Test func whatTheFilesSayIsNotChangedInTheDocumentAlone() async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_url", "true")
            try place.set("allow_registering_model_via_local_file", "true")
            let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
            let answer = try await place.call(
                .post, "/models/_register",
                [
                    "name": "mine", "version": "1", "model_format": "TORCH_SCRIPT",
                    "url": .string("file:///\(folder)/Fixtures/encoders/models/bert-dense"),
                ])
            await place.commons.settle()
            let id = try #require(try await place.task(answer["task_id"]?.string)["model_id"]?.string)
            let refused = try await place.call(.put, "/models/\(id)", ["model_config": ["pooling_mode": "CLS"]])
            #expect(refused.status == 400)
            #expect(refused.reason?.hasPrefix("[model_config.pooling_mode] is what the files") == true)
            let taken = try await place.call(.put, "/models/\(id)", ["model_config": ["query_prefix": "query: "]])
            #expect(taken.status == 200)
        }
    }
}
