import Indices
import ClusterState
import Routing
import HTTPTypes
import JSON
import OpenSearchAPI
import Testing

/// Documents in the formats beside JSON, as other programs read them.
struct FormatTests {
    let value: JSONValue = [
        "a": 1, "b": -25, "c": 1.5, "d": "text", "e": [true, false, .null], "f": [:], "é": "ü", "g": 100_000,
    ]

    /// Bytes as Python's cbor2 5.6 writes the same document.
    @Test func cborHasHeadsAndValues() {
        let bytes = CBOREncoder.encode(value)
        let expected: [UInt8] = [
            0xA8, 0x61, 0x61, 0x01, 0x61, 0x62, 0x38, 0x18, 0x61, 0x63, 0xFB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0x61, 0x64,
            0x64,
            0x74, 0x65, 0x78, 0x74, 0x61, 0x65, 0x83, 0xF5, 0xF4, 0xF6, 0x61, 0x66, 0xA0, 0x62, 0xC3, 0xA9, 0x62, 0xC3,
            0xBC,
            0x61, 0x67, 0x1A, 0x00, 0x01, 0x86, 0xA0,
        ]
        #expect(bytes.count == expected.count)
        #expect(bytes == expected)
    }

    /// Bytes from the specification's rules: small integers are zigzag in five bits, larger ones end with six bits.
    @Test func smileHasItsHeaderAndTokens() {
        #expect(SmileEncoder.encode(["a": -1]) == [0x3A, 0x29, 0x0A, 0, 0xFA, 0x80, 0x61, 0xC1, 0xFB])
        #expect(SmileEncoder.encode([16, "x"]) == [0x3A, 0x29, 0x0A, 0, 0xF8, 0x24, 0xA0, 0x40, 0x78, 0xF9])
        #expect(SmileEncoder.encode(64) == [0x3A, 0x29, 0x0A, 0, 0x24, 0x02, 0x80])
    }

    @Test func yamlQuotesWhatCouldMeanSomethingElse() {
        let document: JSONValue = ["a": "yes", "b": [["c": 1], 2], "on": [:], "d": ["e": "x\ny"]]
        #expect(
            String(decoding: YAMLEncoder.encode(document), as: UTF8.self)
                == "---\na: \"yes\"\nb:\n  - c: 1\n  - 2\n\"on\": {}\nd:\n  e: \"x\\ny\"\n")
    }
}
