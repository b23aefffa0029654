import Indices
import ClusterState
import Routing
import HTTPTypes
import JSON
import OpenSearchAPI
import Testing

/// What all operations share: errors, parameters, formats.
struct ConventionTests {
    let node: TestNode

    init() throws { node = try TestNode() }

    @Test func anUnknownPathNamesUriAndMethod() async throws {
        let answer = try await node.ask(.get, "/movies/nothing/there?x=1")
        #expect(answer.status == 400)
        #expect(answer["error"] == "no handler found for uri [/movies/nothing/there?x=1] and method [GET]")
    }

    @Test func aWrongMethodNamesThoseThatThereAre() async throws {
        let answer = try await node.ask(.post, "/_cluster/settings")
        #expect(answer.status == 405)
        #expect(
            answer["error"]
                == "Incorrect HTTP method for uri [/_cluster/settings] and method [POST], allowed: [GET, PUT]")
        #expect(answer["status"] == 405)
    }

    @Test func unknownParametersAreRefusedWithAGuess() async throws {
        let answer = try await node.ask(.get, "/_cluster/health?expand_wildcard=all&pretty")
        #expect(answer.status == 400)
        #expect(
            answer["error/reason"]
                == "request [/_cluster/health] contains unrecognized parameter: [expand_wildcard] -> did you mean [expand_wildcards]?"
        )
        #expect(answer["error/root_cause/0/type"] == "illegal_argument_exception")
    }

    @Test func booleansAreTrueOrFalse() async throws {
        let answer = try await node.ask(.get, "/_cluster/settings?include_defaults=maybe")
        #expect(answer.status == 400)
        #expect(answer["error/reason"] == "Failed to parse value [maybe] as only [true] or [false] are allowed.")
    }

    @Test func aSlashAtTheEndIsForgiven() async throws {
        #expect(try await node.status(.get, "/_cluster/health/") == 200)
        #expect(try await node.status(.get, "/_cat/indices/") == 200)
    }

    @Test func theMissingIndexIsNamed() async throws {
        let answer = try await node.ask(.get, "/nowhere/_settings")
        #expect(answer.status == 404)
        #expect(answer["error/type"] == "index_not_found_exception")
        #expect(answer["error/reason"] == "no such index [nowhere]")
        #expect(answer["error/index_uuid"] == "_na_")
        #expect(answer["error/resource.id"] == "nowhere")
        #expect(answer["error/resource.type"] == "index_or_alias")
    }

    @Test func brokenJSONHasAPlace() async throws {
        let answer = try await node.ask(.put, "/_cluster/settings", "{\"transient\": \n oops}")
        #expect(answer.status == 400)
        #expect(answer["error/type"] == "parsing_exception")
        #expect(answer["error/line"] == 2)
    }

    @Test func bodiesOfOtherTypesAreRefused() async throws {
        let answer = try await node.ask(.put, "/_cluster/settings", "a=b", type: "application/x-www-form-urlencoded")
        #expect(answer.status == 406)
    }

    @Test func theSourceParameterStandsForABody() async throws {
        let answer = try await node.ask(
            .get, "/_analyze?source_content_type=application/json&source=%7B%22text%22%3A%22Ice%20cold%22%7D")
        #expect(answer["tokens/1/token"] == "cold")
    }

    @Test func anOpaqueIDComesBack() async throws {
        let name = HTTPField.Name("X-Opaque-Id")!
        let answer = try await node.ask(.get, "/", headers: [name: "trace-7"])
        #expect(answer.headers[name] == "trace-7")
    }

    @Test func whatIsNotSupportedSaysWhy() async throws {
        let answer = try await node.ask(.put, "/_snapshot/backup?verify=true", "{}")
        #expect(answer.status == 400)
        #expect(answer["error/type"] == "unsupported_operation_exception")
        #expect(answer["error/reason"].string?.contains("data folder") == true)
    }

    @Test(arguments: [
        ("**.count", "{\"a\":{\"count\":1},\"b\":[{\"c\":{\"count\":2}}]}"), ("a", "{\"a\":{\"count\":1,\"x\":1}}"),
        ("-a,-b", "{\"z\":3}"), ("b.c.*", "{\"b\":[{\"c\":{\"count\":2}}]}"), ("*.x", "{\"a\":{\"x\":1}}"),
        ("a,-**.x", "{\"a\":{\"count\":1}}"), ("none", "{}"),
    ])
    func filtersKeepAndLeaveOut(_ path: String, _ wanted: String) throws {
        let text = #"{"a":{"count":1,"x":1},"b":[{"c":{"count":2}}],"z":3}"#
        let filter = try #require(FilterPath(path))
        #expect(filter.apply(to: try JSONValue(parsing: text)).serialized() == wanted)
        // Text is filtered while it is read.
        #expect(try filter.apply(toJSON: [UInt8](text.utf8), limits: .default).serialized() == wanted)
    }

    @Test func answersNameElasticsearchOnlyIfTheyAreToldTo() async throws {
        let name = try #require(HTTPField.Name("X-Elastic-Product"))
        #expect(try await node.ask(.get, "/").headers[name] == nil)
        let other = try TestNode(namesElasticProduct: true)
        let type = "application/vnd.elasticsearch+json; compatible-with=8"
        let answer = try await other.ask(.put, "/a/_doc/1", #"{"n":1}"#, type: type, headers: [.accept: type])
        #expect(answer.status == 201)
        #expect(answer.headers[name] == "Elasticsearch")
        #expect(try await other.ask(.get, "/none/_doc/1").headers[name] == "Elasticsearch")
    }

    @Test(arguments: [
        ("5ms", 200, ""), ("2h", 200, ""), ("0", 200, ""), ("1.5h", 400, ", fractional time values are not supported"),
        ("-5s", 400, ": negative durations are not supported"), ("5", 400, ": unit is missing or unrecognized"),
        ("xs", 400, ""),
    ])
    func timesHaveAUnitAndNoFraction(text: String, status: Int, end: String) async throws {
        let answer = try await node.ask(.get, "/_cluster/health?timeout=\(text)&wait_for_status=red&wait_for_nodes=2")
        // What is waited for never comes; a time that can be read ends in 408.
        #expect(answer.status == (status == 200 ? 408 : 400))
        if status == 400 {
            #expect(
                answer["error/reason"].string
                    == "failed to parse setting [timeout] with value [\(text)] as a time value\(end)")
        }
    }

    @Test func aQueryIsToldInLucenesWords() async throws {
        #expect(try await node.status(.put, "/a", #"{"mappings":{"properties":{"t":{"type":"text"}}}}"#) == 200)
        let answer = try await node.ask(.get, "/a/_validate/query?q=t:quick&explain=true")
        #expect(answer["explanations/0/explanation"] == "t:quick")
        #expect(answer["valid"] == true)
    }

    @Test func segmentsHaveASizeAndAreCommittedByAFlush() async throws {
        #expect(try await node.status(.put, "/a/_doc/1?refresh", #"{"n":1}"#) == 201)
        let before = try await node.ask(.get, "/_cat/segments/a?format=json&h=size,committed&bytes=b")
        #expect(before["0/committed"] == "false")
        #expect(before["0/size"].string.flatMap { Int($0) } ?? 0 > 100)
        #expect(try await node.status(.post, "/a/_flush") == 200)
        #expect(try await node.ask(.get, "/_cat/segments/a?format=json&h=committed")["0/committed"] == "true")
    }

    @Test func anIndexThatCannotAnswerIsToldBesideTheHitsOfOthers() async throws {
        #expect(try await node.status(.put, "/a/_doc/1?refresh", #"{"n":1}"#) == 201)
        #expect(try await node.status(.put, "/b", #"{"settings":{"number_of_shards":3}}"#) == 200)
        let answer = try await node.ask(.get, "/a,b/_search?sort=n")
        #expect(answer.status == 200)
        #expect(answer["hits/hits/0/_id"] == "1")
        #expect(answer["_shards/total"] == 4)
        #expect(answer["_shards/successful"] == 1)
        #expect(answer["_shards/failed"] == 3)
        #expect(answer["_shards/failures/0/index"] == "b")
        #expect(answer["_shards/failures/0/reason/type"] == "query_shard_exception")
        let whole = try await node.ask(.get, "/a,b/_search?sort=n&allow_partial_search_results=false")
        #expect(whole.status == 400)
        #expect(whole["error/type"] == "search_phase_execution_exception")
        #expect(whole["error/reason"] == "Partial shards failure")
    }
}
