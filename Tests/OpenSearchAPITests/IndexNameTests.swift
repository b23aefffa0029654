import Indices
import ClusterState
import Routing
import JSON
import HTTPTypes
import Testing

/// Which indices an expression means, and which names an index may have.
struct IndexNameTests {
    let node: TestNode

    init() async throws {
        node = try TestNode()
        for name in ["logs-1", "logs-2", "books", "closed", "hidden"] {
            let body = name == "hidden" ? #"{"settings":{"index.hidden":true}}"# : ""
            #expect(try await node.status(.put, "/\(name)", body) == 200)
        }
        #expect(try await node.status(.post, "/closed/_close") == 200)
        #expect(try await node.status(.put, "/logs-1/_alias/recent") == 200)
    }

    private func names(_ expression: String) async throws -> [String] {
        let answer = try await node.ask(.get, "/\(expression)")
        return answer.status == 200 ? answer.json.object?.keys.sorted() ?? [] : ["status \(answer.status)"]
    }

    @Test(arguments: [
        ("logs-*", ["logs-1", "logs-2"]), ("logs-*,-logs-2", ["logs-1"]),
        ("_all", ["books", "closed", "logs-1", "logs-2"]),
        ("*,-logs-*", ["books", "closed"]), ("recent", ["logs-1"]), ("rec*", ["logs-1"]),
        ("books,logs-1", ["books", "logs-1"]),
        ("hidden", ["hidden"]), ("*?expand_wildcards=open,hidden", ["books", "hidden", "logs-1", "logs-2"]),
        ("*?expand_wildcards=closed", ["closed"]), ("books,none", ["status 404"]),
        ("books,none?ignore_unavailable=true", ["books"]), ("none-*", []),
        ("none-*?allow_no_indices=false", ["status 404"]),
    ])
    func expressionsMeanIndices(_ expression: String, _ wanted: [String]) async throws {
        #expect(try await names(expression) == wanted)
    }

    @Test(arguments: [
        ("UPPER", "must be lowercase"), ("-dash", "must not start with '_', '-', or '+'"),
        ("a%20b", "must not contain the following characters [ , \", *, \\, <, |, ,, >, /, ?]"),
        ("a%23b", "must not contain '#'"),
        ("a:b", "must not contain ':'"),
    ])
    func namesHaveRules(_ name: String, _ reason: String) async throws {
        let answer = try await node.ask(.put, "/\(name)")
        #expect(answer.status == 400)
        #expect(answer["error/type"] == "invalid_index_name_exception")
        #expect(answer["error/reason"].string?.hasSuffix(reason) == true)
    }

    @Test func datesInNamesAreComputed() async throws {
        // <made-{2014-...}> has no fixed date without `now`; the shape is what can be told.
        #expect(try await node.status(.put, "/%3Cmade-%7Bnow%2Fy%7Byyyy%7D%7D%3E") == 200)
        let found = try await names("made-*")
        #expect(found.count == 1)
        #expect(found.first?.count == "made-2026".count)
    }

    @Test func aClosedIndexIsNotSearched() async throws {
        let answer = try await node.ask(.post, "/closed/_refresh")
        #expect(answer.status == 400)
        #expect(answer["error/type"] == "index_closed_exception")
        #expect(try await node.status(.post, "/closed/_refresh?ignore_unavailable=true") == 200)
    }

    @Test func manyIndicesAreDeletedByPatternButNotByAlias() async throws {
        #expect(try await node.status(.delete, "/recent") == 400)
        #expect(try await node.status(.delete, "/logs-*") == 200)
        #expect(try await names("*") == ["books", "closed"])
        #expect(
            try await node.status(
                .put, "/_cluster/settings", #"{"persistent":{"action.destructive_requires_name":true}}"#) == 200)
        #expect(try await node.status(.delete, "/*") == 400)
        #expect(try await names("*") == ["books", "closed"])
    }
}
