import JSON
import TestSupport
import Testing
import Tokenizers

/// Models, decoders and character maps that a hostile or broken `tokenizer.json` describes: an error that names the field.
@Suite struct HostileModelTests {
    struct Broken: Sendable, CustomTestStringConvertible {
        let json: String
        let location: String

        init(_ json: String, _ location: String) {
            self.json = json
            self.location = location
        }

        var testDescription: String { String(json.prefix(80)) }
    }

    static let models = [
        Broken("[]", "model"),
        Broken(#"{"type":"BPE"}"#, "model.vocab"),
        Broken(#"{"type":"BPE","vocab":[],"merges":[]}"#, "model.vocab"),
        Broken(#"{"type":"BPE","vocab":{"a":-1},"merges":[]}"#, "model.vocab[\"a\"]"),
        Broken(#"{"type":"BPE","vocab":{"a":2147483648},"merges":[]}"#, "model.vocab[\"a\"]"),
        Broken(#"{"type":"BPE","vocab":{"a":99999999999999999999},"merges":[]}"#, "model.vocab[\"a\"]"),
        Broken(#"{"type":"BPE","vocab":{"a":0.5},"merges":[]}"#, "model.vocab[\"a\"]"),
        Broken(#"{"type":"BPE","vocab":{"a":"0"},"merges":[]}"#, "model.vocab[\"a\"]"),
        Broken(#"{"type":"BPE","vocab":{"a":0}}"#, "model.merges"),
        Broken(#"{"type":"BPE","vocab":{"a":0},"merges":{}}"#, "model.merges"),
        Broken(#"{"type":"BPE","vocab":{"a":0},"merges":["aa"]}"#, "model.merges[0]"),
        Broken(#"{"type":"BPE","vocab":{"a":0},"merges":["a b"]}"#, "model.merges[0]"),
        Broken(#"{"type":"BPE","vocab":{"a":0},"merges":["a a"]}"#, "model.merges[0]"),
        Broken(#"{"type":"BPE","vocab":{"a":0},"merges":[["a","a","a"]]}"#, "model.merges[0]"),
        Broken(#"{"type":"BPE","vocab":{"a":0},"merges":[["a",1]]}"#, "model.merges[0]"),
        Broken(
            #"{"type":"BPE","vocab":{"a":0},"merges":[["a","a"]],"continuing_subword_prefix":"@@"}"#,
            "model.merges[0]"),
        Broken(#"{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":2}"#, "model.dropout"),
        Broken(#"{"type":"BPE","vocab":{"a":0},"merges":[],"unk_token":3}"#, "model.unk_token"),
        Broken(#"{"type":"BPE","vocab":{"a":0},"merges":[],"fuse_unk":"yes"}"#, "model.fuse_unk"),
        Broken(#"{"type":"BPE","vocab":{"a":0},"merges":[],"byte_fallback":1}"#, "model.byte_fallback"),
        Broken(#"{"type":"BPE","vocab":{"a":0},"merges":[],"ignore_merges":[]}"#, "model.ignore_merges"),
        Broken(#"{"type":"Unigram"}"#, "model.vocab"),
        Broken(#"{"type":"Unigram","vocab":{"a":0}}"#, "model.vocab"),
        Broken(#"{"type":"Unigram","vocab":[["a"]]}"#, "model.vocab[0]"),
        Broken(#"{"type":"Unigram","vocab":[["a",-1],["b","c"]]}"#, "model.vocab[1]"),
        Broken(#"{"type":"Unigram","vocab":[],"unk_id":0}"#, "model.vocab"),
        Broken(#"{"type":"Unigram","vocab":[["a",-1]],"unk_id":1}"#, "model.unk_id"),
        Broken(#"{"type":"Unigram","vocab":[["a",-1]],"unk_id":-1}"#, "model.unk_id"),
        Broken(#"{"type":"Unigram","vocab":[["a",-1]],"unk_id":"a"}"#, "model.unk_id"),
        Broken(#"{"type":"WordLevel","vocab":{"a":0}}"#, "model.unk_token"),
        Broken(#"{"type":"WordLevel","unk_token":"a","vocab":{"a":null}}"#, "model.vocab[\"a\"]"),
        Broken(#"{"type":7}"#, "model.type"),
    ]

    @Test(arguments: models)
    func brokenModelsNameTheField(_ broken: Broken) throws {
        let error = #expect(throws: TokenizerError.self) {
            _ = try ComponentSettings(JSONValue(parsing: broken.json), at: "model").subwordModel()
        }
        #expect(error?.location == broken.location)
        #expect(error?.code == .invalidSetting)
    }

    static let decoders = [
        Broken("3", "decoder"),
        Broken(#"{}"#, "decoder.type"),
        Broken(#"{"type":"Nonsense"}"#, "decoder.type"),
        Broken(#"{"type":"WordPiece"}"#, "decoder.prefix"),
        Broken(#"{"type":"WordPiece","prefix":"\u0023","cleanup":0}"#, "decoder.cleanup"),
        Broken(#"{"type":"BPEDecoder"}"#, "decoder.suffix"),
        Broken(#"{"type":"Metaspace","replacement":"ab"}"#, "decoder.replacement"),
        Broken(#"{"type":"Metaspace","replacement":""}"#, "decoder.replacement"),
        Broken(#"{"type":"Metaspace","replacement":"_","prepend_scheme":"maybe"}"#, "decoder.prepend_scheme"),
        Broken(#"{"type":"Strip","content":" ","start":-1,"stop":0}"#, "decoder.start"),
        Broken(#"{"type":"Strip","content":" ","start":1,"stop":1e30}"#, "decoder.stop"),
        Broken(#"{"type":"CTC","pad_token":"p","cleanup":true}"#, "decoder.word_delimiter_token"),
        Broken(#"{"type":"Replace","content":""}"#, "decoder.pattern"),
        Broken(#"{"type":"Sequence"}"#, "decoder.decoders"),
        Broken(#"{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Fusion"}]}"#, "decoder.decoders[1].type"),
        Broken(#"{"type":"Sequence","decoders":[3]}"#, "decoder.decoders[0]"),
    ]

    @Test(arguments: decoders)
    func brokenDecodersNameTheField(_ broken: Broken) throws {
        let error = #expect(throws: TokenizerError.self) {
            _ = try ComponentSettings(JSONValue(parsing: broken.json), at: "decoder").tokenDecoder()
        }
        #expect(error?.location == broken.location)
    }

    @Test func unknownDecodersAreNamed() throws {
        let error = #expect(throws: TokenizerError.self) {
            _ = try ComponentSettings(JSONValue(parsing: #"{"type":"Fusion"}"#), at: "decoder").tokenDecoder()
        }
        #expect(error?.code == .unknownComponent)
        #expect(error?.description.contains("Fusion") == true)
    }

    @Test func duplicateTokensAndIDsAreTolerated() throws {
        let json = #"{"type":"BPE","vocab":{"a":0,"b":0,"a":5,"c":2147483647},"merges":[]}"#
        let model = try #require(try ComponentSettings(JSONValue(parsing: json), at: "model").subwordModel())
        #expect(model.id(of: "a") == 5)
        #expect(model.token(of: 0) == "b")
        #expect(model.token(of: .max) == "c")
        #expect(model.token(of: -1) == nil)
        #expect(model.token(of: 1) == nil)
        let list = #"{"type":"Unigram","unk_id":0,"vocab":[["?",0],["a",-1],["a",-3],["",-1]]}"#
        let unigram = try #require(try ComponentSettings(JSONValue(parsing: list), at: "model").subwordModel())
        #expect(unigram.id(of: "a") == 2)
        #expect(unigram.token(of: 1) == "a")
    }

    // MARK: Character maps

    private static func map(_ units: [UInt32], _ texts: [UInt8], announced: UInt32? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in [announced ?? UInt32(units.count * 4)] + units {
            for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return bytes + texts
    }

    static let maps: [[UInt8]] = [
        [],
        [1, 2, 3],
        map([], []),
        map([0], [], announced: 400),
        map([0], [], announced: .max),
        // The root points far outside.
        map([0xFFFF_FE00], []),
        // A leaf whose text lies outside: root to 1 (xor "a" = 0x60), unit 0x60 = "a" with leaf to 0x61.
        map(hole(leaf: 0x8000_0005), [0x78, 0]),
        // A leaf whose text begins inside of a character.
        map(hole(leaf: 0x8000_0001), [0xC3, 0xA9, 0]),
        // Texts that are not UTF-8.
        map([0], [0xFF]),
        // A text that is longer than any that sentencepiece writes.
        map(hole(leaf: 0x8000_0000), Array(repeating: 0x62, count: 1025) + [0]),
    ]

    /// A trie with one entry, "a", whose leaf is given.
    private static func hole(leaf: UInt32) -> [UInt32] {
        var units = [UInt32](repeating: 0, count: 256)
        units[0] = 1 << 10
        units[0x60] = 0x61 | 1 << 8 | 1 << 10
        units[0x61] = leaf
        return units
    }

    @Test(arguments: maps)
    func brokenCharacterMapsAreRefused(_ bytes: [UInt8]) {
        #expect(throws: CharacterMap.Malformed.self) { try CharacterMap(bytes) }
    }

    @Test func aMinimalCharacterMapWorks() throws {
        let map = try CharacterMap(Self.map(Self.hole(leaf: 0x8000_0000), [0x78, 0x79, 0]))
        let place = Array("a".utf8).withUnsafeBufferPointer { map.replacement(of: $0, from: 0, to: 1) }
        #expect(place == 0)
        #expect(Array(map.text(at: place)) == Array("xy".utf8))
        #expect(!map.keeps(ascii: UInt8(ascii: "a")))
        #expect(map.keeps(ascii: UInt8(ascii: "b")))
    }

    @Test func replacementsCountInTheGrowthOfTheSteps() throws {
        let text = [UInt8](repeating: 0x62, count: 600) + [0]
        #expect(try CharacterMap(Self.map(Self.hole(leaf: 0x8000_0000), text)).greatestGrowth == 600)
        let real = try JSONValue(parsing: Fixture.bytes("tokenizers/shared/nmt-nfkc.json"))
        let bytes = try #require(Base64.decode(real["precompiled_charsmap"]?.string ?? ""))
        #expect((2...33).contains(try CharacterMap(bytes).greatestGrowth))
        func tokenizer(doubling: Bool) throws -> Tokenizer {
            let map = Self.base64(Self.map(Self.hole(leaf: 0x8000_0000), text))
            let replace = doubling ? #",{"type":"Replace","pattern":{"String":"b"},"content":"bb"}"# : ""
            let json = """
                {"model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0}},
                "normalizer":{"type":"Sequence","normalizers":[
                {"type":"Precompiled","precompiled_charsmap":"\(map)"}\(replace)]}}
                """
            return try Tokenizer(tokenizerJSON: JSONValue(parsing: json))
        }
        #expect(try tokenizer(doubling: false).encode("a").ids == [0])
        #expect(throws: TokenizerError.self) { _ = try tokenizer(doubling: true) }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let word = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[$1]) : 0) }
            for place in 0..<4 { text.append(place <= group.count ? alphabet[word >> (18 - 6 * place) & 63] : "=") }
        }
        return text
    }

    @Test(arguments: ["", "A", "A===", "AB=A", "A\u{E9}==", "====", "AAA", "AAAB=", "AB=="])
    func brokenBase64NamesTheField(_ text: String) throws {
        let json = JSONValue.object(
            JSONObject([("type", .string("Precompiled")), ("precompiled_charsmap", .string(text))]))
        let error = #expect(throws: TokenizerError.self) {
            _ = try PrecompiledNormalizer(ComponentSettings(json, at: "normalizer"))
        }
        #expect(error?.location == "normalizer.precompiled_charsmap")
    }

    @Test func everyTruncationOfARealCharacterMapIsRefusedOrWalksSafely() throws {
        let document = try JSONValue(parsing: Fixture.bytes("tokenizers/shared/nmt-nfkc.json"))
        let bytes = try #require(Base64.decode(document["precompiled_charsmap"]?.string ?? ""))
        var generator = SeededGenerator(seed: 7)
        var refused = 0
        for _ in 0..<60 {
            var damaged = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
            for _ in 0..<20 where !damaged.isEmpty {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            guard let map = try? CharacterMap(damaged) else {
                refused += 1
                continue
            }
            for scalar in stride(from: UInt32(1), to: 0x3000, by: 1) {
                var text: [UInt8] = []
                UTF8Scalar.append(scalar, to: &text)
                let place = text.withUnsafeBufferPointer { map.replacement(of: $0, from: 0, to: $0.count) }
                if place >= 0 { _ = map.text(at: place) }
            }
        }
        #expect(refused > 0)
    }
}
