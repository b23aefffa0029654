import Glibc
import JSON
import TestSupport
import Testing
import Tokenizers

/// Settings, files and texts that take a tokenizer to its limits: an error or the exact result, never a silent change.
@Suite struct TokenizerLimitsTests {
    private static let words = #"{"type":"WordLevel","vocab":{"[UNK]":0,"a":1,"b":2},"unk_token":"[UNK]"}"#
    private static let pieces = """
        {"type":"WordPiece","vocab":{"[UNK]":0,"a":1,"b":2,"x":3,"##x":4,"你":5},"unk_token":"[UNK]",
        "continuing_subword_prefix":"##","max_input_chars_per_word":100}
        """
    private static let bert = #"{"type":"BertNormalizer","lowercase":true}"#

    private static func tokenizer(model: String = words, _ sections: (String, String)...) throws -> Tokenizer {
        let members = sections.map { "\"\($0.0)\":\($0.1)" } + ["\"model\":\(model)"]
        return try Tokenizer(tokenizerJSON: JSONValue(parsing: "{" + members.joined(separator: ",") + "}"))
    }

    private static func bertTokenizer() throws -> Tokenizer {
        try tokenizer(model: pieces, ("normalizer", bert), ("pre_tokenizer", #"{"type":"BertPreTokenizer"}"#))
    }

    // MARK: Truncation

    @Test func bothTextsBeyondTheLimitShareTheOddTokenByTheirRealLengths() throws {
        var tokenizer = try Self.bertTokenizer()
        // The words of one text are cut into many tokens, so that the early stop overshoots differently.
        let texts = [
            String(repeating: "a ", count: 30), String(repeating: "axxxxxxx ", count: 3),
            String(repeating: "xxxxxxxxxxxxxxxxxxxxxxxxxxx ", count: 1) + "a", String(repeating: "b", count: 14),
            String(repeating: "xxxxx b ", count: 6), String(repeating: "你", count: 25),
        ]
        for length in 0...13 {
            tokenizer.truncation = Truncation(maxLength: length)
            for text in texts {
                for pair in texts {
                    var (ids, types): ([Int32], [Int32]) = ([], [])
                    let isTruncated = try tokenizer.appendIDs(of: text, pair: pair, to: &ids, typeIDs: &types)
                    let whole = try tokenizer.encode(text, pair: pair)
                    #expect(ids == whole.ids, "\(length) \(text) \(pair)")
                    #expect(types == whole.typeIDs && isTruncated == whole.isTruncated)
                    let bare = try tokenizer.encode(text, pair: pair, includeOverflow: false)
                    #expect(bare.ids == whole.ids)
                }
            }
        }
    }

    @Test(arguments: [
        Truncation(maxLength: -1), Truncation(maxLength: .min), Truncation(maxLength: 4, stride: -1),
        Truncation(maxLength: 4, stride: .min), Truncation(maxLength: 4, stride: .min, direction: .left),
    ])
    func negativeTruncationSettingsAreErrors(_ truncation: Truncation) throws {
        var tokenizer = try Self.bertTokenizer()
        tokenizer.truncation = truncation
        for pair in [nil, "b b b b b b"] {
            let error = #expect(throws: TokenizerError.self) { _ = try tokenizer.encode("a a a a a a a", pair: pair) }
            #expect(error?.code == .truncation)
        }
        tokenizer.truncation = Truncation(maxLength: .max, stride: .max)
        #expect(try tokenizer.encode("a b").ids == [1, 2])
    }

    @Test func overflowThatMultipliesIsAnErrorBeforeItIsMade() throws {
        var tokenizer = try Self.bertTokenizer()
        tokenizer.truncation = Truncation(maxLength: 2)
        let long = String(repeating: "a ", count: 20_000)
        let error = #expect(throws: TokenizerError.self) { _ = try tokenizer.encode(long, pair: long) }
        #expect(error?.code == .truncation)
        #expect(try tokenizer.encode(long, pair: long, includeOverflow: false).ids == [1, 1])
        #expect(try tokenizer.encode(long).overflowing.count == 9_999)
    }

    @Test func aLimitEndsTheWorkInTextWithoutSpaces() throws {
        var tokenizer = try Self.bertTokenizer()
        let text = String(repeating: "你", count: 1_000_000)
        var (ids, types): ([Int32], [Int32]) = ([], [])
        let clock = ContinuousClock()
        let whole = try clock.measure { _ = try tokenizer.appendIDs(of: text, to: &ids, typeIDs: &types) }
        #expect(ids.count == 1_000_000)
        tokenizer.truncation = Truncation(maxLength: 8)
        ids.removeAll()
        let cut = try clock.measure { _ = try tokenizer.appendIDs(of: text, to: &ids, typeIDs: &types) }
        #expect(ids == Array(repeating: 5, count: 8))
        #expect(cut * 4 < whole, "\(cut) of \(whole)")
    }

    // MARK: Patterns

    @Test(arguments: [
        ("pre_tokenizer", #"{"type":"Split","pattern":{"Regex":"(a+)+c| "},"behavior":"Removed","invert":false}"#),
        ("normalizer", #"{"type":"Replace","pattern":{"Regex":"(a+)+c| "},"content":"x"}"#),
    ])
    func aPatternThatTakesTooManyStepsIsAnErrorThatNamesIt(_ section: String, _ json: String) throws {
        let tokenizer = try Self.tokenizer((section, json))
        let text = String(repeating: "a", count: 40) + " b"
        for _ in 0..<2 {
            let error = #expect(throws: TokenizerError.self) { _ = try tokenizer.encode(text) }
            #expect(error?.code == .matchLimit)
            #expect(error?.reason.contains("(a+)+c") == true)
            // The next text is not affected.
            _ = try tokenizer.encode("a b")
        }
    }

    @Test func patternsThatCutInsideCharactersAreRefused() throws {
        let error = #expect(throws: TokenizerError.self) {
            _ = try Self.tokenizer(
                ("pre_tokenizer", #"{"type":"Split","pattern":{"Regex":"\\C"},"behavior":"Isolated","invert":false}"#))
        }
        #expect(error?.location == "pre_tokenizer.pattern.Regex")
    }

    // MARK: Vocabularies

    @Test func idsWithGapsCountInTheBoundAndInOffsets() throws {
        for last in [9, 70_000, Int(Int32.max)] {
            let model = """
                {"type":"BPE","vocab":{"a":0,"Ġ":2,"Ġa":\(last)},"merges":[["Ġ","a"]]}
                """
            let tokenizer = try Self.tokenizer(
                model: model,
                ("pre_tokenizer", #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true}"#),
                ("post_processor", #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true}"#))
            #expect(tokenizer.vocabularySize == 3)
            #expect(tokenizer.idBound == last + 1)
            let encoding = try tokenizer.encode("a a")
            #expect(encoding.ids == [0, Int32(last)])
            #expect(encoding.byteOffsets == [0..<1, 2..<3])
        }
    }

    @Test func aTrieRefusesMembersBeyondItsNodes() {
        var trie = ByteTrie(edges: 4, nodeLimit: 4)
        let fits = [
            trie.insert([1, 2, 3], id: 7, root: 0), trie.insert([1, 2, 4], id: 8, root: 0),
            trie.insert([1, 2], id: 9, root: 0),
        ]
        #expect(fits == [true, false, true])
        let found = [1, 2, 4].withUnsafeBufferPointer { trie.longestPrefix(of: $0, from: 0, root: 0) }
        #expect(found?.id == 9 && found?.end == 2)
        // The key of the last edge and one more still fit.
        #expect(UInt32(exactly: ByteTrie.mostNodes << 8) != nil)
    }

    // MARK: Files

    @Test func filesThatNeverEndAreRefused() throws {
        try TemporaryFolder.with { folder in
            #expect(mkfifo(folder.path + "/tokenizer.json", 0o600) == 0)
            var error = #expect(throws: TokenizerError.self) { _ = try Tokenizer(folder: folder.path) }
            #expect(error?.code == .unreadableFile && error?.file == folder.path + "/tokenizer.json")
            #expect(unlink(folder.path + "/tokenizer.json") == 0)
            #expect(symlink("/dev/zero", folder.path + "/tokenizer.json") == 0)
            error = #expect(throws: TokenizerError.self) { _ = try Tokenizer(folder: folder.path) }
            #expect(error?.code == .unreadableFile)
            #expect(unlink(folder.path + "/tokenizer.json") == 0)
            try folder.write("{}", to: "tokenizer.json")
            #expect(truncate(folder.path + "/tokenizer.json", 257 << 20) == 0)
            error = #expect(throws: TokenizerError.self) { _ = try Tokenizer(folder: folder.path) }
            #expect(error?.code == .unreadableFile)
        }
    }
}
