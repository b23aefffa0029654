import Indices
import ClusterState
import Routing
import HTTPTypes
import JSON
import Testing

/// Documents by id and in bulk.
struct DocumentTests {
    let node: TestNode

    init() throws { node = try TestNode() }

    @Test func aDocumentLives() async throws {
        let made = try await node.ask(.put, "/b/_doc/1", #"{"n":1}"#)
        #expect(made.status == 201)
        #expect(made["result"] == "created")
        #expect(made["_shards/total"] == 2)
        #expect(try await node.status(.put, "/b/_create/1", #"{"n":1}"#) == 409)
        let changed = try await node.ask(.put, "/b/_doc/1?refresh", #"{"n":2}"#)
        #expect(changed["_version"] == 2)
        #expect(changed["forced_refresh"] == true)
        let found = try await node.ask(.get, "/b/_doc/1")
        #expect(found["_source/n"] == 2)
        #expect(try await node.ask(.get, "/b/_source/1").json == ["n": 2])
        #expect(try await node.status(.delete, "/b/_doc/1") == 200)
        let gone = try await node.ask(.get, "/b/_doc/1")
        #expect(gone.status == 404)
        #expect(gone.json == ["_index": "b", "_id": "1", "found": false])
        #expect(try await node.ask(.delete, "/b/_doc/1")["result"] == "not_found")
    }

    @Test func anOldSequenceNumberIsAConflict() async throws {
        let made = try await node.ask(.put, "/b/_doc/1", #"{"n":1}"#)
        let number = made["_seq_no"].int ?? -1
        #expect(try await node.status(.put, "/b/_doc/1?if_seq_no=\(number)&if_primary_term=1", #"{"n":2}"#) == 200)
        let late = try await node.ask(.put, "/b/_doc/1?if_seq_no=\(number)&if_primary_term=1", #"{"n":3}"#)
        #expect(late.status == 409)
        #expect(late["error/type"] == "version_conflict_engine_exception")
        #expect(late["error/index"] == "b")
        #expect(try await node.status(.put, "/b/_doc/1?version=5&version_type=external", #"{"n":5}"#) == 200)
        #expect(try await node.status(.put, "/b/_doc/1?version=5&version_type=external", #"{"n":6}"#) == 409)
        #expect(try await node.status(.put, "/b/_doc/1?version=6", #"{"n":6}"#) == 400)
    }

    @Test func updatesMergeScriptAndInsert() async throws {
        #expect(try await node.status(.post, "/b/_update/1", #"{"doc":{"n":1}}"#) == 404)
        #expect(
            try await node.ask(.post, "/b/_update/1", #"{"doc":{"a":{"x":1},"n":1},"doc_as_upsert":true}"#)["result"]
                == "created")
        #expect(try await node.ask(.post, "/b/_update/1", #"{"doc":{"n":1}}"#)["result"] == "noop")
        let returned = try await node.ask(.post, "/b/_update/1", #"{"doc":{"n":1},"_source":["n"]}"#)
        #expect(returned["result"] == "noop")
        #expect(returned["get/_source"] == ["n": 1])
        let merged = try await node.ask(.post, "/b/_update/1?_source=true", #"{"doc":{"a":{"y":2}}}"#)
        #expect(merged["get/_source"] == ["a": ["x": 1, "y": 2], "n": 1])
        let script =
            #"{"script":{"source":"ctx._source.n += params.by * 2; ctx._source.tags = ['a']; ctx._source.remove('a')","params":{"by":3}}}"#
        #expect(try await node.status(.post, "/b/_update/1", script) == 200)
        #expect(try await node.ask(.get, "/b/_source/1").json == ["n": 7, "tags": ["a"]])
        let unknown = try await node.ask(.post, "/b/_update/1", #"{"script":"try { } catch (Exception e) { }"}"#)
        #expect(unknown.status == 400)
        #expect(unknown["error/caused_by/type"] == "script_exception")
        #expect(unknown["error/caused_by/caused_by/reason"].string?.contains("ctx._source") == true)
        #expect(try await node.ask(.post, "/b/_update/1", #"{"script":"ctx.op = 'delete'"}"#)["result"] == "deleted")
    }

    @Test func aBulkRequestAnswersEachLine() async throws {
        let lines = #"""
            {"index":{"_index":"b","_id":"1"}}
            {"n":1}
            {"create":{"_index":"b","_id":"1"}}
            {"n":2}
            {"update":{"_index":"b","_id":"1"}}
            {"doc":{"m":3}}
            {"delete":{"_index":"b","_id":"2"}}
            {"index":{"_index":"BAD"}}
            {"n":1}

            """#
        let answer = try await node.ask(.post, "/_bulk?refresh=true", lines, type: "application/x-ndjson")
        #expect(answer.status == 200)
        #expect(answer["errors"] == true)
        #expect(answer["items/0/index/status"] == 201)
        #expect(answer["items/1/create/status"] == 409)
        #expect(answer["items/2/update/_version"] == 2)
        #expect(answer["items/3/delete/status"] == 404)
        #expect(answer["items/4/index/error/type"] == "invalid_index_name_exception")
        #expect(try await node.ask(.get, "/b/_source/1").json == ["n": 1, "m": 3])
        #expect(try await node.ask(.get, "/_cat/count/b?format=json&h=count").json == [["count": "1"]])
    }

    /// A broken line in a request of ordinary size leaves everything as it was.
    @Test func aBrokenBulkRequestChangesNothing() async throws {
        for (broken, reason) in [
            (
                "{\"index\":{\"_index\":\"b\",\"_id\":\"1\"}}\n{\"n\":1}\n[1]\n",
                "expected START_OBJECT but found [START_ARRAY]"
            ),
            ("{\"index\":{\"_index\":\"b\",\"_id\":\"1\"}}\n{\"n\":1}\n{\"put\":{}}\n{}\n", "but found [put]"),
            (
                "{\"index\":{\"_index\":\"b\",\"_id\":\"1\"}}\n{\"n\":1}\n{\"delete\":{\"_index\":\"b\",\"_id\":\"2\"}}",
                "terminated by a newline"
            ),
            ("{\"index\":{\"_index\":\"b\",\"x\":1}}\n{\"n\":1}\n", "unknown parameter [x]"),
        ] {
            let answer = try await node.ask(.post, "/_bulk", broken, type: "application/x-ndjson")
            #expect(answer.status == 400)
            #expect(answer["error/reason"].string?.contains(reason) == true, "\(reason)")
        }
        #expect(try await node.status(.get, "/b") == 404)
    }

    @Test func blocksAreKept() async throws {
        #expect(try await node.status(.put, "/b") == 200)
        #expect(try await node.status(.put, "/b/_settings", #"{"index":{"blocks":{"write":true}}}"#) == 200)
        let refused = try await node.ask(.put, "/b/_doc/1", #"{"n":1}"#)
        #expect(refused.status == 403)
        #expect(refused["error/reason"] == "index [b] blocked by: [FORBIDDEN/8/index write (api)];")
        #expect(try await node.status(.put, "/b/_settings", #"{"index.blocks.write":null}"#) == 200)
        #expect(try await node.status(.put, "/b/_doc/1", #"{"n":1}"#) == 201)
    }

    @Test func writesThroughAliasesFindTheirIndex() async throws {
        for name in ["a-1", "a-2"] { #expect(try await node.status(.put, "/\(name)", #"{"aliases":{"a":{}}}"#) == 200) }
        #expect(try await node.status(.put, "/a/_doc/1", #"{"n":1}"#) == 400)
        #expect(
            try await node.status(
                .post, "/_aliases", #"{"actions":[{"add":{"index":"a-2","alias":"a","is_write_index":true}}]}"#) == 200)
        #expect(try await node.ask(.put, "/a/_doc/1", #"{"n":1}"#)["_index"] == "a-2")
        #expect(try await node.status(.put, "/new/_doc/1?require_alias=true", #"{"n":1}"#) == 404)
        #expect(
            try await node.status(.put, "/_cluster/settings", #"{"transient":{"action.auto_create_index":"-x*,+*"}}"#)
                == 200)
        #expect(try await node.status(.put, "/xyz/_doc/1", #"{"n":1}"#) == 404)
        #expect(try await node.status(.put, "/zyx/_doc/1", #"{"n":1}"#) == 201)
    }
}
