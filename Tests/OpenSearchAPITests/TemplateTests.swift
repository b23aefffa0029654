import Indices
import ClusterState
import Routing
import HTTPTypes
import JSON
import Testing

/// What new indices begin with, and which settings they may have.
struct TemplateTests {
    let node: TestNode

    init() throws { node = try TestNode() }

    @Test func templatesAreComposedByPriority() async throws {
        #expect(
            try await node.status(
                .put, "/_component_template/base",
                #"{"template":{"settings":{"number_of_replicas":0,"refresh_interval":"7s"},"mappings":{"properties":{"a":{"type":"keyword"}}}}}"#
            )
                == 200)
        #expect(
            try await node.status(
                .put, "/_index_template/logs",
                #"{"index_patterns":["logs-*"],"priority":5,"composed_of":["base"],"template":{"settings":{"number_of_shards":"3"},"mappings":{"properties":{"b":{"type":"long"}}},"aliases":{"all":{}}}}"#
            )
                == 200)
        #expect(
            try await node.status(
                .put, "/_template/old", #"{"index_patterns":["*"],"settings":{"number_of_shards":9}}"#) == 200)
        #expect(try await node.status(.put, "/logs-1", #"{"settings":{"index":{"refresh_interval":"8s"}}}"#) == 200)
        let made = try await node.ask(.get, "/logs-1?flat_settings=true")
        #expect(made["logs-1/settings/index.number_of_shards"] == "3")
        #expect(made["logs-1/settings/index.number_of_replicas"] == "0")
        #expect(made["logs-1/settings/index.refresh_interval"] == "8s")
        #expect(made["logs-1/mappings/properties"] == ["a": ["type": "keyword"], "b": ["type": "long"]])
        #expect(made["logs-1/aliases"] == ["all": [:]])
        #expect(try await node.status(.put, "/other") == 200)
        #expect(try await node.ask(.get, "/other/_settings")["other/settings/index/number_of_shards"] == "9")
        let rival = try await node.ask(.put, "/_index_template/rival", #"{"index_patterns":["*-1"],"priority":5}"#)
        #expect(rival.status == 400)
        #expect(rival["error/reason"].string?.contains("have the same priority [5]") == true)
        #expect(try await node.status(.delete, "/_component_template/base") == 400)
        let missing = try await node.ask(.get, "/_index_template/none")
        #expect(missing.status == 404)
        #expect(missing["error/reason"] == "index template matching [none] not found")
    }

    @Test func settingsAreCheckedAndNormalised() async throws {
        let unknown = try await node.ask(.put, "/b", #"{"settings":{"index":{"nothing":1}}}"#)
        #expect(unknown.status == 400)
        #expect(
            unknown["error/reason"]
                == "unknown setting [index.nothing] please check that any required plugins are installed, or check the breaking changes documentation for removed settings"
        )
        #expect(
            try await node.ask(.put, "/b", #"{"settings":{"number_of_shards":0}}"#)["error/reason"]
                == "Failed to parse value [0] for setting [index.number_of_shards] must be >= 1")
        #expect(
            try await node.status(.put, "/b", #"{"settings":{"index.number_of_replicas":1,"index":{"hidden":false}}}"#)
                == 200)
        let nested = try await node.ask(.get, "/b/_settings")
        #expect(nested["b/settings/index/hidden"] == "false")
        #expect(
            try await node.ask(.put, "/b/_settings", #"{"number_of_shards":2}"#)["error/reason"]
                == "final b setting [index.number_of_shards], not updateable")
        #expect(try await node.status(.put, "/b/_settings", #"{"index.codec":"best_compression"}"#) == 400)
        #expect(try await node.status(.post, "/b/_close") == 200)
        #expect(try await node.status(.put, "/b/_settings", #"{"index.codec":"best_compression"}"#) == 200)
        #expect(
            try await node.ask(.put, "/_cluster/settings", #"{"transient":{"no.such":1}}"#)["error/reason"]
                == "transient setting [no.such], not recognized")
    }

    @Test func aliasesRollOver() async throws {
        #expect(try await node.status(.put, "/logs-000001", #"{"aliases":{"logs":{"is_write_index":true}}}"#) == 200)
        let early = try await node.ask(.post, "/logs/_rollover", #"{"conditions":{"max_docs":1}}"#)
        #expect(early["rolled_over"] == false)
        #expect(early["conditions"] == ["[max_docs: 1]": false])
        #expect(try await node.status(.put, "/logs/_doc/1?refresh", #"{"n":1}"#) == 201)
        let done = try await node.ask(.post, "/logs/_rollover", #"{"conditions":{"max_docs":1}}"#)
        #expect(done["new_index"] == "logs-000002")
        #expect(try await node.ask(.put, "/logs/_doc/2", #"{"n":1}"#)["_index"] == "logs-000002")
        let missing = try await node.ask(.get, "/_alias/none")
        #expect(missing.status == 404)
        #expect(missing["error"] == "alias [none] missing")
    }
}
