import JSON
import TestSupport
import TextAnalysis
import Testing

/// Tokens of analysers, tokenisers and filters against those that Lucene itself gave (`make_lucene.py`).
struct LuceneFixtureTests {
    static let fixture = try! JSONValue(parsing: try! Fixture.bytes("analysis/lucene.json"))

    static let names = fixture["cases"]!.array!.map { $0["name"]!.string! }

    /// As the fixture writes texts that hold line ends and tabs.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    @Test(arguments: names) func tokensEqualLucenes(name: String) throws {
        let test = try #require(Self.fixture["cases"]?.array?.first { $0["name"]?.string == name })
        let registry = try AnalysisRegistry(settings: ["analysis": test["analysis"]!])
        let analyzer = try #require(registry.analyzer(named: test["analyzer"]!.string!))
        let texts = Self.fixture["texts"]!.array!
        var different = 0
        var buffer = TokenBuffer()
        for (place, index) in test["texts"]!.array!.enumerated() {
            let text = texts[index.int!].string!
            let expected = test["tokens"]![place]!.string!
            if expected.hasPrefix("!") { continue }
            let lines = expected.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            var position = -1
            let tokens = try analyzer.tokens(text)
            let written = tokens.map { token -> String in
                defer { position = token.position }
                return [
                    Self.escaped(token.text), "\(token.startOffset)", "\(token.endOffset)",
                    "\(token.position - position)",
                    "\(token.positionLength)", token.type,
                ].joined(separator: "\t")
            }
            try analyzer.analyze(text, into: &buffer)
            let end = "\(buffer.endOffset)\t\(buffer.endPosition - 1 - Int32(tokens.last?.position ?? -1))"
            let fast = (0..<buffer.count).map {
                "\(buffer.text(of: $0)) \(buffer.positions[$0]) \(buffer.startOffsets[$0]) \(buffer.endOffsets[$0])"
            }
            let slow = tokens.map { "\($0.text) \($0.position) \($0.startOffset) \($0.endOffset)" }
            if written + [end] != lines || fast != slow {
                different += 1
                if different == 1 {
                    let given = (written + [end]).joined(separator: "|")
                    let wanted = lines.joined(separator: "|")
                    print(
                        "\(name): text \(index.int!) \(text.prefix(80))\n  given    \(given.prefix(700))\n  expected \(wanted.prefix(700))"
                    )
                }
            }
        }
        #expect(different == 0, "texts that differ")
    }
}
