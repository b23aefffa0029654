import Encoders
import HTTPTypes
import Inference
import JSON
import ModelFiles
import TestSupport
import TextEncoding
import Testing

/// The tutorial of OpenSearch's documentation on reranking with a cross-encoder, with the model that comes along.
struct StarterModelTests {
    @Test("The passage that answers the question comes first, with the encoder's own logits")
    func tutorial() async throws {
        let path = Fixture.repositoryRoot + "/Models/starter-cross-encoder"
        let engine = InferenceEngine()
        engine.declare(ModelDeclaration(name: "EXu7Y5IBtif6Eh-w07yJ", task: .crossEncoder, path: path))
        try await engine.load("EXu7Y5IBtif6Eh-w07yJ")
        let node = try TestNode(scorer: EnginePassageScoring(engine))
        let passages = [
            "Carson City is the capital city of the American state of Nevada.",
            "The Commonwealth of the Northern Mariana Islands is a group of islands in the Pacific Ocean. Its capital is Saipan.",
            "Washington, D.C. (also known as simply Washington or D.C., and officially as the District of Columbia) is the capital of the United States. It is a federal district.",
            "Capital punishment (the death penalty) has existed in the United States since before the United States was a country. As of 2017, capital punishment is legal in 30 of the 50 states.",
        ]
        let bulk = passages.map {
            #"{ "index": { "_index": "my-test-data" } }"# + "\n" + #"{ "passage_text" : "\#($0)" }"# + "\n"
        }
        #expect(try await node.status(.post, "/_bulk?refresh=true", bulk.joined()) == 200)
        let pipeline = """
            {
                    "description": "Pipeline for reranking with Sagemaker cross-encoder model",
                    "response_processors": [
                            {
                                    "rerank": {
                                            "ml_opensearch": {
                                                    "model_id": "EXu7Y5IBtif6Eh-w07yJ"
                                            },
                                            "context": {
                                                    "document_fields": ["passage_text"]
                                            }
                                    }
                            }
                    ]
            }
            """
        #expect(try await node.status(.put, "/_search/pipeline/rerank_pipeline", pipeline) == 200)
        let question = "What is the capital of the United States?"
        let ext = #""ext": {"rerank": {"query_context": {"query_text": "\#(question)"}}}"#
        let found = try await node.ask(
            .get, "/my-test-data/_search?search_pipeline=rerank_pipeline",
            #"{"query": {"match_all": {}}, "size": 4, \#(ext)}"#)
        let hits = try #require(found["hits/hits"].array)
        #expect(hits.first?["_source"]?["passage_text"]?.string?.hasPrefix("Washington, D.C.") == true)
        let scores = try CrossEncoder(path: path).score(passages.map { TextPair(question, $0) }).map { $0.logits[0] }
            .sorted(by: >)
        #expect(hits.map { $0["_score"]?.double.map { Float($0) } } == scores.map { $0 })
        #expect(found["hits/max_score"].double.map { Float($0) } == scores[0] && found["hits/total/value"] == 4)
        let plain = try await node.ask(.get, "/my-test-data/_search", #"{"query": {"match_all": {}}, \#(ext)}"#)
        #expect(plain["hits/hits"].array?.allSatisfy { $0["_score"] == 1 } == true)
    }
}
