import JSON
import TestSupport
import Testing
import Tokenizers

/// What the interface promises beside the reference cases.
@Suite struct EncodingTests {
    private static func tokenizer(_ name: String) throws -> Tokenizer {
        try Tokenizer(tokenizerJSON: ReferenceCase(name).document)
    }

    @Test func theWordScannerCutsAsItsRegularExpression() throws {
        // The pattern in a group is not recognised and runs as a regular expression.
        let pattern = #"(?:'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"#
        let reference = try ReferenceCase("pre-bytelevel").document
        func tokenizer(_ preTokenizer: JSONValue) throws -> Tokenizer {
            var members = reference.object.map(Array.init) ?? []
            members.removeAll { $0.key == "pre_tokenizer" }
            members.append((key: "pre_tokenizer", value: preTokenizer))
            return try Tokenizer(tokenizerJSON: .object(JSONObject(members)))
        }
        let level: JSONValue = ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true]
        let plain: JSONValue = ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false]
        let split: JSONValue = [
            "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Isolated", "invert": false,
        ]
        let byHand = try tokenizer(level)
        let byExpression = try tokenizer(["type": "Sequence", "pretokenizers": [split, plain]])
        let alphabet: [String] = [
            " ", "  ", "\n", "\t", "\u{A0}", "'", "s", "re", "ll", "a", "É", "你", "1", "٣", "!", "—", "🙂",
        ]
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<3000 {
            let count = Int.random(in: 0...9, using: &generator)
            let text = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined()
            #expect(try byHand.encode(text) == byExpression.encode(text), "\(text.debugDescription)")
        }
    }

    @Test func byteOffsetsAndCharacterOffsetsNameTheSameText() throws {
        let tokenizer = try Self.tokenizer("large-wordpiece")
        let text = "naïve 你好 café — 🙂 x"
        let encoding = try tokenizer.encode(text, addSpecialTokens: false)
        let scalars = Array(text.unicodeScalars)
        for (bytes, characters) in zip(encoding.byteOffsets, encoding.characterOffsets) {
            let fromBytes = String(decoding: Array(text.utf8)[bytes], as: UTF8.self)
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[characters])
            #expect(fromBytes == String(view))
        }
    }

    @Test func illFormedBytesReadAsReplacementCharacters() throws {
        let tokenizer = try Self.tokenizer("large-bytelevel")
        let bytes: [UInt8] = [0x61, 0xFF, 0x62, 0xE2, 0x82, 0x20, 0xED, 0xA0, 0x80, 0xF0, 0x9F]
        let repaired = String(decoding: bytes, as: UTF8.self)
        let encoding = try bytes.withUnsafeBufferPointer { try tokenizer.encode(utf8: $0) }
        #expect(try encoding == tokenizer.encode(repaired))
        #expect(encoding.count > 0)
    }

    @Test func appendedIDsStopEarlyWithTheSameResult() throws {
        var tokenizer = try Self.tokenizer("large-wordpiece")
        let long = String(repeating: "several words of a rather long text, ", count: 12)
        for length in [3, 8, 64] {
            tokenizer.truncation = Truncation(maxLength: length)
            for pair in [nil, "short", long] {
                var (ids, types): ([Int32], [Int32]) = ([], [])
                let isTruncated = try tokenizer.appendIDs(of: long, pair: pair, to: &ids, typeIDs: &types)
                let whole = try tokenizer.encode(long, pair: pair)
                #expect(isTruncated && whole.isTruncated)
                #expect(ids == whole.ids && types == whole.typeIDs)
                let bare = try tokenizer.encode(long, pair: pair, includeOverflow: false)
                #expect(bare.ids == ids && bare.overflowing.isEmpty && bare.isTruncated)
            }
        }
    }

    @Test func truncationThatCannotWorkIsAnError() throws {
        var tokenizer = try Self.tokenizer("large-wordpiece")
        for truncation in [
            Truncation(maxLength: 1), Truncation(maxLength: 4, stride: 2),
            Truncation(maxLength: 4, strategy: .onlySecond),
        ] {
            tokenizer.truncation = truncation
            #expect(throws: TokenizerError.self) { try tokenizer.encode("many words in one text") }
        }
    }

    @Test func anUnknownComponentIsNamed() throws {
        let document: JSONValue = [
            "model": ["type": "WordLevel", "vocab": ["a": 0], "unk_token": "a"], "normalizer": ["type": "Shout"],
        ]
        let error = try #require(throws: TokenizerError.self) { try Tokenizer(tokenizerJSON: document) }
        #expect(error.code == .unknownComponent)
        #expect(error.reason.contains("Shout") && error.reason.contains("BertNormalizer"))
        #expect(error.location == "normalizer.type")
    }

    @Test func threadsShareATokenizer() async throws {
        let tokenizer = try Self.tokenizer("large-wordpiece")
        let texts = (0..<64).map { "text number \($0) of several, naïve café " + String(repeating: "word ", count: $0) }
        let expected = try texts.map { try tokenizer.encode($0) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { try texts.map { try tokenizer.encode($0) } == expected }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }
}
