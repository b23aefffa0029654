import Access
import HTTPTypes
import JSON
import OpenSearchAPI
import Routing
import Testing

/// Rights on indices hold wherever a request may name them.
struct AuthorizationTests {
    let node: TestNode
    /// Reads and writes `books-*` and the alias `library`, reads `open`.
    let ada = AuthorizationTests.caller(
        cluster: ["cluster_composite_ops"],
        [.init(["books-*", "library"], ["crud", "create_index"]), .init(["open"], ["read"])])
    /// Reads everything.
    let reader = Caller(name: "rita", roles: [("readall", BuiltInRoles.all["readall"]!)])

    static func caller(cluster: [String] = [], _ indices: [Role.IndexPermission]) -> Caller {
        Caller(
            name: "ada", backendRoles: ["lovelace"], roles: [("own", Role(cluster: cluster, indices: indices))])
    }

    init() async throws {
        node = try TestNode(secrets: PlainSecrets())
        let lines = """
            {"index": {"_index": "books-1", "_id": "1"}}
            {"title": "one", "names": ["secret"]}
            {"index": {"_index": "open", "_id": "1"}}
            {"title": "two"}
            {"index": {"_index": "films", "_id": "1"}}
            {"title": "three", "names": ["one", "two"]}
            {"index": {"_index": "shelf", "_id": "1"}}
            {"title": "four"}

            """
        let admin = TestNode.administrator
        #expect(try await node.status(.post, "/_bulk?refresh", lines, as: admin) == 200)
        let aliases =
            #"{"actions": [{"add": {"index": "shelf", "alias": "library"}}, {"add": {"index": "films", "alias": "all-films"}}]}"#
        #expect(try await node.status(.post, "/_aliases", aliases, as: admin) == 200)
    }

