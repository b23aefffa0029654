import FoundationEssentials
import JSON
import TestSupport
import TextAnalysis
import Testing

/// Every text of whole corpora against Lucene's hashes: `NEEDLETAIL_ANALYSIS_CORPUS` names a folder that
/// `Tests/Fixtures/analysis/make_corpus_hashes.py` has made.
struct CorpusTests {
    static let folder = ProcessInfo.processInfo.environment["NEEDLETAIL_ANALYSIS_CORPUS"]

    @Test(.enabled(if: folder != nil)) func tokensEqualLucenesOnWholeCorpora() throws {
        let folder = try #require(Self.folder)
        let texts = try String(contentsOfFile: folder + "/texts.jsonl", encoding: .utf8)
            .split(separator: "\n").map { try JSONValue(parsing: String($0)).string ?? "" }
        let rows = try String(contentsOfFile: folder + "/hashes.txt", encoding: .utf8).split(separator: "\n")
        let names = rows[0].split(separator: " ").map(String.init)
        try #require(rows.count == texts.count + 1)
        for (column, name) in names.enumerated() {
            guard let analyzer = AnalysisRegistry.builtIn.analyzer(named: name) else {
                Issue.record("no analyser \(name)")
                continue
            }
            var buffer = TokenBuffer()
            var different: [Int] = []
            for (index, text) in texts.enumerated() {
                try analyzer.analyze(text, into: &buffer)
                let expected = rows[index + 1].split(separator: " ")[column]
                if String(Self.hash(buffer), radix: 16) != expected.drop(while: { $0 == "0" }) {
                    different.append(index)
                }
            }
            print("\(name): \(texts.count) texts, \(different.count) differ from Lucene's")
            if let first = different.first {
                print("  first: line \(first + 1)")
                try analyzer.analyze(texts[first], into: &buffer)
                print(
                    (0..<buffer.count).map {
                        "\(buffer.text(of: $0)) \(buffer.positions[$0]) \(buffer.startOffsets[$0]) \(buffer.endOffsets[$0])"
                    }.joined(separator: "|"))
            }
            let differences = different.count
            #expect(differences == 0, "\(name)")
        }
    }

    private static func hash(_ buffer: TokenBuffer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ value: Int32) {
            for shift in stride(from: 0, to: 32, by: 8) {
                hash = (hash ^ UInt64(UInt32(bitPattern: value) >> UInt32(shift) & 0xFF)) &* 0x100_0000_01B3
            }
        }
        for token in 0..<buffer.count {
            for byte in buffer.bytes[buffer.range(of: token)] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            add(buffer.positions[token])
            add(buffer.startOffsets[token])
            add(buffer.endOffsets[token])
        }
        add(buffer.endPosition - 1)
        add(buffer.endOffset)
        return hash
    }

    @Test(.enabled(if: folder != nil)) func speedOverWholeCorpora() throws {
        let folder = try #require(Self.folder)
        let texts = try String(contentsOfFile: folder + "/texts.jsonl", encoding: .utf8)
            .split(separator: "\n").map { try JSONValue(parsing: String($0)).string ?? "" }
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        for name in ["standard", "simple", "whitespace", "stop", "english", "german"] {
            let analyzer = try #require(AnalysisRegistry.builtIn.analyzer(named: name))
            var buffer = TokenBuffer()
            var best = Duration.seconds(1000)
            var tokens = 0
            for _ in 0..<5 {
                tokens = 0
                let time = try ContinuousClock().measure {
                    for text in texts {
                        try analyzer.analyze(text, into: &buffer)
                        tokens += buffer.count
                    }
                }
                best = min(best, time)
            }
            let seconds = Double(best.components.attoseconds) / 1e18 + Double(best.components.seconds)
            print("\(name): \(Int(Double(bytes) / seconds / 1e6)) MB/s, \(tokens) tokens of \(bytes) bytes")
        }
    }
}
