import JSON
import TextAnalysis

/// Reads the input up to a zero byte as the settings of an index, and analyses what follows with the analyser `a` and the normaliser `n`
/// that they may define; offsets must lie inside the text, and positions never go back.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAnalysis(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let end = input.firstIndex(of: 0) ?? input.count
    guard let json = try? JSONValue(parsing: Array(input[..<end])),
        let registry = try? AnalysisRegistry(settings: json)
    else { return 0 }
    let text = String(decoding: input[end...].dropFirst(), as: UTF8.self)
    let length = Int32(text.utf16.count)
    for analyzer in [registry.analyzer(named: "a"), registry.normalizer(named: "n"), registry.defaultAnalyzer] {
        guard let analyzer else { continue }
        var tokens = TokenBuffer()
        guard (try? analyzer.analyze(text, into: &tokens)) != nil else { continue }
        var last: Int32 = -1
        for token in 0..<tokens.count {
            precondition(tokens.positions[token] >= last, "positions go back")
            last = tokens.positions[token]
            precondition(
                tokens.startOffsets[token] >= 0 && tokens.startOffsets[token] <= tokens.endOffsets[token]
                    && tokens.endOffsets[token] <= length, "offsets outside of the text")
        }
        _ = try? analyzer.normalize(text)
    }
    return 0
}
