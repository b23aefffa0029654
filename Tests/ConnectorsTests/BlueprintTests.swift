import Connectors
import JSON
import Testing

/// The connectors that OpenSearch's guides describe, against services that speak these formats.
@Suite struct BlueprintTests {
    @Test func openAIEmbeds() async throws {
        let service = FakeService { call, _ in
            guard call.header("Authorization") == "Bearer s3cret", call.json["model"] == "text-embedding-3-small",
                let input = call.json["input"]?.array
            else { return ConnectorAnswer(status: 401, body: []) }
            let data = input.indices.map { index -> JSONValue in
                [
                    "object": "embedding", "index": .number(JSONNumber(index)),
                    "embedding": [.number(JSONNumber(index)), -0.0062],
                ]
            }
            return ConnectorAnswer(
                status: 200, body: JSONValue.object(["object": "list", "data": .array(data)]).serializedBytes())
        }
        let connector = try connector(
            body: #"{ "input": ${parameters.input}, "model": "${parameters.model}" }"#,
            pre: "connector.pre_process.openai.embedding", post: "connector.post_process.openai.embedding",
            parameters: ["model": "text-embedding-3-small"])
        let outputs = try await ask(service, connector, .texts(["one \"two\"", "three"], [:]))
        #expect(
            outputs.map(\.tensors) == [
                [
                    ["name": "sentence_embedding", "data_type": "FLOAT32", "shape": [2], "data": [0, -0.0062]],
                    ["name": "sentence_embedding", "data_type": "FLOAT32", "shape": [2], "data": [1, -0.0062]],
                ]
            ])
        #expect(service.calls.first?.json["input"] == ["one \"two\"", "three"])
    }

    @Test func cohereEmbedsAndReranks() async throws {
        let embedding = try connector(
            url: "https://api.cohere.ai/v1/embed",
            body:
                #"{ "texts": ${parameters.texts}, "truncate": "${parameters.truncate}", "model": "${parameters.model}", "input_type": "${parameters.input_type}" }"#,
            pre: "connector.pre_process.cohere.embedding", post: "connector.post_process.cohere.embedding",
            parameters: ["model": "embed-english-v3.0", "input_type": "search_document", "truncate": "END"])
        let embeds = FakeService(["id": "1", "embeddings": [[0.5, 1], [2, 3]]])
        let outputs = try await ask(embeds, embedding, .texts(["a", "b"], [:]))
        #expect(outputs.first?.tensors.map { $0["data"] } == [[0.5, 1], [2, 3]])
        #expect(
            embeds.calls.first?.json == [
                "texts": ["a", "b"], "truncate": "END", "model": "embed-english-v3.0", "input_type": "search_document",
            ])
        let rerank = try connector(
            url: "https://api.cohere.ai/v1/rerank",
            body:
                #"{ "documents": ${parameters.documents}, "query": "${parameters.query}", "model": "${parameters.model}", "top_n": ${parameters.top_n} }"#,
            pre: "connector.pre_process.cohere.rerank", post: "connector.post_process.cohere.rerank",
            parameters: ["model": "rerank-english-v2.0"])
        // Best first, as Cohere answers; scores come back in the order of the texts.
        let ranks = FakeService([
            "results": [
                ["index": 2, "relevance_score": 0.98], ["index": 0, "relevance_score": 0.5],
                ["index": 1, "relevance_score": 1.0e-5],
            ]
        ])
        let scores = try await ask(ranks, rerank, .pairs(query: "the \"capital\"?", texts: ["x", "y", "z"], [:]))
        #expect(
            scores.first?.tensors == [
                ["name": "similarity", "data_type": "FLOAT32", "shape": [1], "data": [0.5]],
                ["name": "similarity", "data_type": "FLOAT32", "shape": [1], "data": [1.0e-5]],
                ["name": "similarity", "data_type": "FLOAT32", "shape": [1], "data": [0.98]],
            ])
        #expect(
            ranks.calls.first?.json == [
                "documents": ["x", "y", "z"], "query": "the \"capital\"?", "model": "rerank-english-v2.0", "top_n": 3,
            ])
        let twice = FakeService(["results": [["index": 0, "relevance_score": 1], ["index": 0, "relevance_score": 1]]])
        #expect(
            await fault { _ = try await ask(twice, rerank, .pairs(query: "q", texts: ["x", "y"], [:])) }?.reason
                .contains("twice") == true)
        #expect(
            await fault { _ = try await ask(ranks, rerank, .texts(["x"], [:])) }?.reason
                == "This pre_process_function can only support TextSimilarityInputDataSet")
    }

    private func bedrock(_ pre: String, _ post: String, _ body: String, path: String) throws -> ConnectorDefinition {
        try connector(
            url: "https://bedrock-runtime.${parameters.region}.amazonaws.com/\(path)", body: body, pre: pre, post: post,
            parameters: ["region": "us-east-1", "service_name": "bedrock", "dimensions": 256],
            headers: ["content-type": "application/json", "x-amz-content-sha256": "required"], scheme: "aws_sigv4",
            credential: ["access_key", "secret_key"])
    }

    private let keys = ["access_key": "AKIDEXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"]

    @Test func bedrockEmbedsOneTextACall() async throws {
        let connector = try bedrock(
            "connector.pre_process.bedrock.embedding", "connector.post_process.bedrock.embedding",
            #"{ "inputText": "${parameters.inputText}", "dimensions": ${parameters.dimensions} }"#,
            path: "model/amazon.titan-embed-text-v2:0/invoke")
        let service = FakeService { call, _ in
            ConnectorAnswer(
                status: 200,
                body: JSONValue.object([
                    "embedding": [.number(JSONNumber(call.json["inputText"]?.string?.utf8.count ?? 0))],
                    "inputTextTokenCount": 1,
                ]).serializedBytes())
        }
        let outputs = try await ask(service, connector, .texts(["a", "bb", "ccc"], [:]), credential: keys)
        #expect(outputs.map { $0.tensors.first?["data"] } == [[1], [2], [3]])
        let call = try #require(service.calls.first { $0.json["inputText"] == "a" })
        #expect(call.json["dimensions"] == 256)
        #expect(call.header("x-amz-date") == "20150830T123600Z")
        #expect(
            call.header("Authorization")?.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature="
            ) == true)
    }

    @Test func bedrockReranks() async throws {
        let connector = try connector(
            url: "https://bedrock-agent-runtime.us-east-1.amazonaws.com/rerank",
            body:
                #"{ "queries": ${parameters.queries}, "sources": ${parameters.sources}, "numberOfResults": ${parameters.numberOfResults} }"#,
            pre: "connector.pre_process.bedrock.rerank", post: "connector.post_process.bedrock.rerank",
            parameters: ["region": "us-east-1", "service_name": "bedrock"], headers: [:], scheme: "aws_sigv4",
            credential: ["access_key", "secret_key"])
        let service = FakeService([
            "results": [["index": 1, "relevanceScore": 0.7], ["index": 0, "relevanceScore": 0.1]]
        ])
        let outputs = try await ask(service, connector, .pairs(query: "q", texts: ["x", "y"], [:]), credential: keys)
        #expect(outputs.first?.tensors.map { $0["data"] } == [[0.1], [0.7]])
        #expect(
            service.calls.first?.json == [
                "queries": [["textQuery": ["text": "q"], "type": "TEXT"]],
                "sources": [
                    ["inlineDocumentSource": ["textDocument": ["text": "x"], "type": "TEXT"], "type": "INLINE"],
                    ["inlineDocumentSource": ["textDocument": ["text": "y"], "type": "TEXT"], "type": "INLINE"],
                ],
                "numberOfResults": 2,
            ])
    }

    @Test func sageMakerEmbedsByScripts() async throws {
        let connector = try connector(
            url: "https://runtime.sagemaker.${parameters.region}.amazonaws.com/endpoints/e/invocations",
            body: #"{"inputs": ${parameters.inputs}}"#,
            pre: #"""
                def texts = params.text_docs;
                def list = "";
                for (def text : texts) { list = list + (list == "" ? "" : ",") + "\"" + text + "\""; }
                return "{\"parameters\": {\"inputs\": [" + list + "]}}";
                """#,
            post: #"""
                def name = "sentence_embedding";
                def dataType = "FLOAT32";
                if (params.embeddings == null || params.embeddings.length == 0) { return null; }
                def embedding = params.embeddings[0];
                def shape = [embedding.length];
                return "{\"name\":\"" + name + "\",\"data_type\":\"" + dataType + "\",\"shape\":" + shape + ",\"data\":" + embedding + "}";
                """#,
            parameters: ["region": "us-east-1", "service_name": "sagemaker", "input_docs_processed_step_size": 1],
            headers: ["content-type": "application/json"], scheme: "aws_sigv4",
            credential: ["access_key", "secret_key", "session_token"])
        let service = FakeService(["embeddings": [[0.25, -1.5e-3]]])
        var keys = keys
        keys["session_token"] = "token"
        let outputs = try await ask(service, connector, .texts(["a \"b\"\n"], [:]), credential: keys)
        #expect(
            outputs.map(\.tensors) == [
                [["name": "sentence_embedding", "data_type": "FLOAT32", "shape": [2], "data": [0.25, -1.5e-3]]]
            ])
        let call = try #require(service.calls.first)
        #expect(call.json == ["inputs": ["a \"b\"\n"]])
        #expect(call.header("x-amz-security-token") == "token")
        // A script that returns nothing leaves the answer as it is.
        let nothing = FakeService(["embeddings": []])
        #expect(
            try await ask(nothing, connector, .texts(["a"], [:]), credential: keys).first?.tensors
                == [["name": "response", "dataAsMap": ["embeddings": []]]])
    }

    @Test func otherFunctions() async throws {
        let cohere = try connector(
            body: #"{"texts": ${parameters.texts}}"#, pre: "connector.pre_process.cohere.embedding",
            post: "connector.post_process.cohere_v2.embedding.int8")
        let bytes = FakeService(["embeddings": ["int8": [[-3, 127]]]])
        #expect(
            try await ask(bytes, cohere, .texts(["a"], [:])).first?.tensors
                == [["name": "sentence_embedding", "data_type": "INT8", "shape": [2], "data": [-3, 127]]])
        #expect(
            await fault { _ = try await ask(FakeService([:]), cohere, .texts(["a"], [:])) }?.reason.contains(
                "$.embeddings.int8") == true)
        let plain = try connector(body: "{}")
        #expect(
            await fault { _ = try await ask(bytes, plain, .pairs(query: "q", texts: ["a"], [:])) }?.reason
                == "pre_process_function not defined in connector")
        let none = try connector(body: "{}", pre: "return null")
        #expect(
            await fault { _ = try await ask(bytes, none, .texts(["a"], [:])) }?.reason
                == "Preprocess function output is null")
        // Parameters pass by scripts, unless the connector says that they do not.
        let greets = try connector(
            body: #"{"a": "${parameters.a}"}"#,
            pre: #"return "{\"parameters\": {\"a\": \"" + params.parameters.b + "!\"}}""#,
            parameters: ["pre_process_function.process_remote_inference_input": "true"])
        _ = try await ask(bytes, greets, .parameters(["b": "hi"]))
        #expect(bytes.calls.last?.json == ["a": "hi!"])
    }
}
