import JSON
import TestSupport
import Testing
import Tokenizers

/// Folders with `tokenizer.json`, and folders with the older files instead of it.
@Suite struct FolderTests {
    private static let texts = [
        "Hello World", "naïve café, 你好! [MASK] x", "don't we'll 12 345.67", "", "  a  b\u{0}c ",
    ]

    /// The tokens of a vocabulary object in the order of their ids.
    private static func lines(_ vocabulary: JSONValue?) -> [String] {
        (vocabulary?.object ?? JSONObject()).sorted { ($0.value.int ?? 0) < ($1.value.int ?? 0) }.map(\.key)
    }

    private static func expectEqual(_ one: Tokenizer, _ other: Tokenizer) throws {
        for text in texts {
            for pair in [nil, "a second text"] {
                let (first, second) = (try one.encode(text, pair: pair), try other.encode(text, pair: pair))
                #expect(first == second, "\(text.debugDescription)")
                #expect(one.decode(first.ids) == other.decode(second.ids))
            }
        }
    }

    @Test func vocabularyTextFileGivesTheTokenizerOfTheBERTFamily() throws {
        let document = try ReferenceCase("large-wordpiece").document
        let complete = try Tokenizer(tokenizerJSON: document)
        try TemporaryFolder.with { folder in
            let lines = Self.lines(document["model"]?["vocab"])
            try folder.write(lines.joined(separator: "\n") + "\n", to: "vocab.txt")
            try folder.write(#"{"do_lower_case": true, "model_max_length": 7}"#, to: "tokenizer_config.json")
            var tokenizer = try Tokenizer(folder: folder.path)
            #expect(tokenizer.truncation == Truncation(maxLength: 7))
            tokenizer.truncation = nil
            var untruncated = complete
            untruncated.truncation = nil
            try Self.expectEqual(tokenizer, untruncated)
            try folder.write(#"{"do_lower_case": false, "model_max_length": 1e30}"#, to: "tokenizer_config.json")
            let cased = try Tokenizer(folder: folder.path)
            #expect(cased.truncation == nil)
            #expect(try cased.encode("HELLO").ids != untruncated.encode("HELLO").ids)
        }
    }

    @Test func vocabularyAndMergesGiveTheTokenizerOfTheRobertaFamily() throws {
        let model = try #require(try ReferenceCase("large-bytelevel").document["model"])
        var vocabulary = Self.lines(model["vocab"])
        for token in ["<s>", "</s>", "<unk>", "<pad>", "<mask>"] where !vocabulary.contains(token) {
            vocabulary.append(token)
        }
        let ids = JSONValue.object(
            JSONObject(vocabulary.enumerated().map { (key: $0.element, value: .number(JSONNumber($0.offset))) }))
        let merges = (model["merges"]?.array ?? []).compactMap { merge in
            merge.string ?? merge.array?.compactMap(\.string).joined(separator: " ")
        }
        try TemporaryFolder.with { folder in
            try folder.write(ids.serialized(), to: "vocab.json")
            try folder.write("#version: 0.2\n" + merges.joined(separator: "\n") + "\n", to: "merges.txt")
            let tokenizer = try Tokenizer(folder: folder.path)
            let encoding = try tokenizer.encode("Hello world", pair: "again")
            let bos = try #require(tokenizer.id(of: "<s>"))
            let eos = try #require(tokenizer.id(of: "</s>"))
            #expect(encoding.ids.first == bos && encoding.ids.last == eos)
            #expect(encoding.ids.filter { $0 == eos }.count == 3)
            #expect(encoding.typeIDs.allSatisfy { $0 == 0 })
            #expect(tokenizer.decode(try tokenizer.encode("Hello world").ids) == "Hello world")
        }
    }

    @Test func aFolderWithoutTokenizerSaysWhatWasLookedFor() throws {
        try TemporaryFolder.with { folder in
            let error = try #require(throws: TokenizerError.self) { try Tokenizer(folder: folder.path) }
            #expect(error.code == .unreadableFile)
            #expect(error.file == folder.path)
            for name in ["tokenizer.json", "vocab.txt", "merges.txt"] { #expect(error.reason.contains(name)) }
            try folder.write("{\"model\": ", to: "tokenizer.json")
            #expect(throws: TokenizerError.self) { try Tokenizer(folder: folder.path) }
        }
    }
}
