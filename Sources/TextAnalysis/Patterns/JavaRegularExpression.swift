/// A regular expression of Java's for whole strings: what processors of documents and hits work with.
public struct JavaRegularExpression: Sendable {
    private let pattern: CompiledPattern

    /// Compiles a pattern.
    ///
    /// - Throws: ``AnalysisError`` with what is wrong and where.
    public init(_ pattern: String) throws(AnalysisError) {
        self.pattern = try CompiledPattern(java: pattern)
    }

    /// The pieces between matches, as Java's `String.split`: an empty match at the start makes no piece, and empty pieces at the end
    /// are left out unless they are asked for.
    ///
    /// - Throws: ``AnalysisError`` when the search exceeds its bounds.
    public func split(_ text: String, keepsTrailing: Bool = false) throws(AnalysisError) -> [String] {
        let bytes = Array(text.utf8)
        var pieces: [String] = []
        var start = 0
        var failure: AnalysisError?
        bytes.withUnsafeBufferPointer { buffer in
            do throws(AnalysisError) {
                try pattern.forEachMatch(in: buffer) { match throws(AnalysisError) in
                    let range = match.range
                    if range.isEmpty, range.lowerBound == 0 || range.lowerBound == buffer.count { return true }
                    if range.upperBound == 0 { return true }
                    pieces.append(String(decoding: buffer[start..<range.lowerBound], as: UTF8.self))
                    start = range.upperBound
                    return true
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        // No match: the text itself, even if it is empty.
        if start == 0, pieces.isEmpty { return [text] }
        pieces.append(String(decoding: bytes[start...], as: UTF8.self))
        if !keepsTrailing { while pieces.last?.isEmpty == true { pieces.removeLast() } }
        return pieces
    }
}
