/// A regular expression of Java's for whole strings: what processors of documents and hits work with.
public struct JavaRegularExpression: Sendable {
    fileprivate let pattern: CompiledPattern

    /// Compiles a pattern.
    ///
    /// - Throws: ``AnalysisError`` with what is wrong and where.
    public init(_ pattern: String) throws(AnalysisError) {
        self.pattern = try CompiledPattern(java: pattern)
    }

    /// The pieces between matches, as Java's `String.split`: an empty match at the start makes no piece, and empty pieces at the end
    /// are left out unless they are asked for.
    ///
    /// - Parameter limit: how many pieces there may be; the last one holds the rest. `nil` for any number.
    /// - Throws: ``AnalysisError`` when the search exceeds its bounds.
    public func split(_ text: String, keepsTrailing: Bool = false, limit: Int? = nil) throws(AnalysisError) -> [String]
    {
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
                    if let limit, pieces.count >= limit - 1 { return false }
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
        if !keepsTrailing, limit == nil { while pieces.last?.isEmpty == true { pieces.removeLast() } }
        return pieces
    }
}

/// A replacement in Java's syntax for the matches of one regular expression.
public struct JavaReplacement: Sendable {
    fileprivate let template: ReplacementTemplate
}

extension JavaRegularExpression {
    /// Reads a replacement: `$1` and `${name}` stand for groups.
    ///
    /// - Throws: ``AnalysisError`` for a group that the pattern does not have.
    public func replacement(_ text: String) throws(AnalysisError) -> JavaReplacement {
        JavaReplacement(template: try ReplacementTemplate(text, for: pattern))
    }

    /// The text with all matches replaced, as Java's `Matcher.replaceAll`.
    ///
    /// - Throws: ``AnalysisError`` when the search exceeds its bounds, or the text would become longer than `maximumBytes`.
    public func replacing(
        _ text: String, with replacement: JavaReplacement, maximumBytes: Int
    ) throws(AnalysisError) -> String {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var copied = 0
        var failure: AnalysisError?
        bytes.withUnsafeBufferPointer { buffer in
            do throws(AnalysisError) {
                try pattern.forEachMatch(in: buffer) { match throws(AnalysisError) in
                    output.append(contentsOf: buffer[copied..<match.range.lowerBound])
                    replacement.template.append(match, of: buffer, to: &output)
                    copied = match.range.upperBound
                    guard output.count <= maximumBytes else {
                        throw AnalysisError("the text would become longer than \(maximumBytes) bytes")
                    }
                    return true
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        if output.isEmpty, copied == 0 { return text }
        output.append(contentsOf: bytes[copied...])
        return String(decoding: output, as: UTF8.self)
    }
}
