import ClusterState
import HTTPTypes
import Indices
import JSON
import OpenSearchAPI
import Routing
import Testing

/// Which documents changes by query, and conditional updates, may touch.
struct ByQueryTests {
    let node: TestNode

    init() throws { node = try TestNode() }

    private func fill() async throws {
        // No refresh comes in between, however long a test takes.
        #expect(try await node.status(.put, "/i", #"{"settings":{"refresh_interval":"-1"}}"#) == 200)
        for id in 0..<20 {
            #expect(try await node.status(.put, "/i/_doc/\(id)", #"{"n":0}"#) == 201)
        }
        #expect(try await node.status(.post, "/i/_refresh") == 200)
    }

    private let everything = #"{"query":{"match_all":{}}}"#

    @Test("The parameter size is the old name of max_docs") func sizes() async throws {
        try await fill()
        let answer = try await node.ask(.post, "/i/_delete_by_query?size=3", everything)
        #expect(answer["deleted"] == 3, "\(answer.text)")
        let twice = try await node.ask(.post, "/i/_delete_by_query?size=3&max_docs=4", everything)
        #expect(twice.status == 400 && twice.text.contains("two different values [4] and [3]"), "\(twice.text)")
        for parameter in ["terminate_after=3", "from=3", "sort=n&max_docs=3"] {
            #expect(try await node.status(.post, "/i/_delete_by_query?\(parameter)", everything) == 400, "\(parameter)")
        }
        #expect(try await node.ask(.get, "/i/_count?q=*")["count"] == 20)
        #expect(try await node.status(.post, "/i/_refresh") == 200)
        #expect(try await node.ask(.get, "/i/_count")["count"] == 17)
    }

    @Test("Slices divide the documents among them") func slices() async throws {
        try await fill()
        var updated = 0
        for id in 0..<3 {
            let body = #"{"slice":{"id":\#(id),"max":3},"script":"ctx._source.n += 1"}"#
            let answer = try await node.ask(.post, "/i/_update_by_query?refresh", body)
            #expect(answer.status == 200 && answer["total"] == answer["updated"], "\(answer.text)")
            updated += answer["updated"].int ?? 0
        }
        #expect(updated == 20)
        #expect(try await node.ask(.get, "/i/_count?q=n:1")["count"] == 20)
        let copied = try await node.ask(
            .post, "/_reindex?refresh", #"{"source":{"index":"i","slice":{"id":0,"max":2}},"dest":{"index":"j"}}"#)
        #expect((1..<20).contains(copied["created"].int ?? 0), "\(copied.text)")
    }

    @Test("An update's body may name the state that it expects") func conditions() async throws {
        try await fill()
        let old = try await node.ask(.get, "/i/_doc/1")
        let (number, term) = (old["_seq_no"].int ?? -1, old["_primary_term"].int ?? -1)
        let body = #"{"doc":{"n":1},"if_seq_no":\#(number),"if_primary_term":\#(term)}"#
        #expect(try await node.status(.post, "/i/_update/1", body) == 200)
        #expect(try await node.status(.post, "/i/_update/1", body) == 409)
        let line = #"{"update":{"_index":"i","_id":"1"}}"#
        let bulk = try await node.ask(.post, "/_bulk", "\(line)\n\(body)\n")
        #expect(bulk["items/0/update/status"] == 409, "\(bulk.text)")
        #expect(try await node.status(.post, "/i/_update/1", #"{"doc":{"n":2},"if_seq_no":3}"#) == 400)
    }

    @Test("Flags of an update may be strings") func flags() async throws {
        let made = try await node.ask(.post, "/i/_update/new", #"{"doc":{"n":1},"doc_as_upsert":"true"}"#)
        #expect(made["result"] == "created", "\(made.text)")
        let again = try await node.ask(.post, "/i/_update/new", #"{"doc":{"n":1},"detect_noop":"false"}"#)
        #expect(again["result"] == "updated", "\(again.text)")
        #expect(try await node.status(.post, "/i/_update/new", #"{"doc":{"n":1},"detect_noop":"maybe"}"#) == 400)
        #expect(try await node.status(.post, "/i/_update/new?pipeline=p", #"{"doc":{"n":1}}"#) == 400)
    }

    @Test("Only the tasks that are meant are cancelled") func cancelling() async throws {
        try await fill()
        let begun = try await node.ask(
            .post, "/i/_update_by_query?requests_per_second=1&scroll_size=1&wait_for_completion=false")
        let task = begun["task"].string ?? ""
        for filter in ["parent_task_id=other:7", "nodes=other", "actions=*reindex"] {
            let answer = try await node.ask(.post, "/_tasks/_cancel?\(filter)")
            #expect(answer.status == 200 && !answer.text.contains(task), "\(filter): \(answer.text)")
        }
        #expect(try await node.ask(.get, "/_tasks/\(task)")["completed"] == false)
        let answer = try await node.ask(.post, "/_tasks/_cancel?nodes=_local&actions=*byquery")
        #expect(answer.text.contains(task), "\(answer.text)")
        let ended = try await node.ask(.get, "/_tasks/\(task)?wait_for_completion=true")
        #expect(ended["response/canceled"] == "by user request", "\(ended.text)")
    }

    @Test("A script of a copy may change where it goes; other members and operations are refused")
    func scriptedCopies() async throws {
        #expect(try await node.status(.put, "/from/_doc/1?refresh=true", #"{"n":1}"#) == 201)
        func copy(_ script: String) async throws -> TestNode.Answer {
            try await node.ask(
                .post, "/_reindex?refresh=true",
                #"{"source":{"index":"from"},"dest":{"index":"to"},"script":{"source":"\#(script)"}}"#)
        }
        #expect(try await copy("ctx._id = 'x' + ctx._id; ctx._source.n += 1")["created"] == 1)
        #expect(try await node.ask(.get, "/to/_doc/x1")["_source"] == ["n": 2])
        #expect(try await copy("ctx._index = 'other'; ctx._version = null")["created"] == 1)
        #expect(try await node.ask(.get, "/other/_doc/1")["_source"] == ["n": 1])
        #expect(try await node.status(.get, "/to/_doc/1") == 404)
        for (script, reason) in [
            ("ctx.op = 'remove'", "Operation type [remove] not allowed, only [noop, index, delete] are allowed"),
            ("ctx.foo = 1", "Invalid fields added to context [foo]"),
        ] {
            let answer = try await copy(script)
            #expect(answer.status == 400 && answer["error/reason"].string == reason, "\(answer.text)")
        }
        let update = #"{"script":{"source":"ctx._id = '2'"}}"#
        let answer = try await node.ask(.post, "/from/_update_by_query", update)
        #expect(answer.status == 400 && answer["error/reason"] == "Modifying [_id] not allowed", "\(answer.text)")
    }
}
