import CPCRE2

/// A regular expression of Java's, compiled by PCRE2, with bounds on what a match may cost.
///
/// Immutable after `init`; PCRE2 lets threads share compiled code, and each search has match data of its own.
final class CompiledPattern: @unchecked Sendable {
    private let code: OpaquePointer
    private let context: OpaquePointer
    let groupCount: Int

    /// Steps of the matcher and depth of its stack before a search is given up.
    private static let matchLimit: UInt32 = 5_000_000
    private static let heapLimitKiB: UInt32 = 64 << 10

    /// Compiles a pattern in Java's syntax, with OpenSearch's flags (`CASE_INSENSITIVE|DOTALL`).
    convenience init(java pattern: String, flags: String = "") throws(AnalysisError) {
        var options = UInt32(PCRE2_UTF) | UInt32(PCRE2_NO_UTF_CHECK)
        var isLiteral = false
        for flag in flags.split(separator: "|") {
            switch String(flag).trimmed {
            case "CASE_INSENSITIVE", "UNICODE_CASE": options |= UInt32(PCRE2_CASELESS)
            case "MULTILINE": options |= UInt32(PCRE2_MULTILINE)
            case "DOTALL": options |= UInt32(PCRE2_DOTALL)
            case "COMMENTS": options |= UInt32(PCRE2_EXTENDED)
            case "UNICODE_CHAR_CLASS", "UNICODE_CHARACTER_CLASS": options |= UInt32(PCRE2_UCP)
            case "LITERAL": isLiteral = true
            case "UNIX_LINES", "CANON_EQ", "": break
            case let other: throw AnalysisError("Unknown regex flag [\(other)]")
            }
        }
        if isLiteral { options |= UInt32(PCRE2_LITERAL) }
        try self.init(
            pcre2: isLiteral ? pattern : try JavaPattern.translate(pattern), shown: pattern, options: options)
    }

    init(pcre2 pattern: String, shown: String, options: UInt32) throws(AnalysisError) {
        var number: Int32 = 0
        var offset = 0
        let bytes = Array(pattern.utf8)
        let made = bytes.withUnsafeBufferPointer { text in
            pcre2_compile_8(text.baseAddress, text.count, options, &number, &offset, nil)
        }
        guard let made else {
            var buffer = [UInt8](repeating: 0, count: 256)
            let length = pcre2_get_error_message_8(number, &buffer, buffer.count)
            let message = String(decoding: buffer.prefix(max(Int(length), 0)), as: UTF8.self)
            throw AnalysisError("invalid regular expression [\(shown)]: \(message) near index \(offset)")
        }
        guard let context = pcre2_match_context_create_8(nil) else {
            pcre2_code_free_8(made)
            throw AnalysisError("no memory for the regular expression [\(shown)]")
        }
        code = made
        self.context = context
        pcre2_set_match_limit_8(context, Self.matchLimit)
        pcre2_set_heap_limit_8(context, Self.heapLimitKiB)
        _ = pcre2_jit_compile_8(made, UInt32(PCRE2_JIT_COMPLETE))
        var groups: UInt32 = 0
        _ = pcre2_pattern_info_8(made, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
        groupCount = Int(groups)
    }

    deinit {
        pcre2_match_context_free_8(context)
        pcre2_code_free_8(code)
    }

    /// The number of a named group; `nil` if there is none.
    func group(named name: String) -> Int? {
        let number = pcre2_substring_number_from_name_8(code, Array(name.utf8) + [0])
        return number > 0 ? Int(number) : nil
    }

    /// One match: byte ranges of the whole and of the groups; a group that took no part is `nil`.
    struct Match {
        fileprivate let vector: UnsafeMutablePointer<Int>
        fileprivate let count: Int

        subscript(group: Int) -> Range<Int>? {
            guard group < count, vector[2 * group] >= 0, vector[2 * group] <= vector[2 * group + 1] else { return nil }
            return vector[2 * group]..<vector[2 * group + 1]
        }

        var range: Range<Int> { vector[0]..<max(vector[0], vector[1]) }
    }

    /// Calls `body` for one match after the other, as Java's `find` goes on; until it answers `false`.
    ///
    /// Throws when a search exceeds its bounds.
    func forEachMatch(
        in text: UnsafeBufferPointer<UInt8>, _ body: (Match) throws(AnalysisError) -> Bool
    ) throws(AnalysisError) {
        var empty: UInt8 = 0
        try withUnsafePointer(to: &empty) { placeholder throws(AnalysisError) in
            try search(text.baseAddress ?? placeholder, text.count, body)
        }
    }

    private func search(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ body: (Match) throws(AnalysisError) -> Bool
    ) throws(AnalysisError) {
        guard let data = pcre2_match_data_create_from_pattern_8(code, nil) else {
            throw AnalysisError("no memory for a regular expression")
        }
        defer { pcre2_match_data_free_8(data) }
        var start = 0
        while start <= count {
            var result = pcre2_match_8(code, text, count, start, UInt32(PCRE2_NO_UTF_CHECK), data, context)
            if result == PCRE2_ERROR_JIT_STACKLIMIT {
                result = pcre2_match_8(
                    code, text, count, start, UInt32(PCRE2_NO_UTF_CHECK) | UInt32(PCRE2_NO_JIT), data, context)
            }
            if result == PCRE2_ERROR_NOMATCH { return }
            guard result > 0, let vector = pcre2_get_ovector_pointer_8(data) else {
                throw AnalysisError(
                    "the regular expression needs too many steps on this text; simplify it (PCRE2 error \(result))")
            }
            let match = Match(
                vector: UnsafeMutableRawPointer(vector).assumingMemoryBound(to: Int.self), count: Int(result))
            let range = match.range
            guard try body(match) else { return }
            start = range.upperBound
            if range.isEmpty {
                if start >= count { return }
                start += UTF8Scalar.decode(text, at: start).length
            }
        }
    }

    /// The end of the longest match that begins exactly at `start` and is not empty; `nil` if there is none.
    func longestMatch(
        in text: UnsafeBufferPointer<UInt8>, at start: Int, workspace: inout [Int32]
    ) throws(AnalysisError) -> Int? {
        guard let base = text.baseAddress, let data = pcre2_match_data_create_8(2, nil) else { return nil }
        defer { pcre2_match_data_free_8(data) }
        let options = UInt32(PCRE2_NO_UTF_CHECK) | UInt32(PCRE2_ANCHORED) | UInt32(PCRE2_NOTEMPTY)
        let result = pcre2_dfa_match_8(
            code, base, text.count, start, options, data, context, &workspace, workspace.count)
        if result == PCRE2_ERROR_NOMATCH { return nil }
        guard result >= 0, let vector = pcre2_get_ovector_pointer_8(data) else {
            throw AnalysisError(
                "the regular expression needs too many steps on this text; simplify it (PCRE2 error \(result))")
        }
        return Int(vector[1])
    }

    /// Whether the whole text matches.
    func matchesWhole(_ text: UnsafeBufferPointer<UInt8>) throws(AnalysisError) -> Bool {
        var whole = false
        try forEachMatch(in: text) { match throws(AnalysisError) in
            whole = match.range == 0..<text.count
            return false
        }
        return whole
    }
}

/// A replacement in Java's syntax: text with `$1`, `${name}` and `\` before what is meant literally.
struct ReplacementTemplate: Sendable {
    private enum Part: Sendable {
        case text([UInt8])
        case group(Int)
    }
    private var parts: [Part] = []

