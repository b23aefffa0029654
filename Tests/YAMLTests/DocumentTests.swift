import Foundation
import JSON
import TestSupport
import Testing
import YAML

/// Structure, lines, aliases, and what is refused.
@Suite struct DocumentTests {
    private func fault(_ text: String, limits: YAMLLimits = YAMLLimits()) -> String {
        do {
            return "no fault: \(try YAMLNode(parsing: text, limits: limits).json)"
        } catch {
            return "\(error)"
        }
    }

    @Test func everyKeyKnowsItsLine() throws {
        let node = try YAMLNode(parsing: "# comment\na: 1\n\nb:\n  c: [1,\n    2]\n  'd d': {e: 3}\n")
        let entries = try #require(node.entries)
        #expect(entries.map(\.key) == ["a", "b"])
        #expect(entries.map(\.line) == [2, 4])
        #expect(entries[1].value.entries?.map(\.line) == [5, 7])
        #expect(entries[1].value.entries?[1].key == "d d")
        #expect(entries[1].value.line == 5)
        #expect(node.json == ["a": 1, "b": ["c": [1, 2], "d d": ["e": 3]]])
    }

    @Test func theMetarankGuidesConfigurationIsRead() throws {
        let node = try YAMLNode(
            parsing: "inference:\n  msmarco:\n    type: cross-encoder\n    model: metarank/ce-msmarco-MiniLM-L6-v2\n")
        #expect(
            node.json == [
                "inference": ["msmarco": ["type": "cross-encoder", "model": "metarank/ce-msmarco-MiniLM-L6-v2"]]
            ])
    }

    @Test(arguments: ["", "# only a comment\n", "---\n", "---\n...\n", "\u{FEFF}", "~"])
    func anEmptyTextIsNull(text: String) throws {
        #expect(try YAMLNode(parsing: text).json == .null)
    }

    @Test func keysAreTextsAsWritten() throws {
        let node = try YAMLNode(parsing: "8080: a\ntrue: b\n~: c\n1.50: d\n\"x\\ny\": e\n")
        #expect(node.entries?.map(\.key) == ["8080", "true", "~", "1.50", "x\ny"])
        // Two spellings of é are two keys.
        #expect(try YAMLNode(parsing: "\u{E9}: 1\ne\u{301}: 2\n").entries?.count == 2)
    }

    @Test func aliasesStandForTheirAnchors() throws {
        let node = try YAMLNode(parsing: "a: &x [1, &y two]\nb: *x\nc: *y\nd: &x 5\ne: *x\n*y : key\n")
        #expect(
            node.json == ["a": [1, "two"], "b": [1, "two"], "c": "two", "d": 5, "e": 5, "two": "key"])
    }

    @Test func linesEndInAnyWay() throws {
        #expect(try YAMLNode(parsing: "a: 1\r\nb: 2\r\n").entries?.map(\.line) == [1, 2])
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key 'a' is there already, on line 1; remove one of the two"),
        ("a: 1\n---\nb: 2\n", "line 2, column 1: a second document begins here; a file holds one"),
        (
            "base: &b {x: 1}\nd:\n  <<: *b\n",
            "line 3, column 3: merge keys (<<) are not supported; write out the keys that it stands for"
        ),
        ("a: *nowhere\n", "line 1, column 4: no anchor &nowhere is complete before this alias; write the anchor first"),
        ("a: &a [*a]\n", "line 1, column 8: no anchor &a is complete before this alias; write the anchor first"),
        ("[a]: b\n", "line 1, column 1: a key must be a plain text, not a sequence or a mapping"),
        ("a: !x b\n", "line 1, column 4: the tag !x is unknown or does not fit the value; remove it"),
    ])
    func whatIsRefusedIsToldWithItsPlace(text: String, message: String) {
        #expect(fault(text) == message)
    }

    @Test func faultsOfTheSyntaxNameTheirPlace() {
        #expect(fault("a: 1\n b: 2\n").hasPrefix("line 2, column 3: mapping values are not allowed in this context"))
        #expect(fault("a:\n\tb: 1\n").hasPrefix("line 2, column 1:"))
        #expect(fault("a:\n\tb: 1\n").contains("there is a tab: indent with spaces"))
        #expect(fault("a: \"open\nb: 1\n").contains("quoted scalar that begins on line 1"))
        #expect(fault("a: [1, 2\nb: 3\n").hasPrefix("line 2, column"))
        #expect(throws: YAMLError.self) { try YAMLNode(parsing: Array("a: b\nc: ".utf8) + [0xFF]) }
        #expect(throws: YAMLError.self) { try YAMLNode(parsing: "a: \u{1}") }
        #expect(fault("%YAML 3.0\n--- a\n").contains("found incompatible YAML document"))
    }

    @Test func textsThatGrowByAliasesAreRefused() {
        var laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...20 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            laughs += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(fault(laughs).contains("with its aliases written out the document is larger than 33554432 bytes"))
    }

    @Test func depthAndSizeAreBounded() {
        #expect(fault(String(repeating: "[", count: 40) + String(repeating: "]", count: 40)).hasPrefix("no fault"))
        #expect(
            fault(String(repeating: "[", count: 65) + String(repeating: "]", count: 65)).hasSuffix(
                "more than 64 sequences and mappings within each other"))
        #expect(fault(String(repeating: "[", count: 200_000)).contains("more than 64"))
        #expect(fault(String(repeating: "- ", count: 200_000)).contains("more than 64"))
        var limits = YAMLLimits()
        limits.maximumBytes = 10
        #expect(fault("0123456789a", limits: limits).contains("has 11 bytes; at most 10 are read"))
    }

    /// `Tests/Fixtures/yaml/make_yaml.py` wrote documents with PyYAML in all its styles, and what they mean as JSON.
    @Test func documentsOfPyYAMLAreReadAsItReadsThem() throws {
        let lines = String(decoding: try Fixture.bytes("yaml/documents.jsonl"), as: UTF8.self).split(separator: "\n")
        #expect(lines.count >= 200)
        for line in lines {
            let expected = try JSONValue(parsing: String(line))
            let text = try #require(expected["yaml"]?.string)
            let value = try #require(expected["value"])
            #expect(try YAMLNode(parsing: text).json == value, "\(text)")
        }
    }

    /// Whatever bytes come, the answer is a value or an error.
    @Test func brokenTextsNeverCrash() throws {
        var generator = SeededGenerator(seed: 7)
        let lines = String(decoding: try Fixture.bytes("yaml/documents.jsonl"), as: UTF8.self).split(separator: "\n")
        var refused = 0
        for line in lines.prefix(60) {
            let text = Array(try #require(try JSONValue(parsing: String(line))["yaml"]?.string).utf8)
            for _ in 0..<20 where !text.isEmpty {
                var broken = text
                for _ in 0..<3 {
                    broken[Int.random(in: broken.indices, using: &generator)] = UInt8.random(
                        in: 0...255, using: &generator)
                }
                if (try? YAMLNode(parsing: broken)) == nil { refused += 1 }
            }
        }
        #expect(refused > 100)
    }
}
