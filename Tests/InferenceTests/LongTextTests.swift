import Encoders
import Inference
import Testing
import Tokenizers

@Suite("Texts longer than the model reads", .timeLimit(.minutes(5)))
struct LongTextTests {
    private let words = [
        "river", "mill", "winter", "wood", "ship", "sea", "wind", "stone", "bread", "garden", "night", "song",
    ]

    private func text(_ count: Int, from first: Int = 0) -> [String] {
        (first..<first + count).map { words[($0 * 7 + $0 / 5) % words.count] }
    }

    @Test(
        "A text in windows has the score of its best window alone, and the windows overlap and cover it",
        arguments: ["bert-cross", "roberta-cross", "mpnet-cross", "xlm-roberta-cross"])
    func windows(_ name: String) async throws {
        let gate = Gate(isOpen: true)
        let engine = try await TestModel.engine(name, observer: gate.observer)
        let encoder = try CrossEncoder(path: TestModel.path(name))
        let (query, long) = ("the river", text(200).joined(separator: " "))
        var request = ScoreRequest(query: query, texts: [long, "short"])
        request.longTexts = .chunk(overlap: 5)
        let result = try await engine.score(request)
        let score = result.scores[0]
        let limit = encoder.maxSequenceLength
        #expect(score.windowCount > 2 && !score.isTruncated)
        #expect(result.scores[1].window == nil && result.scores[1].windowCount == 1)
        // The windows as texts: the tokens of the text alone, in stretches.
        let added = try encoder.tokenize([TextPair(query, "")])[0].count
        let whole = try encoder.inputTokenizer.encoding(query, pair: long)
        let body = whole.sequenceIDs.indices.filter { whole.sequenceIDs[$0] == 1 }
        let room = limit - added
        var logits: [[Float]] = []
        for start in stride(from: 0, to: max(1, body.count - 5), by: room - 5) {
            let kept = Set(body[start..<min(start + room, body.count)])
            let indices = whole.ids.indices.filter { whole.sequenceIDs[$0] != 1 || kept.contains($0) }
            // Families without segment ids ignore them.
            let types = name.hasPrefix("bert") ? indices.map { whole.typeIDs[$0] } : nil
            let sequence = TokenSequence(ids: indices.map { whole.ids[$0] }, typeIDs: types)
            logits.append(try encoder.score([sequence])[0].logits)
        }
        #expect(score.windowCount == logits.count)
        let best = try #require(logits.indices.max { (logits[$0][0], $1) < (logits[$1][0], $0) })
        #expect(score.window == best && score.logits == logits[best])
        let expectedTokens = body.count + logits.count * added + (logits.count - 1) * 5
        #expect(score.tokenCount == expectedTokens)
        #expect(gate.tiles.joined().joined().allSatisfy { $0 <= limit })
    }

    @Test("Windows behind the most that are allowed are cut, and the result says so")
    func maximumWindows() async throws {
        let engine = try await TestModel.engine("bert-cross")
        let long = text(300).joined(separator: " ")
        var request = ScoreRequest(query: "the river", texts: [long])
        request.longTexts = .chunk(overlap: 4, maximumWindows: 2)
        let two = try await engine.score(request).scores[0]
        #expect(two.windowCount == 2 && two.isTruncated)
        request.longTexts = .chunk(overlap: 4)
        let all = try await engine.score(request).scores[0]
        #expect(all.windowCount > 2 && !all.isTruncated && all.logit >= two.logit)
        request.longTexts = .truncate
        let first = try await engine.score(request).scores[0]
        #expect(first.window == nil && first.isTruncated && all.logit >= first.logit)
    }

    @Test("A query too long for its text gives up half, single texts have windows, silly settings do no harm")
    func edges() async throws {
        let engine = try await TestModel.engine("bert-cross")
        let encoder = try CrossEncoder(path: TestModel.path("bert-cross"))
        let long = text(200).joined(separator: " ")
        var request = ScoreRequest(inputs: [.init(long, long), .init(long), .init(long, "river"), .init(long, "")])
        for policy in [
            LongTextPolicy.chunk(overlap: 0), .chunk(overlap: 1_000_000), .chunk(overlap: -5),
            .chunk(overlap: 3, maximumWindows: 0), .chunk(overlap: .max, maximumWindows: .max),
        ] {
            request.longTexts = policy
            let scores = try await engine.score(request).scores
            #expect(scores.allSatisfy { $0.tokenCount <= $0.windowCount * encoder.maxSequenceLength })
            #expect(scores[0].isTruncated && scores[2].isTruncated && scores[3].isTruncated)
            if policy == .chunk(overlap: 0) { #expect(scores[1].windowCount > 2 && !scores[1].isTruncated) }
        }
    }

    @Test("Cutting on the left keeps the end")
    func left() async throws {
        let engine = try await TestModel.engine("bert-cross", "bert-dense")
        let (a, b) = (text(200), text(200, from: 3))
        var right = ScoreRequest(query: "the river", texts: [a, b].map { $0.joined(separator: " ") })
        right.inputs.append(.init("the river", (text(100) + a.suffix(150)).joined(separator: " ")))
        var left = right
        left.truncationSide = .left
        let (fromRight, fromLeft) = try await (engine.score(right).scores, engine.score(left).scores)
        #expect(fromLeft[0].logits == fromLeft[2].logits && fromLeft[0].isTruncated)
        #expect(fromRight[0].logits != fromLeft[0].logits)
        var embed = EmbedRequest(inputs: [.tokens(Array(5..<10) + Array(repeating: 6, count: 1000))])
        embed.truncationSide = .left
        let ids = try await engine.embed(embed).embeddings
        #expect(ids.isTruncated == [true] && ids.tokenCounts[0] < 1000)
    }

    @Test("The second text can be held to a number of tokens", arguments: [TruncationSide.right, .left])
    func maximumTextTokens(_ side: TruncationSide) async throws {
        let engine = try await TestModel.engine("bert-cross")
        let all = text(12)
        let kept = side == .right ? all.prefix(5) : all.suffix(5)
        var request = ScoreRequest(query: "the river", texts: [all.joined(separator: " ")])
        request.truncationSide = side
        let encoder = try CrossEncoder(path: TestModel.path("bert-cross"))
        let short = kept.joined(separator: " ")
        request.maximumTextTokens =
            try encoder.tokenize([TextPair("", short)])[0].count - encoder.tokenize([TextPair("", "")])[0].count
        let score = try await engine.score(request).scores[0]
        #expect(try score.logits == encoder.score([TextPair("the river", short)])[0].logits)
        #expect(score.isTruncated)
        request.longTexts = .refuse
        #expect(
            try await engine.score(request).scores[0].logits == score.logits, "the client's own limit is no refusal")
        request.longTexts = .chunk(overlap: 2)
        let chunked = try await engine.score(request).scores[0]
        #expect(chunked.logits == score.logits && chunked.isTruncated && chunked.windowCount == 1)
        request.maximumTextTokens = 0
        #expect(await inferenceError { _ = try await engine.score(request) }?.code == .invalidValue)
    }
}
