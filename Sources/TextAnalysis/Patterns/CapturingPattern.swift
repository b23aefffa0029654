internal import CPCRE2

/// A regular expression in PCRE2's syntax of which the groups of the first match are wanted.
///
/// `^` and `$` stand at the ends of lines, and classes such as `\w` know Unicode, as in Oniguruma's dialect of Ruby, which grok is written in.
public struct CapturingPattern: Sendable {
    private let pattern: CompiledPattern
    private let groups: [Int]

    /// Compiles a pattern.
    ///
    /// - Parameters:
    ///   - text: the pattern.
    ///   - names: names of groups, whose matches come back in this order.
    /// - Throws: ``AnalysisError`` with what is wrong and where.
    public init(_ text: String, groups names: [String]) throws(AnalysisError) {
        pattern = try CompiledPattern(
            pcre2: text, shown: text,
            options: UInt32(PCRE2_UTF) | UInt32(PCRE2_NO_UTF_CHECK) | UInt32(PCRE2_UCP) | UInt32(PCRE2_MULTILINE))
        var groups: [Int] = []
        for name in names {
            guard let group = pattern.group(named: name) else { throw AnalysisError("No group with name {\(name)}") }
            groups.append(group)
        }
        self.groups = groups
    }

    /// What the groups hold in the first match, `nil` for one that took no part; `nil` if nothing matches.
    ///
    /// - Throws: ``AnalysisError`` when the search exceeds its bounds.
    public func firstMatch(in text: String) throws(AnalysisError) -> [String?]? {
        let bytes = Array(text.utf8)
        var result: [String?]?
        var failure: AnalysisError?
        bytes.withUnsafeBufferPointer { buffer in
            do throws(AnalysisError) {
                try pattern.forEachMatch(in: buffer) { match throws(AnalysisError) in
                    result = groups.map { group in
                        match[group].map { String(decoding: buffer[$0], as: UTF8.self) }
                    }
                    return false
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return result
    }
}
