import Encoders
import Inference
import JSON
import Testing

@Suite("TEI: POST /predict, /tokenize, /decode")
struct TEIPredictTests {
    /// What `/predict` says about one input.
    static func predictions(_ score: PairScore, _ labels: [String]) -> JSONValue {
        let order = score.logits.indices.sorted { score.logits[$0] > score.logits[$1] }
        return .array(
            order.map { ["score": .number(JSONNumber(Double(score.scores[$0]))), "label": .string(labels[$0])] })
    }

    /// Scores as floats, so that shortest texts of floats and of doubles compare equal.
    static func rounded(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(rounded))
        case .object(let object):
            .object(
                JSONObject(
                    object.map { member in
                        (
                            key: member.key,
                            value: member.value.float.map { .number(JSONNumber(Double($0))) } ?? member.value
                        )
                    }))
        default: value
        }
    }

    @Test func severalLabelsGiveSoftmaxBestFirst() async throws {
        let client = try await ServedModels.client
        let nli = try ServedModels.cross("bert-cross-labels")
        let pair = TextPair("a text editor", "edits text")
        let expected = Self.predictions(try nli.score([pair], activation: .softmax)[0], nli.labels)
        let one = try await client.post(
            "/models/nli/predict", ["inputs": [.string(pair.query), .string(pair.text)]])
        #expect(Self.rounded(one.json) == expected)
        #expect(one.json[0]?.keys == ["score", "label"])
        let batch = try await client.post(
            "/models/nli/predict", ["inputs": [[.string(pair.query), .string(pair.text)], ["a text editor"]]])
        #expect(batch.json.array?.count == 2)
        #expect(batch.json[0].map(Self.rounded) == expected)
        #expect(batch.json[1]?.array?.count == 3)
        let single = try await client.post("/models/nli/predict", ["inputs": "a text editor"])
        #expect(single.json == batch.json[1])
        #expect(try await client.post("/models/nli/predict", ["inputs": ["a text editor"]]).json == single.json)
    }

    @Test func oneLabelGivesTheLogisticFunction() async throws {
        let client = try await ServedModels.client
        let cross = try ServedModels.cross()
        for (fields, activation): (KeyValuePairs<String, JSONValue>, ScoreActivation) in [
            ([:], .sigmoid), (["raw_scores": true], .identity), (["activation": "softmax"], .softmax),
            (["activation": "model"], .identity),
        ] {
            var body: JSONObject = JSONObject()
            body["inputs"] = ["a", "b"]
            for (key, value) in fields { body[key] = value }
            let expected = Self.predictions(
                try cross.score([TextPair("a", "b")], activation: activation)[0], cross.labels)
            let reply = try await client.post("/predict", .object(body))
            #expect(Self.rounded(reply.json) == expected, "\(fields)")
        }
    }

    @Test func wrongInputsAreRefused() async throws {
        let client = try await ServedModels.client
        let refused: [(JSONValue, Int)] = [
            ([], 400), ([[]], 422), (["a", "b", "c"], 422), ([["a", "b", "c"]], 422), (["a", 1], 422), ([1], 422),
            ([["a"], "b"], 422), (["a", ["b"]], 422), ("", 422), (["", ""], 422), ([[""]], 422), (nil, 422), (1, 422),
            ([["a"], nil], 422), (["a": "b"], 422),
        ]
        for (inputs, status) in refused {
            #expect(try await client.post("/predict", ["inputs": inputs]).status == status, "\(inputs)")
        }
        let dense = try await client.post("/predict", ["inputs": "a", "model": "vectors"])
        #expect(dense.status == 424 && dense.errorType == "Backend")
        let limited = try await ServedModels.limited { $0.maximumTexts = 1 }
        #expect(try await limited.post("/predict", ["inputs": ["a", "b"]]).status == 200)
        #expect(try await limited.post("/predict", ["inputs": [["a"], ["b"]]]).status == 422)
    }

    @Test func tokensHaveTheirPlaces() async throws {
        let client = try await ServedModels.client
        let text = "A fast éditor 🙂"
        let reply = try await client.post("/models/small/tokenize", ["inputs": [.string(text), "text"]])
        #expect(reply.status == 200)
        let tokens = try #require(reply.json[0]?.array)
        #expect(tokens.first?.keys == ["id", "text", "special", "start", "stop"])
        #expect(tokens.first?["text"] == "[CLS]" && tokens.first?["start"] == .null && tokens.first?["stop"] == .null)
        let scalars = Array(text.unicodeScalars)
        for token in tokens where token["special"] == false {
            let (start, stop) = (try #require(token["start"]?.int), try #require(token["stop"]?.int))
            var piece = ""
            piece.unicodeScalars.append(contentsOf: scalars[start..<stop])
            #expect(token["text"]?.string == piece)
        }
        #expect(tokens.filter { $0["special"] == true }.count == 2)
        let dense = try await client.post("/models/vectors/tokenize", ["inputs": "text editor"])
        let expected = try ServedModels.dense().tokenize(["text editor"], prompt: .none)[0].ids
        #expect(dense.json[0]?.array?.compactMap { $0["id"]?.int } == expected.map(Int.init))
        let bare = try await client.post(
            "/models/small/tokenize", ["inputs": .string(text), "add_special_tokens": false])
        #expect(bare.json.array?.count == 1)
        #expect(bare.json[0]?.array?.count == tokens.count - 2)
    }

    @Test func promptsAreTokenisedAndCounted() async throws {
        let client = try await ServedModels.client
        let reply = try await client.post("/models/vectors/tokenize", ["inputs": "text", "prompt_name": "query"])
        let whole = Array("question - text".unicodeScalars)
        let tokens = try #require(reply.json[0]?.array)
        let expected = try ServedModels.dense().tokenize(["text"], prompt: .named("query"))[0].ids
        #expect(tokens.compactMap { $0["id"]?.int } == expected.map(Int.init))
        let pieces = tokens.filter { $0["special"] == false }
        #expect(pieces.first?["start"] == 0 && pieces.last?["stop"]?.int == whole.count)
        for piece in pieces {
            let (start, stop) = (try #require(piece["start"]?.int), try #require(piece["stop"]?.int))
            #expect(piece["text"]?.string?.unicodeScalars.elementsEqual(whole[start..<stop]) == true)
        }
        #expect(try await client.post("/models/small/tokenize", ["inputs": "a", "prompt_name": "query"]).status == 422)
    }

    @Test func idsBecomeTextsAgain() async throws {
        let client = try await ServedModels.client
        let tokens = try await client.post("/models/small/tokenize", ["inputs": "fast text editor"])
        let ids = JSONValue.array(tokens.json[0]?.array?.compactMap { $0["id"] } ?? [])
        let one = try await client.post("/models/small/decode", ["ids": ids])
        #expect(one.json == ["fast text editor"])
        let kept = try await client.post("/models/small/decode", ["ids": [ids, ids], "skip_special_tokens": false])
        #expect(kept.json == ["[CLS] fast text editor [SEP]", "[CLS] fast text editor [SEP]"])
        let refused: [(JSONValue, Int)] = [
            ([], 400), ([[]], 422), ([1, [1]], 422), ([[1], 1], 422), (["a"], 422), ("a", 422), (nil, 422), ([-1], 422),
        ]
        for (ids, status) in refused {
            #expect(try await client.post("/decode", ["ids": ids]).status == status, "\(ids)")
        }
        for inputs: JSONValue in ["", [""], nil, 1, [1], [["a"]]] {
            #expect(try await client.post("/tokenize", ["inputs": inputs]).status == 422, "\(inputs)")
        }
        #expect(try await client.post("/tokenize", ["inputs": []]).status == 400)
    }
}