    @Test func refusalsAreToldAsOpenSearchTellsThem() async throws {
        let answer = try await node.ask(.get, "/films/_search", as: ada)
        #expect(answer.status == 403)
        #expect(answer["error/type"] == "security_exception")
        #expect(
            answer["error/reason"].string
                == "no permissions for [indices:data/read/search] and User [name=ada, backend_roles=[lovelace], requestedTenant=null]"
        )
        #expect(answer["status"] == 403)
    }

    @Test func nobodyGetsInWithoutAName() async throws {
        await #expect(throws: APIFault.self) { try await node.ask(.get, "/books-1/_search") }
        #expect(try await node.status(.get, "/_plugins/_security/health") == 200)
    }

    @Test(arguments: [
        "/books-1/_search", "/books-*/_search", "/library/_search", "/shelf/_count", "/open/_search",
        "/books-1,open/_search", "/books-1/_doc/1", "/books-1/_source/1", "/library/_doc/1",
        "/books-1/_field_caps?fields=*",
        "/books-1/_termvectors/1?fields=title", "/open/_search?q=two", "/books-*,-films/_search",
        "/books-*,open/_search?size=0",
    ])
    func readingWhatIsAllowed(_ target: String) async throws {
        let answer = try await node.ask(.get, target, as: ada)
        #expect(answer.status == 200, "\(answer.text.prefix(300))")
    }

    @Test(arguments: [
        "/films/_search", "/_search", "/*/_search", "/_all/_search", "/f*/_search", "/books-1,films/_search",
        "/all-films/_search",
        "/films/_doc/1", "/films/_source/1", "/all-films/_doc/1", "/_count", "/f*/_count", "/films/_termvectors/1",
        "/films/_field_caps?fields=*", "/films/_mapping", "/films", "/films/_settings", "/films/_alias",
        "/_alias/all-films", "/_mapping",
        "/_cat/indices", "/_cat/indices/films", "/_cat/count/films", "/_stats", "/films/_stats", "/_cluster/state",
        "/_nodes",
        "/_resolve/index/f*", "/_field_caps?fields=*", "/missing/_search", "/missing/_doc/1", "/<films>/_search",
        "/films/_explain/1?q=three", "/_plugins/_security/api/internalusers", "/_plugins/_security/api/roles",
        "/_cluster/settings",
        "/_index_template", "/_search/pipeline", "/_tasks", "/_cat/shards", "/_cat/segments", "/_cat/aliases",
        "/films/_validate/query",
    ])
    func readingWhatIsNot(_ target: String) async throws {
        let answer = try await node.ask(.get, target, as: ada)
        #expect(answer.status == 403, "\(answer.status) \(answer.text.prefix(300))")
        #expect(answer["error/type"] == "security_exception")
        #expect(!answer.text.contains("three"))
    }

    @Test func headIsReadingToo() async throws {
        #expect(try await node.status(.head, "/films", as: ada) == 403)
        #expect(try await node.status(.head, "/films/_doc/1", as: ada) == 403)
        #expect(try await node.status(.head, "/books-1/_doc/1", as: ada) == 200)
    }

    @Test func manyGetsAnswerWhatIsAllowed() async throws {
        let body =
            #"{"docs": [{"_index": "books-1", "_id": "1"}, {"_index": "films", "_id": "1"}, {"_index": "gone", "_id": "1"}]}"#
        let answer = try await node.ask(.post, "/_mget", body, as: ada)
        #expect(answer.status == 200)
        #expect(answer["docs/0/found"] == true)
        #expect(answer["docs/1/error/type"] == "security_exception")
        #expect(answer["docs/2/error/type"] == "security_exception")
        #expect(!answer.text.contains("three"))
    }

    @Test func manySearchesAnswerWhatIsAllowed() async throws {
        let lines = "{\"index\": \"books-1\"}\n{}\n{\"index\": \"films\"}\n{}\n{}\n{}\n{\"index\": \"*\"}\n{}\n"
        let answer = try await node.ask(.post, "/_msearch", lines, type: "application/x-ndjson", as: ada)
        #expect(answer.status == 200)
        #expect(answer["responses/0/hits/total/value"] == 1)
        for place in 1...3 {
            #expect(answer["responses/\(place)/status"] == 403)
            #expect(answer["responses/\(place)/error/type"] == "security_exception")
        }
        #expect(!answer.text.contains("three"))
    }

    @Test func bulkDoesWhatIsAllowed() async throws {
        let lines = """
            {"index": {"_index": "books-2", "_id": "1"}}
            {"n": 1}
            {"index": {"_index": "films", "_id": "2"}}
            {"n": 2}
            {"delete": {"_index": "films", "_id": "1"}}
            {"update": {"_index": "films", "_id": "1"}}
            {"doc": {"n": 3}}
            {"create": {"_index": "fresh", "_id": "1"}}
            {"n": 4}
            {"index": {"_index": "open", "_id": "2"}}
            {"n": 5}
            {"index": {"_index": "library", "_id": "2"}}
            {"n": 6}

            """
        let answer = try await node.ask(.post, "/_bulk?refresh", lines, as: ada)
        #expect(answer.status == 200)
        #expect(answer["items/0/index/status"] == 201)
        for (place, kind) in [(1, "index"), (2, "delete"), (3, "update"), (4, "create"), (5, "index")] {
            #expect(answer["items/\(place)/\(kind)/status"] == 403, "\(place)")
            #expect(answer["items/\(place)/\(kind)/error/type"] == "security_exception")
        }
        #expect(answer["items/6/index/status"] == 201)
        #expect(answer["items/6/index/_index"] == "shelf")
        let admin = TestNode.administrator
        #expect(try await node.status(.head, "/fresh", as: admin) == 404)
        #expect(try await node.ask(.get, "/films/_count", as: admin)["count"] == 1)
        #expect(try await node.ask(.get, "/open/_count", as: admin)["count"] == 1)
        #expect(try await node.status(.post, "/_bulk", lines, as: reader) == 403)
    }

    @Test func writingWhatIsNotAllowed() async throws {
        let calls: [(HTTPRequest.Method, String, String)] = [
            (.put, "/films/_doc/9", "{}"), (.post, "/films/_doc", "{}"), (.put, "/films/_create/9", "{}"),
            (.delete, "/films/_doc/1", ""), (.post, "/films/_update/1", #"{"doc": {}}"#), (.put, "/fresh", "{}"),
            (.delete, "/films", ""),
            (.delete, "/f*", ""), (.delete, "/books-1", ""),
            (.post, "/films/_delete_by_query", #"{"query": {"match_all": {}}}"#),
            (.post, "/films/_update_by_query", ""), (.post, "/films/_close", ""),
            (.put, "/films/_mapping", #"{"properties": {}}"#),
            (.put, "/films/_settings", "{}"), (.put, "/open/_doc/9", "{}"), (.put, "/fresh/_doc/1", "{}"),
            (.put, "/_cluster/settings", #"{"persistent": {}}"#), (.put, "/_search/pipeline/p", "{}"),
            (.put, "/_index_template/t", #"{"index_patterns": ["x"]}"#), (.put, "/films/_alias/books-9", ""),
            (.post, "/_aliases", #"{"actions": [{"add": {"index": "films", "alias": "books-9"}}]}"#),
            (.post, "/_aliases", #"{"actions": [{"remove_index": {"index": "films"}}]}"#),
            (.put, "/books-7", #"{"aliases": {"all-films": {}}}"#), (.put, "/films/_clone/books-8", "{}"),
            (.post, "/_reindex", #"{"source": {"index": "films"}, "dest": {"index": "books-9"}}"#),
            (.post, "/_reindex", #"{"source": {"index": "books-1"}, "dest": {"index": "films"}}"#),
            (.post, "/_reindex", #"{"source": {"index": "*"}, "dest": {"index": "books-9"}}"#),
            (.post, "/films/_search/point_in_time?keep_alive=1m", ""),
            (.put, "/_plugins/_security/api/internalusers/eve", #"{"password": "Aa1!aaaa1"}"#),
            (.put, "/_plugins/_security/api/roles/eve", "{}"),
            (.put, "/_plugins/_security/api/rolesmapping/all_access", "{}"),
            (.delete, "/_plugins/_security/api/internalusers/admin", ""),
        ]
        for (method, target, body) in calls {
            let answer = try await node.ask(method, target, body, as: ada)
            #expect(answer.status == 403, "\(method) \(target): \(answer.status) \(answer.text.prefix(200))")
        }
        let admin = TestNode.administrator
        #expect(try await node.ask(.get, "/films/_count", as: admin)["count"] == 1)
        #expect(try await node.status(.head, "/fresh", as: admin) == 404)
        #expect(try await node.status(.head, "/books-9", as: admin) == 404)
    }

    @Test func documentsOfOtherIndicesAreNotLookedUp() async throws {
        let body = #"{"query": {"terms": {"title": {"index": "films", "id": "1", "path": "names"}}}}"#
        let refused = try await node.ask(.post, "/books-1/_search", body, as: ada)
        #expect(refused.status == 403 || refused.text.contains("security_exception"), "\(refused.text.prefix(300))")
        let allowed = try await node.ask(.post, "/books-1/_search", body, as: TestNode.administrator)
        #expect(allowed["hits/total/value"] == 1)
    }

    @Test func cursorsAreForThoseWhoMaySearchTheirIndices() async throws {
        let admin = TestNode.administrator
        let scroll = try await node.ask(.post, "/films/_search?scroll=1m", as: admin)
        let id = try #require(scroll["_scroll_id"].string)
        let body = "{\"scroll_id\": \"\(id)\", \"scroll\": \"1m\"}"
        #expect(try await node.status(.post, "/_search/scroll", body, as: ada) == 403)
        #expect(try await node.status(.delete, "/_search/scroll/\(id)", as: ada) == 404)
        #expect(try await node.status(.post, "/_search/scroll", body, as: admin) == 200)
        let point = try #require(
            try await node.ask(.post, "/films/_search/point_in_time?keep_alive=1m", as: admin)["pit_id"].string)
        let search = "{\"pit\": {\"id\": \"\(point)\"}}"
        #expect(try await node.status(.post, "/_search", search, as: ada) == 403)
        #expect(try await node.ask(.get, "/_search/point_in_time/_all", as: ada)["pits"] == [])
        #expect(try await node.ask(.delete, "/_search/point_in_time/_all", as: ada)["pits"] == [])
        #expect(try await node.ask(.post, "/_search", search, as: admin)["hits/total/value"] == 1)
        let own = try #require(
            try await node.ask(.post, "/books-1/_search/point_in_time?keep_alive=1m", as: ada)["pit_id"].string)
        #expect(try await node.status(.post, "/_search", "{\"pit\": {\"id\": \"\(own)\"}}", as: ada) == 200)
        #expect(try await node.ask(.delete, "/_search/point_in_time/_all", as: ada)["pits/0/pit_id"].string == own)
    }

    @Test func rightsThatEndedEndCursors() async throws {
        let admin = TestNode.administrator
        let scroll = try await node.ask(.post, "/library/_search?scroll=1m", as: ada)
        let id = try #require(scroll["_scroll_id"].string)
        let gone = #"{"actions": [{"remove": {"index": "shelf", "alias": "library"}}]}"#
        #expect(try await node.status(.post, "/_aliases", gone, as: admin) == 200)
        #expect(try await node.status(.post, "/_search/scroll", "{\"scroll_id\": \"\(id)\"}", as: ada) == 403)
    }

    @Test("Exclusions, which some operations read by rules of their own, do not lead past a right")
    func exclusionsHideNothing() async throws {
        let owner = Self.caller(
            cluster: ["cluster_composite_ops", "cluster_monitor"],
            [.init(["own-*"], ["indices_all", "manage", "read", "manage_aliases"])])
        let admin = TestNode.administrator
        let hidden =
            #"{"actions": [{"add": {"index": "films", "alias": "hid", "is_hidden": true}}, {"add": {"index": "films", "alias": "current"}}]}"#
        #expect(try await node.status(.post, "/_aliases", hidden, as: admin) == 200)
        #expect(
            try await node.status(
                .put, "/_index_template/t", #"{"index_patterns": ["logs*"], "data_stream": {}}"#, as: admin) == 200)
        #expect(try await node.status(.put, "/_data_stream/logs", as: admin) == 200)
        for (method, target) in [
            (HTTPRequest.Method.delete, "/_data_stream/*,-*"), (.delete, "/_data_stream/logs*,-logs*"),
            (.get, "/_data_stream/*,-*"), (.delete, "/f*,-c*"), (.delete, "/.ds-logs-000001*,-logs*"),
            (.get, "/_resolve/index/*,-*"), (.get, "/_resolve/index/*?expand_wildcards=none"),
            (.get, "/_cat/aliases?expand_wildcards=none"), (.get, "/_alias/c*,-films"),
        ] {
            #expect(try await node.status(method, target, as: owner) == 403, "\(method) \(target)")
        }
        let add = #"{"actions": [{"add": {"index": "f*,-h*", "alias": "own-x"}}]}"#
        #expect(try await node.status(.post, "/_aliases", add, as: owner) == 403)
        #expect(try await node.status(.get, "/films/_search", as: admin) == 200)
        #expect(try await node.status(.get, "/_data_stream/logs", as: admin) == 200)
    }

    @Test("A script that deletes needs the right to delete")
    func deletingScripts() async throws {
        let writer = Self.caller(
            cluster: ["cluster_composite_ops"],
            [
                .init(
                    ["books-*"],
                    ["read", "indices:data/write/index", "indices:data/write/bulk*", "indices:data/write/update*"])
            ])
        let body = #"{"script": {"source": "ctx.op = 'delete'"}}"#
        _ = try await node.ask(.post, "/books-1/_update_by_query", body, as: writer)
        #expect(try await node.status(.get, "/books-1/_doc/1", as: TestNode.administrator) == 200)
    }

    @Test func everyEndpointDeclaresItsPrivilege() async throws {
        // An endpoint that declares nothing refuses everybody but administrators, whatever rights they have.
        let everything = AuthorizationTests.caller(cluster: ["cluster:*", "indices:*"], [.init(["*"], ["indices:*"])])
        var undeclared: [String] = []
        for route in node.allRoutes {
            let path = route.template.description.replacing("{", with: "").replacing("}", with: "")
            var request = APIRequest(method: route.method, path: path)
            request.caller = everything
            let answer = try? await route.handler(request)
            if let answer, String(decoding: answer.body, as: UTF8.self).contains("no permissions for [*]") {
                undeclared.append(route.name)
            }
        }
        #expect(undeclared == [], "name their privileges in EndpointPrivileges")
    }
}
