import ClusterState
import HTTPTypes
import Indices
import JSON
import OpenSearchAPI
import Routing
import Testing

/// Data streams: made by hand and by writing, added to, rolled over, deleted.
struct DataStreamTests {
    let node: TestNode

    init() throws { node = try TestNode() }

    private static let template =
        #"{"index_patterns":["logs-*"],"data_stream":{"timestamp_field":{"name":"at"}},"priority":9,"template":{"settings":{"number_of_replicas":0}}}"#

    private func makeTemplate() async throws {
        #expect(try await node.status(.put, "/_index_template/logs", Self.template) == 200)
    }

    @Test func aStreamIsMadeShownAndDeleted() async throws {
        #expect(
            try await node.ask(.put, "/_data_stream/logs-a")["error/reason"]
                == "no matching index template found for data stream [logs-a]")
        try await makeTemplate()
        #expect(
            try await node.ask(.put, "/logs-a")["error/reason"]
                == "cannot create index with name [logs-a], because it matches with template [logs] that creates data streams only, use create data stream api instead"
        )
        #expect(try await node.status(.put, "/_data_stream/logs-a") == 200)
        let again = try await node.ask(.put, "/_data_stream/logs-a")
        #expect(again.status == 400)
        #expect(again["error/type"] == "resource_already_exists_exception")
        let shown = try await node.ask(.get, "/_data_stream/logs-*")
        #expect(shown["data_streams/0/name"] == "logs-a")
        #expect(shown["data_streams/0/timestamp_field/name"] == "at")
        #expect(shown["data_streams/0/indices/0/index_name"] == ".ds-logs-a-000001")
        #expect(shown["data_streams/0/generation"] == 1)
        #expect(shown["data_streams/0/status"] == "GREEN")
        #expect(shown["data_streams/0/template"] == "logs")
        let index = try await node.ask(.get, "/.ds-logs-a-000001?flat_settings=true")
        #expect(index[".ds-logs-a-000001/mappings/properties/at/type"] == "date")
        #expect(index[".ds-logs-a-000001/settings/index.hidden"] == "true")
        #expect(!index.text.contains("index.data_stream"))
        let resolved = try await node.ask(.get, "/_resolve/index/logs-*")
        #expect(resolved["data_streams/0/backing_indices"] == [".ds-logs-a-000001"])
        #expect(try await node.status(.delete, "/_index_template/logs") == 400)
        #expect(
            try await node.ask(.delete, "/.ds-logs-a-000001")["error/reason"]
                == "index [.ds-logs-a-000001] is the write index for data stream [logs-a] and cannot be deleted")
        #expect(try await node.status(.delete, "/logs-a") == 400)
        #expect(try await node.status(.delete, "/_data_stream/logs-a") == 200)
        #expect(try await node.status(.get, "/_data_stream/logs-a") == 404)
        #expect(try await node.status(.get, "/.ds-logs-a-000001") == 404)
        #expect(try await node.status(.delete, "/_index_template/logs") == 200)
    }

    @Test func documentsAreOnlyAddedAndHaveOneTime() async throws {
        try await makeTemplate()
        let made = try await node.ask(.post, "/logs-b/_doc?refresh", #"{"at":"2026-01-02T03:04:05Z","n":1}"#)
        #expect(made.status == 201)
        #expect(made["_index"] == ".ds-logs-b-000001")
        let changed = try await node.ask(.put, "/logs-b/_doc/1", #"{"at":1}"#)
        #expect(changed.status == 400)
        #expect(changed["error/reason"] == "only write ops with an op_type of create are allowed in data streams")
        #expect(try await node.status(.put, "/logs-b/_create/1?refresh", #"{"at":5}"#) == 201)
        #expect(try await node.status(.delete, "/logs-b/_doc/1") == 400)
        for body in [#"{"n":1}"#, #"{"at":[1,2]}"#, #"{"at":null}"#] {
            let answer = try await node.ask(.post, "/logs-b/_doc", body)
            #expect(answer.status == 400)
            #expect(answer["error/type"] == "mapper_parsing_exception")
            #expect(
                answer["error/caused_by/reason"]
                    == "documents must contain a single-valued timestamp field 'at' of date type")
        }
        let bulk = try await node.ask(
            .post, "/logs-b/_bulk?refresh",
            "{\"create\":{}}\n{\"n\":2}\n{\"create\":{}}\n{\"at\":7}\n{\"index\":{\"_id\":\"x\"}}\n{\"at\":7}\n{\"create\":{\"_id\":\"1\"}}\n{\"at\":7}\n",
            type: "application/x-ndjson")
        #expect(
            (0..<4).map { bulk["items/\($0)/create/status"].int ?? bulk["items/\($0)/index/status"].int } == [
                400, 201, 400, 409,
            ])
        #expect(try await node.ask(.get, "/logs-b/_count")["count"] == 3)
        #expect(try await node.ask(.get, "/_count")["count"] == 3)
        let backing = "/.ds-logs-b-000001/_doc/1"
        #expect(try await node.status(.put, backing, #"{"at":6}"#) == 400)
        #expect(try await node.status(.put, "/.ds-logs-b-000001/_create/9", #"{"at":6}"#) == 400)
        let seqNo = try await node.ask(.get, backing)["_seq_no"].int ?? -1
        #expect(try await node.status(.put, backing + "?if_seq_no=\(seqNo)&if_primary_term=1", #"{"at":6}"#) == 200)
        #expect(try await node.ask(.get, "/logs-b/_source/1")["at"] == 6)
        #expect(
            try await node.ask(.post, "/logs-b/_delete_by_query", #"{"query":{"match_all":{}}}"#)["deleted"].int != nil)
    }

    @Test func aStreamRollsOver() async throws {
        try await makeTemplate()
        #expect(try await node.status(.post, "/logs-c/_doc?refresh", #"{"at":"2026-01-01T00:00:01Z"}"#) == 201)
        #expect(
            try await node.ask(.post, "/logs-c/_rollover", #"{"conditions":{"max_docs":2}}"#)["rolled_over"] == false)
        #expect(try await node.status(.post, "/logs-c/_rollover/other") == 400)
        let done = try await node.ask(.post, "/logs-c/_rollover")
        #expect(done["old_index"] == ".ds-logs-c-000001")
        #expect(done["new_index"] == ".ds-logs-c-000002")
        #expect(done["acknowledged"] == true)
        #expect(
            try await node.ask(.post, "/logs-c/_doc?refresh", #"{"at":"2026-01-01T00:00:03Z"}"#)["_index"]
                == ".ds-logs-c-000002")
        #expect(try await node.ask(.get, "/logs-c/_search")["hits/total/value"] == 2)
        let statistics = try await node.ask(.get, "/_data_stream/logs-c/_stats")
        #expect(statistics["data_stream_count"] == 1)
        #expect(statistics["backing_indices"] == 2)
        #expect(statistics["data_streams/0/maximum_timestamp"] == 1_767_225_603_000)
        #expect(try await node.status(.delete, "/.ds-logs-c-000001") == 200)
        #expect(try await node.ask(.get, "/_data_stream/logs-c")["data_streams/0/generation"] == 2)
        let clash = try await node.ask(.put, "/plain/_alias/logs-c")
        #expect(clash.status == 404)
        #expect(try await node.status(.put, "/plain") == 200)
        #expect(try await node.ask(.put, "/plain/_alias/logs-c")["error/type"] == "invalid_alias_name_exception")
    }
}
