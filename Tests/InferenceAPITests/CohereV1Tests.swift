import Encoders
import HTTPTypes
import Inference
import InferenceAPI
import JSON
import Testing

@Suite("Cohere v1: POST /v1/rerank")
struct CohereV1Tests {
    @Test func replyHasCoheresFieldsAndTheEncodersOwnScores() async throws {
        let reply = try await Rerankers.client.post("/v1/rerank", Rerankers.body(["model": "small"]))
        #expect(reply.status == 200)
        #expect(reply.header(.contentType) == "application/json")
        #expect(reply.json.keys == ["id", "model", "results", "usage", "meta"])
        #expect(reply.json["id"] == "request-1")
        #expect(reply.json["meta"] == ["api_version": ["version": "1"], "billed_units": ["search_units": 1]])
        let expected = try Rerankers.scores()
        let results = try #require(reply.json["results"]?.array)
        #expect(results.map { $0["index"]?.int } == Rerankers.order(expected))
        #expect(results.map { $0["relevance_score"]?.float } == Rerankers.order(expected).map { expected[$0].score })
        #expect(results.allSatisfy { $0.keys == ["index", "relevance_score"] })
        // The two equal documents stay in the order sent.
        let twins = results.compactMap { $0["index"]?.int }.filter { $0 == 1 || $0 == 4 }
        #expect(twins == [1, 4])
    }

    @Test(arguments: ["small", "roberta"])
    func scoresAreInTheUnitIntervalWhateverTheModelsOwnActivation(model: String) async throws {
        let reply = try await Rerankers.client.post("/v1/rerank", Rerankers.body(["model": .string(model)]))
        let results = try #require(reply.json["results"]?.array)
        #expect(results.count == Rerankers.documents.count)
        #expect(results.allSatisfy { (0...1).contains($0["relevance_score"]?.double ?? -1) })
        let folder = model == "small" ? "bert-cross" : "roberta-cross"
        let expected = try Rerankers.scores(folder: folder)
        #expect(results.map { $0["relevance_score"]?.float } == Rerankers.order(expected).map { expected[$0].score })
    }

    @Test func rawScoresAreTheLogitsAndTheReplySaysSo() async throws {
        let expected = try Rerankers.scores(activation: .identity)
        let raw = try await Rerankers.client.post(
            "/v1/rerank", Rerankers.body(["model": "small", "raw_scores": true]))
        let results = try #require(raw.json["results"]?.array)
        #expect(results.map { $0["relevance_score"]?.float } == Rerankers.order(expected).map { expected[$0].logit })
        #expect(raw.json["activation"] == "identity")
        let told = try await Rerankers.client.post(
            "/v1/rerank", Rerankers.body(["model": "small", "raw_scores": false]))
        #expect(told.json["activation"] == "sigmoid")
    }

    @Test func topNCutsTheListButNotTheRanking() async throws {
        let order = Rerankers.order(try Rerankers.scores())
        for count in [1, 3, 6, 7, 1000] {
            let body = Rerankers.body(["model": "small", "top_n": JSONValue.number(JSONNumber(count))])
            let reply = try await Rerankers.client.post("/v1/rerank", body)
            let indexes = reply.json["results"]?.array?.map { $0["index"]?.int }
            #expect(indexes == Array(order.prefix(count)))
        }
    }

