import ClusterState
import HTTPTypes
import Indices
import JSON
import OpenSearchAPI
import Routing
import Testing

/// The terms of documents.
struct TermVectorTests {
    let node: TestNode

    init() async throws {
        node = try TestNode()
        let mapping =
            #"{"mappings":{"properties":{"kept":{"type":"text","term_vector":"yes"},"places":{"type":"text","term_vector":"with_positions"},"text":{"type":"text","fields":{"raw":{"type":"keyword"}}},"n":{"type":"integer"}}}}"#
        #expect(try await node.status(.put, "/a", mapping) == 200)
        let first = #"{"kept":"b a b","places":"x y","text":["Twice twice","once more"],"n":1}"#
        #expect(try await node.status(.put, "/a/_doc/1?refresh", first) == 201)
        #expect(try await node.status(.put, "/a/_doc/2?refresh", #"{"kept":"b","text":"once"}"#) == 201)
    }

    @Test func fieldsThatKeepVectorsAreToldWithWhatTheyKeep() async throws {
        let answer = try await node.ask(.get, "/a/_termvectors/1")
        #expect(answer["found"] == true)
        #expect(answer["_version"] == 1)
        #expect(answer["term_vectors/text"] == .null)
        #expect(answer["term_vectors/kept/terms"] == ["a": ["term_freq": 1], "b": ["term_freq": 2]])
        #expect(answer["term_vectors/kept/field_statistics"] == ["sum_doc_freq": 3, "doc_count": 2, "sum_ttf": 4])
        #expect(
            answer["term_vectors/places/terms/y"] == ["term_freq": 1, "tokens": [["position": 1]]])
    }

    @Test func otherFieldsAreAnalysedWhenTheyAreAskedFor() async throws {
        let answer = try await node.ask(
            .get, "/a/_termvectors/1?fields=text*,n&term_statistics=true&field_statistics=false")
        #expect(answer["term_vectors/n"] == .null)
        #expect(answer["term_vectors/text/field_statistics"] == .null)
        #expect(
            answer["term_vectors/text/terms/twice"]
                == [
                    "doc_freq": 1, "ttf": 2, "term_freq": 2,
                    "tokens": [
                        ["position": 0, "start_offset": 0, "end_offset": 5],
                        ["position": 1, "start_offset": 6, "end_offset": 11],
                    ],
                ])
        // The second value begins 100 positions and one character behind the first.
        #expect(
            answer["term_vectors/text/terms/once/tokens/0"]
                == ["position": 102, "start_offset": 12, "end_offset": 16])
        #expect(answer["term_vectors/text/terms/once/doc_freq"] == 2)
        #expect(answer["term_vectors/text.raw/terms/once more/term_freq"] == 1)
        let bare = try await node.ask(.get, "/a/_termvectors/1?fields=text&positions=false&offsets=false")
        #expect(bare["term_vectors/text/terms/more"] == ["term_freq": 1])
    }

    @Test func documentsThatAreNotInTheIndex() async throws {
        let answer = try await node.ask(
            .post, "/a/_termvectors", #"{"doc":{"text":"once new","unmapped":"x"},"term_statistics":true}"#)
        #expect(answer["found"] == true)
        #expect(answer["_id"] == .null)
        #expect(answer["term_vectors/text/terms/once/doc_freq"] == 2)
        #expect(answer["term_vectors/text/terms/new/doc_freq"] == .null)
        #expect(answer["term_vectors/unmapped"] == .null)
        let analysed = try await node.ask(
            .post, "/a/_termvectors",
            #"{"doc":{"text":"Once New"},"fields":["text"],"per_field_analyzer":{"text":"keyword"}}"#)
        #expect(analysed["term_vectors/text/terms/Once New/term_freq"] == 1)
    }

    @Test func theBestTermsAreSelected() async throws {
        let answer = try await node.ask(
            .post, "/a/_termvectors/1",
            #"{"fields":["text"],"positions":false,"offsets":false,"filter":{"max_num_terms":2,"min_word_length":5}}"#)
        // ln((2 + 1) / (1 + 1)) + 1, twice.
        #expect(answer["term_vectors/text/terms/twice/term_freq"] == 2)
        let score = answer["term_vectors/text/terms/twice/score"].double ?? 0
        #expect(abs(score - 2.810930216216329) < 1e-9)
        #expect(answer["term_vectors/text/terms/once"] == .null)
        let best = try await node.ask(
            .post, "/a/_termvectors/1", #"{"fields":["text"],"filter":{"max_num_terms":1}}"#)
        #expect(best["term_vectors/text/terms"].object?.keys == ["twice"])
    }

    @Test func severalDocumentsAndThoseThatAreMissing() async throws {
        let answer = try await node.ask(
            .post, "/_mtermvectors",
            #"{"docs":[{"_index":"a","_id":"2","fields":["kept"]},{"_index":"a","_id":"9"},{"_index":"none","_id":"1"}]}"#
        )
        #expect(answer["docs/0/term_vectors/kept/terms/b/term_freq"] == 1)
        #expect(answer["docs/1/found"] == false)
        #expect(answer["docs/1/term_vectors"] == .null)
        #expect(answer["docs/2/error/type"] == "index_not_found_exception")
        let ids = try await node.ask(.get, "/a/_mtermvectors?ids=1,2&fields=kept")
        #expect(ids["docs"].array?.count == 2)
        #expect(
            try await node.ask(.get, "/_mtermvectors?ids=1")["error/reason"].string?.contains("index is missing")
                == true)
        #expect(try await node.status(.post, "/a/_termvectors/1", #"{"nothing":1}"#) == 400)
    }
}
