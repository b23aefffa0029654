import JSON
import TestSupport
import Testing
import Tokenizers

/// Models on their own: one word in, subwords out.
@Suite struct ModelTests {
    /// Cases without normaliser, pre-tokeniser and added tokens: the whole text is one word.
    static let wholeTextCases = [
        "model-unigram", "model-unigram-bytes", "model-bpe-suffix-fuse", "model-bpe-partial-bytes-fuse",
        "decoder-fuse",
    ]

    @Test(arguments: wholeTextCases)
    func splitsWholeTextsAsHuggingFace(_ name: String) throws {
        let reference = try ReferenceCase(name)
        let model = try model(reference.document["model"] ?? .null)
        let leadsWithStart = name.hasPrefix("decoder-")
        for expected in reference.expectations where expected.pair == nil && !expected.text.contains("<s>") {
            let ids = try split(expected.text, with: model).map(\.id)
            let wanted = expected.fields["ids"]?.array?.compactMap { $0.int.map(Int32.init) } ?? []
            #expect((leadsWithStart ? [1] : []) + ids == wanted, "\(expected.text.debugDescription)")
        }
    }

    @Test func longWordsMergeLikeShortOnes() throws {
        // Over a period that no merge crosses, a long word is a repetition of a short one.
        let document: JSONValue = try JSONValue(parsing: Fixture.bytes("tokenizers/shared/spelling.json"))
        let model = try model(document)
        let period = "hello the lo l"
        let one = try split(period, with: model).map(\.id)
        for count in [1, 2, 3, 4, 10, 1000] {
            let ids = try split(String(repeating: period, count: count), with: model).map(\.id)
            #expect(ids == (0..<count).flatMap { _ in one })
        }
    }

    @Test func aMegabyteWordTakesSeconds() throws {
        let model = try model(JSONValue(parsing: Fixture.bytes("tokenizers/shared/spelling.json")))
        let word = String(repeating: "thelolololl", count: 100_000)
        let pieces = try split(word, with: model)
        #expect(pieces.last?.end == Int32(word.utf8.count))
        let elapsed = try ContinuousClock().measure { _ = try split(word, with: model) }
        #expect(elapsed < .seconds(20))
    }

    @Test func unknownTextWithoutUnknownTokenIsAnError() throws {
        let unigram = try model(JSONValue(parsing: #"{"type":"Unigram","unk_id":null,"vocab":[["a",-1.0]]}"#))
        #expect(throws: TokenizerError.self) { try split("ab", with: unigram) }
        #expect(try split("aa", with: unigram).count == 2)
        let words = try model(JSONValue(parsing: #"{"type":"WordLevel","unk_token":"[UNK]","vocab":{"a":0}}"#))
        #expect(throws: TokenizerError.self) { try split("b", with: words) }
        let pairs = try model(JSONValue(parsing: #"{"type":"BPE","unk_token":"?","vocab":{"a":0},"merges":[]}"#))
        #expect(throws: TokenizerError.self) { try split("b", with: pairs) }
    }

    private func model(_ document: JSONValue) throws -> any SubwordModel {
        try #require(try ComponentSettings(document, at: "model").subwordModel())
    }

    @discardableResult
    private func split(_ text: String, with model: any SubwordModel) throws -> [SubwordPiece] {
        var text = text
        var pieces: [SubwordPiece] = []
        var scratch = ModelScratch()
        text.withUTF8 { model.tokenize($0, into: &pieces, scratch: &scratch) }
        if let failure = scratch.failure { throw failure }
        return pieces
    }
}

/// Added tokens whose names Swift's strings would take for equal, or that change their name.
@Suite struct AddedTokenNameTests {
    private func tokenizer(added: String, normalizer: String = "null") throws -> Tokenizer {
        try Tokenizer(
            tokenizerJSON: JSONValue(
                parsing: """
                    {"added_tokens":[\(added)],"normalizer":\(normalizer),
                    "model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0}}}
                    """))
    }

    @Test func canonicallyEquivalentTokensAreDifferent() throws {
        let flags = #""single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":false"#
        let tokenizer = try tokenizer(
            added: #"{"id":1,"content":"\u00e9",\#(flags)},{"id":2,"content":"e\u0301",\#(flags)}"#)
        #expect(try tokenizer.encode("\u{E9}e\u{301}").ids == [1, 2])
        #expect(tokenizer.id(of: "\u{E9}") == 1)
        #expect(tokenizer.id(of: "e\u{301}") == 2)
        #expect(tokenizer.vocabularySize == 3)
    }

    @Test func aSpecialTokenUnderAnotherNameIsNotSkipped() throws {
        let flags = #""single_word":false,"lstrip":false,"rstrip":false,"normalized":true,"special":true"#
        let tokenizer = try tokenizer(
            added: #"{"id":1,"content":"<X>",\#(flags)},{"id":2,"content":"<y>",\#(flags)}"#,
            normalizer: #"{"type":"Lowercase"}"#)
        #expect(tokenizer.decode([1, 2]) == "<x>")
        #expect(tokenizer.decode([1, 2], skipSpecialTokens: false) == "<x> <y>")
    }
}
