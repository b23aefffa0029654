import JSON
import TestSupport
import Testing
import Tokenizers

/// Whole `tokenizer.json` documents that are broken or hostile, and ill-formed text at the edge.
@Suite struct HostileTokenizerTests {
    /// A section of the document and where the error must lie.
    struct Broken: Sendable, CustomTestStringConvertible {
        let section: String
        let json: String
        let location: String

        init(_ section: String, _ json: String, _ location: String) {
            self.section = section
            self.json = json
            self.location = location
        }

        var testDescription: String { section + ": " + String(json.prefix(80)) }
    }

    private static func document(_ section: String, _ json: String) throws -> JSONValue {
        var members = [
            ("model", try JSONValue(parsing: #"{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"a":1}}"#))
        ]
        members.removeAll { $0.0 == section }
        members.append((section, try JSONValue(parsing: json)))
        return .object(JSONObject(members.map { (key: $0.0, value: $0.1) }))
    }

    static let sections = [
        Broken("model", "null", "model"),
        Broken("model", "[]", "model"),
        Broken("model", #"{"type":"Markov"}"#, "model.type"),
        Broken("model", #"{"type":"WordPiece"}"#, "model.vocab"),
        Broken("model", #"{"type":"WordPiece","vocab":{"a":-1}}"#, "model.vocab[\"a\"]"),
        Broken("model", #"{"type":"WordPiece","vocab":{"a":4294967296}}"#, "model.vocab[\"a\"]"),
        Broken("added_tokens", "{}", "added_tokens"),
        Broken("added_tokens", "[1]", "added_tokens[0]"),
        Broken("added_tokens", #"[{"id":1}]"#, "added_tokens[0].content"),
        Broken("added_tokens", #"[{"id":1,"content":"x"},{"id":2,"content":3}]"#, "added_tokens[1].content"),
        Broken("added_tokens", #"[{"id":1,"content":"x","special":1}]"#, "added_tokens[0].special"),
        Broken("normalizer", "1", "normalizer"),
        Broken("normalizer", "{}", "normalizer.type"),
        Broken("normalizer", #"{"type":"Rot13"}"#, "normalizer.type"),
        Broken("normalizer", #"{"type":"Sequence"}"#, "normalizer.normalizers"),
        Broken("normalizer", #"{"type":"Sequence","normalizers":[{"type":"NFC"},7]}"#, "normalizer.normalizers[1]"),
        Broken("normalizer", #"{"type":"Replace","content":"x"}"#, "normalizer.pattern"),
        Broken("normalizer", #"{"type":"Replace","pattern":{"Regex":"("},"content":"x"}"#, "normalizer.pattern.Regex"),
        Broken(
            "normalizer", #"{"type":"Replace","pattern":{"Regex":"[a&&b]"},"content":"x"}"#, "normalizer.pattern.Regex"),
        Broken(
            "normalizer", #"{"type":"Precompiled","precompiled_charsmap":"AAAA"}"#, "normalizer.precompiled_charsmap"),
        Broken("normalizer", #"{"type":"Prepend"}"#, "normalizer.prepend"),
        Broken("pre_tokenizer", #"{"type":"Scissors"}"#, "pre_tokenizer.type"),
        Broken("pre_tokenizer", #"{"type":"Split","behavior":"Isolated","invert":false}"#, "pre_tokenizer.pattern"),
        Broken(
            "pre_tokenizer", #"{"type":"Split","behavior":"Shredded","invert":false,"pattern":{"String":"a"}}"#,
            "pre_tokenizer.behavior"),
        Broken("pre_tokenizer", #"{"type":"CharDelimiterSplit","delimiter":"ab"}"#, "pre_tokenizer.delimiter"),
        Broken("pre_tokenizer", #"{"type":"Metaspace","replacement":"","split":true}"#, "pre_tokenizer.replacement"),
        Broken(
            "pre_tokenizer", #"{"type":"Sequence","pretokenizers":[{"type":"Split"}]}"#,
            "pre_tokenizer.pretokenizers[0].pattern"),
        Broken("post_processor", #"{"type":"Stamp"}"#, "post_processor.type"),
        Broken("post_processor", #"{"type":"BertProcessing","sep":["s",1]}"#, "post_processor.cls"),
        Broken("post_processor", #"{"type":"BertProcessing","sep":["s",-1],"cls":["c",2]}"#, "post_processor.sep"),
        Broken(
            "post_processor", #"{"type":"RobertaProcessing","sep":["s",1],"cls":["c",2147483648]}"#,
            "post_processor.cls"),
        Broken(
            "post_processor", #"{"type":"TemplateProcessing","single":[],"pair":[]}"#, "post_processor.special_tokens"),
        // A template that names itself, a text that is not there, or a token that it does not define.
        Broken(
            "post_processor",
            #"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"X","type_id":0}}],"pair":[],"special_tokens":{}}"#,
            "post_processor.single[0].SpecialToken.id"),
        Broken(
            "post_processor",
            #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"B","type_id":0}}],"pair":[],"special_tokens":{}}"#,
            "post_processor.single[0].Sequence.id"),
        Broken(
            "post_processor",
            #"{"type":"TemplateProcessing","single":[],"pair":[{"Sequence":{"id":"C","type_id":0}}],"special_tokens":{}}"#,
            "post_processor.pair[0].Sequence.id"),
        Broken(
            "post_processor",
            #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":-1}}],"pair":[],"special_tokens":{}}"#,
            "post_processor.single[0].Sequence.type_id"),
        // A text that multiplies with itself.
        Broken(
            "post_processor",
            #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{}}"#,
            "post_processor.single[1].Sequence.id"),
        Broken("decoder", #"{"type":"Ring"}"#, "decoder.type"),
        Broken("truncation", "7", "truncation"),
        Broken("truncation", #"{"max_length":-1}"#, "truncation.max_length"),
        Broken("truncation", #"{"max_length":1e30}"#, "truncation.max_length"),
        Broken("truncation", #"{"max_length":5,"strategy":"Random"}"#, "truncation.strategy"),
        Broken("truncation", #"{"max_length":5,"direction":"Up"}"#, "truncation.direction"),
        Broken("truncation", #"{"max_length":5,"stride":-1}"#, "truncation.stride"),
    ]

    @Test(arguments: sections)
    func brokenSectionsNameTheField(_ broken: Broken) throws {
        let document = try Self.document(broken.section, broken.json)
        let error = #expect(throws: TokenizerError.self) { _ = try Tokenizer(tokenizerJSON: document) }
        #expect(error?.location == broken.location, "\(error?.description ?? "")")
    }

    @Test(arguments: ["3", "[]", "{}", "null"])
    func documentsThatAreNoTokenizerAreRefused(_ json: String) throws {
        let document = try JSONValue(parsing: json)
        #expect(throws: TokenizerError.self) { _ = try Tokenizer(tokenizerJSON: document) }
    }

    @Test(arguments: [
        ("normalizer", "normalizers", #"{"type":"Replace","pattern":{"String":"a"},"content":"aa"}"#),
        ("normalizer", "normalizers", #"{"type":"ByteLevel"}"#),
        ("pre_tokenizer", "pretokenizers", #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false}"#),
        ("decoder", "decoders", #"{"type":"Replace","pattern":{"Regex":"a"},"content":"aa"}"#),
    ])
    func stepsThatMultiplyTheTextAreRefused(_ section: String, _ key: String, _ step: String) throws {
        func sequence(_ count: Int) throws -> JSONValue {
            let steps = Array(repeating: step, count: count).joined(separator: ",")
            return try Self.document(section, #"{"type":"Sequence","\#(key)":[\#(steps)]}"#)
        }
        _ = try Tokenizer(tokenizerJSON: sequence(3))
        #expect(throws: TokenizerError.self) { _ = try Tokenizer(tokenizerJSON: sequence(40)) }
    }

    @Test func aTemplateThatAddsMillionsOfTokensIsRefused() throws {
        let ids = Array(repeating: "1", count: 3000).joined(separator: ",")
        let piece = #"{"SpecialToken":{"id":"x","type_id":0}}"#
        let json = """
            {"type":"TemplateProcessing","single":[\(piece),\(piece)],"pair":[],
            "special_tokens":{"x":{"id":"x","ids":[\(ids)],"tokens":[]}}}
            """
        #expect(throws: TokenizerError.self) {
            _ = try Tokenizer(tokenizerJSON: Self.document("post_processor", json))
        }
    }

    @Test func everyTruncatedOrDamagedDocumentIsRefusedOrWorks() throws {
        var generator = SeededGenerator(seed: 11)
        for name in ["post-template", "added-strip", "model-unigram-bytes", "truncation-longestfirst-left-10-3"] {
            let bytes = Array(try ReferenceCase(name).document.serialized().utf8)
            for _ in 0..<150 {
                var damaged = bytes
                for _ in 0..<3 {
                    damaged[Int.random(in: 0..<damaged.count, using: &generator)] =
                        Array("0123456789-{}[]\",:atrue".utf8).randomElement(using: &generator)!
                }
                guard let document = try? JSONValue(parsing: damaged),
                    let tokenizer = try? Tokenizer(tokenizerJSON: document)
                else { continue }
                if let encoding = try? tokenizer.encode("Hello <add> W\u{F6}rld", pair: "the [MASK]") {
                    _ = tokenizer.decode(encoding.ids)
                }
            }
        }
    }

    // MARK: Ill-formed text

    @Test(
        arguments: [
            [0xFF], [0x61, 0x80, 0x62], [0xC3], [0xE2, 0x82], [0xE2, 0x82, 0x61], [0xF0, 0x9F, 0x98],
            [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80], [0x61, 0xF0, 0x9F, 0x61, 0xE2, 0x28, 0xA1, 0x62],
        ] as [[UInt8]])
    func illFormedUTF8ReadsAsReplacementCharacters(_ bytes: [UInt8]) throws {
        for name in ["large-wordpiece", "large-bytelevel", "large-unigram"] {
            let tokenizer = try Tokenizer(tokenizerJSON: ReferenceCase(name).document)
            let repaired = String(decoding: bytes, as: UTF8.self)
            let expected = try tokenizer.encode(repaired)
            let actual = try bytes.withUnsafeBufferPointer { try tokenizer.encode(utf8: $0) }
            #expect(actual.ids == expected.ids)
            #expect(actual.characterOffsets == expected.characterOffsets)
        }
    }

    @Test func loneSurrogatesInJSONReadAsReplacementCharacters() throws {
        let tokenizer = try Tokenizer(tokenizerJSON: ReferenceCase("large-bytelevel").document)
        let text = try #require(JSONValue(parsing: #""a\ud800b\udc00""#).string)
        #expect(try tokenizer.encode(text).ids == tokenizer.encode("a\u{FFFD}b\u{FFFD}").ids)
    }
}