    init(_ template: String, for pattern: CompiledPattern) throws(AnalysisError) {
        var literal: [UInt8] = []
        let bytes = Array(template.utf8)
        var index = 0
        func flush(_ parts: inout [Part], _ literal: inout [UInt8]) {
            if !literal.isEmpty { parts.append(.text(literal)) }
            literal = []
        }
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 1
                guard index < bytes.count else { throw AnalysisError("character to be escaped is missing") }
                literal.append(bytes[index])
                index += 1
            } else if bytes[index] == UInt8(ascii: "$") {
                index += 1
                flush(&parts, &literal)
                guard index < bytes.count else {
                    throw AnalysisError("Illegal group reference: group index is missing")
                }
                if bytes[index] == UInt8(ascii: "{") {
                    guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else {
                        throw AnalysisError("named capturing group is missing trailing '}'")
                    }
                    let name = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
                    guard let group = pattern.group(named: name) else {
                        throw AnalysisError("No group with name {\(name)}")
                    }
                    parts.append(.group(group))
                    index = end + 1
                    continue
                }
                guard 0x30...0x39 ~= bytes[index] else { throw AnalysisError("Illegal group reference") }
                var group = Int(bytes[index]) - 0x30
                index += 1
                guard group <= pattern.groupCount else { throw AnalysisError("No group \(group)") }
                while index < bytes.count, 0x30...0x39 ~= bytes[index] {
                    let longer = group * 10 + Int(bytes[index]) - 0x30
                    guard longer <= pattern.groupCount else { break }
                    group = longer
                    index += 1
                }
                parts.append(.group(group))
            } else {
                literal.append(bytes[index])
                index += 1
            }
        }
        flush(&parts, &literal)
    }

    /// Appends the replacement of a match.
    func append(_ match: CompiledPattern.Match, of text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        for part in parts {
            switch part {
            case .text(let bytes): output += bytes
            case .group(let group):
                if let range = match[group] { output.append(contentsOf: text[range]) }
            }
        }
    }
}
