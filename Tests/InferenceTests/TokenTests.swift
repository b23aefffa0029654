import Encoders
import Inference
import ModelFiles
import Testing

@Suite("Tokens of texts and texts of tokens", .timeLimit(.minutes(5)))
struct TokenTests {
    @Test("Tokens have ids, words and places in Unicode scalars; nothing is cut")
    func tokens() async throws {
        let engine = try await TestModel.engine("bert-dense")
        let encoder = try DenseEncoder(path: TestModel.path("bert-dense"))
        let text = "the river  \u{1F600} winter"
        let long = Array(repeating: "river", count: 3000).joined(separator: " ")
        let tokens = try await engine.tokenize(TokenizeRequest(texts: [text, long, text]))
        let ids = try encoder.tokenize([text], prompt: .none)[0].ids
        #expect(tokens[0].map(\.id) == ids && tokens[2] == tokens[0])
        #expect(tokens[0].first?.isSpecial == true && tokens[0].first?.range == nil)
        #expect(tokens[1].count > 3000)
        let scalars = Array(text.unicodeScalars)
        for token in tokens[0] where !token.isSpecial {
            let range = try #require(token.range)
            var place = String.UnicodeScalarView()
            place.append(contentsOf: scalars[range])
            let bare = token.text.hasPrefix("##") ? String(token.text.dropFirst(2)) : token.text
            #expect(token.text == "[UNK]" || String(place) == bare, "\(token)")
        }
        var request = TokenizeRequest(texts: [text])
        request.addsSpecialTokens = false
        let bare = try await engine.tokenize(request)[0]
        #expect(bare.map(\.id) == tokens[0].filter { !$0.isSpecial }.map(\.id))
    }

    @Test("Prompts go by name")
    func prompts() async throws {
        let engine = try await TestModel.engine("bert-dense", "bert-cross")
        var request = TokenizeRequest(model: "bert-dense", texts: ["river"])
        request.promptName = "unheard"
        let error = await inferenceError { _ = try await engine.tokenize(request) }
        #expect(error?.code == .invalidValue && error?.message.contains("unheard") == true)
        let encoder = try DenseEncoder(path: TestModel.path("bert-dense"))
        for (name, prompt) in encoder.prompts {
            request.promptName = name
            let expected = try encoder.tokenize(["river"], prompt: .text(prompt))[0].ids
            #expect(try await engine.tokenize(request)[0].map(\.id) == expected)
        }
        var embed = EmbedRequest(inputs: [.text("river")])
        embed.prompt = .named("unheard")
        #expect(await inferenceError { _ = try await engine.embed(embed) }?.code == .invalidValue)
    }

    @Test(
        "Ids become texts; ids outside the vocabulary are refused",
        arguments: ["bert-cross", "roberta-dense", "bert-splade", "distilbert-idf"])
    func decoding(_ name: String) async throws {
        let engine = InferenceEngine()
        var declaration = TestModel.declaration(name)
        if name.hasSuffix("idf") { declaration.task = .sparse }
        engine.declare(declaration)
        try await engine.load(name)
        let tokens = try await engine.tokenize(TokenizeRequest(texts: ["the river"]))[0]
        let ids = tokens.map(\.id)
        let (short, full) = (
            try await engine.decode([ids])[0], try await engine.decode([ids], skipsSpecialTokens: false)[0]
        )
        #expect(short.count <= full.count && !short.isEmpty)
        for bad: Int32 in [-1, .max, 10_000_000] {
            let error = await inferenceError { _ = try await engine.decode([ids, [bad]]) }
            #expect(error?.code == .invalidValue && error?.textIndex == 1)
            #expect(error?.message.contains("\(bad)") == true)
        }
        #expect(await inferenceError { _ = try await engine.decode([]) }?.code == .emptyInput)
    }
}