    @Test func objectsAreReadByTheirTextOrByRankFieldsInTheirOrder() async throws {
        let documents: JSONValue = [
            ["text": "network monitor", "title": "editor"],
            ["text": "a fast text editor", "title": "colours"],
            ["title": "text", "pages": 12, "draft": true, "none": nil, "text": "library"],
        ]
        func scores(_ more: KeyValuePairs<String, JSONValue>) async throws -> [Int: Float] {
            var object = JSONObject()
            object["query"] = "text editor"
            object["model"] = "small"
            object["documents"] = documents
            for (key, value) in more { object[key] = value }
            let reply = try await Rerankers.client.post("/v1/rerank", .object(object))
            #expect(reply.status == 200)
            return Dictionary(
                uniqueKeysWithValues: (reply.json["results"]?.array ?? []).map {
                    ($0["index"]?.int ?? -1, $0["relevance_score"]?.float ?? .nan)
                })
        }
        func expected(_ texts: [String]) throws -> [Int: Float] {
            Dictionary(uniqueKeysWithValues: try Rerankers.scores(of: texts).map(\.score).enumerated().map { ($0, $1) })
        }
        #expect(
            try await scores([:]) == expected(["network monitor", "a fast text editor", "library"]))
        #expect(
            try await scores(["rank_fields": ["title", "text"]])
                == expected(["editor\nnetwork monitor", "colours\na fast text editor", "text\nlibrary"]))
        // Fields that an object lacks or has as null are passed over; numbers and booleans are read as they are written.
        #expect(
            try await scores(["rank_fields": ["pages", "none", "draft"]])
                == expected(["network monitor", "a fast text editor", "12\ntrue"]))
    }

    @Test func returnDocumentsGivesBackWhatWasSent() async throws {
        let object: JSONValue = ["text": "a fast text editor", "id": 7, "tags": ["x"]]
        let body: JSONValue = [
            "query": "text editor", "model": "small", "documents": ["network monitor", object],
            "return_documents": true,
        ]
        let results = try #require(try await Rerankers.client.post("/v1/rerank", body).json["results"]?.array)
        for result in results {
            #expect(result.keys == ["index", "relevance_score", "document"])
            let expected: JSONValue = result["index"] == 0 ? ["text": "network monitor"] : object
            #expect(result["document"] == expected)
        }
    }

    @Test func theModelIsPickedByNameByAliasOrIsTheFirstThatCanRank() async throws {
        for name in ["small", "rerank-v3.5", "org/small"] {
            let reply = try await Rerankers.client.post("/v1/rerank", Rerankers.body(["model": .string(name)]))
            #expect(reply.json["model"] == "small")
        }
        // The classifier with three labels stands before it, and cannot rank.
        let reply = try await Rerankers.client.post("/v1/rerank", Rerankers.body())
        #expect(reply.json["model"] == "small")
    }

    @Test func documentsThatAreCutAreNamedInTheWarnings() async throws {
        let long = String(repeating: "network monitor ", count: 100)
        let body: JSONValue = ["query": "text editor", "model": "small", "documents": ["short", .string(long)]]
        let reply = try await Rerankers.client.post("/v1/rerank", body)
        #expect(
            reply.json["meta"]?["warnings"] == ["1 of 2 documents were not read to their end: 1."])
    }

    @Test func maxChunksPerDocReadsWindowsAndTheBestOneCounts() async throws {
        let client = try await Rerankers.client
        let long = String(repeating: "network monitor ", count: 100) + Rerankers.documents[1]
        for windows in [1, 3, 50] {
            var request = ScoreRequest(model: "small", query: Rerankers.query, texts: [long])
            request.longTexts = .chunk(maximumWindows: windows)
            request.activation = .sigmoid
            let expected = try await client.engine.score(request).scores[0]
            let reply = try await client.post(
                "/v1/rerank",
                [
                    "model": "small", "query": .string(Rerankers.query), "documents": [.string(long)],
                    "max_chunks_per_doc": .number(JSONNumber(windows)),
                ])
            #expect(reply.json["results"]?[0]?["relevance_score"]?.float == expected.score)
            #expect(expected.windowCount == windows || !expected.isTruncated)
            #expect((reply.json["meta"]?["warnings"] != nil) == expected.isTruncated)
        }
    }

    @Test func searchUnitsCountWindows() async throws {
        let long = JSONValue.string(String(repeating: "network monitor ", count: 100))
        let reply = try await Rerankers.client.post(
            "/v1/rerank",
            [
                "model": "small", "query": "text", "max_chunks_per_doc": 3,
                "documents": .array(Array(repeating: long, count: 34)),
            ])
        #expect(reply.json["meta"]?["billed_units"]?["search_units"] == 2)
    }

    @Test func searchUnitsCountTheHundreds() async throws {
        for (count, units) in [(100, 1), (101, 2)] {
            let documents = JSONValue.array((0..<count).map { .string("editor \($0)") })
            let reply = try await Rerankers.client.post(
                "/v1/rerank", ["query": "text", "documents": documents, "model": "small"])
            #expect(reply.json["meta"]?["billed_units"]?["search_units"]?.int == units)
        }
    }

    @Test func fieldsOfOtherServersAreTakenToo() async throws {
        let reply = try await Rerankers.client.post(
            "/v1/rerank",
            [
                "query": "text editor", "texts": ["a", "text editor"], "return_text": true, "truncate": true,
                "user": "x",
            ])
        #expect(reply.status == 200)
        #expect(reply.json["results"]?.array?.count == 2)
        #expect(reply.json["results"]?[0]?["document"]?["text"]?.string != nil)
    }
}
