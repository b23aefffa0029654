internal import CPCRE2

/// A compiled regular expression (PCRE2 with UTF and Unicode properties, just-in-time compiled).
///
/// Upstream runs Oniguruma with Ruby's syntax; ``OnigurumaSyntax`` rewrites what differs. `^` and `$` match at every line
/// as in Ruby. What is known to differ: `\W` and `\S` inside a class and `\b` follow PCRE2's idea of words and spaces; the
/// tables follow the Unicode version of PCRE2 (14 in Debian 12's 10.42), upstream's are newer: letters and digits added
/// since are not `\p{L}` and `\d` here.
final class RegularExpression: @unchecked Sendable {
    // Immutable after compilation; PCRE2 documents compiled patterns and match contexts as thread-safe then.
    private let code: OpaquePointer
    private let context: OpaquePointer
    let pattern: String

    /// How many steps one match may take: hostile patterns give up instead of hanging.
    private static let matchLimit: UInt32 = 1_000_000

    /// Compiles a pattern.
    init(_ pattern: String) throws(TokenizerError) {
        var errorCode: Int32 = 0
        var errorOffset = 0
        var options = UInt32(PCRE2_UTF) | UInt32(PCRE2_UCP) | UInt32(PCRE2_MULTILINE) | UInt32(PCRE2_NO_UTF_CHECK)
        // \C would match single bytes of a character.
        options |= UInt32(PCRE2_NEVER_BACKSLASH_C)
        let bytes: [UInt8]
        do {
            bytes = Array(try OnigurumaSyntax.translate(pattern).utf8)
        } catch {
            throw TokenizerError(
                .invalidSetting, "the regular expression \(pattern) has \(error.reason), which is not supported")
        }
        guard
            let code = bytes.withUnsafeBufferPointer({
                pcre2_compile_8($0.baseAddress, bytes.count, options, &errorCode, &errorOffset, nil)
            })
        else {
            let reason = Self.message(errorCode)
            throw TokenizerError(
                .invalidSetting, "the regular expression \(pattern) does not compile: \(reason) (byte \(errorOffset))")
        }
        guard let context = pcre2_match_context_create_8(nil) else {
            pcre2_code_free_8(code)
            throw TokenizerError(.invalidSetting, "no memory for the regular expression \(pattern)")
        }
        pcre2_set_match_limit_8(context, Self.matchLimit)
        // Where there is no JIT the interpreter does the same work.
        _ = pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE))
        self.code = code
        self.context = context
        self.pattern = pattern
    }

    deinit {
        pcre2_match_context_free_8(context)
        pcre2_code_free_8(code)
    }

    /// Calls `emit` for each match, left to right.
    ///
    /// The bytes are valid UTF-8. Empty matches are passed over.
    ///
    /// - Throws: `matchLimit` if a search takes more than a million steps or fails for want of memory.
    func forEachMatch(
        in bytes: UnsafeBufferPointer<UInt8>, emit: (_ start: Int, _ end: Int) -> Void
    ) throws(TokenizerError) {
        guard bytes.count > 0 else { return }
        guard let data = pcre2_match_data_create_8(1, nil) else { throw failure("finds no memory") }
        defer { pcre2_match_data_free_8(data) }
        var position = 0
        while position < bytes.count {
            var result = pcre2_match_8(
                code, bytes.baseAddress, bytes.count, position, UInt32(PCRE2_NO_UTF_CHECK), data, context)
            if result == PCRE2_ERROR_JIT_STACKLIMIT {
                // Compiled code has a small stack; the interpreter takes its memory from the heap.
                result = pcre2_match_8(
                    code, bytes.baseAddress, bytes.count, position, UInt32(PCRE2_NO_UTF_CHECK) | PCRE2_NO_JIT, data,
                    context)
            }
            if result == PCRE2_ERROR_NOMATCH { return }
            guard result >= 0, let bounds = pcre2_get_ovector_pointer_8(data) else {
                throw failure("gives up at byte \(position) of \(bytes.count): \(Self.message(result))")
            }
            let (start, end) = (bounds[0], bounds[1])
            guard start >= position, end <= bytes.count, Self.isBoundary(start, in: bytes),
                Self.isBoundary(end, in: bytes)
            else {
                throw failure("matches bytes \(start) to \(end), which are not whole characters after the last match")
            }
            if end > start {
                emit(start, end)
                position = end
            } else {
                position = max(start, end)
                guard position < bytes.count else { return }
                position += UTF8Scalar.length(lead: bytes[position])
            }
        }
    }

    private static func isBoundary(_ index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        index == bytes.count || bytes[index] & 0xC0 != 0x80
    }

    private func failure(_ what: String) -> TokenizerError {
        TokenizerError(
            .matchLimit, "the regular expression \(pattern) \(what); shorten the text, or correct the expression")
    }

    /// What PCRE2 says about an error.
    private static func message(_ errorCode: Int32) -> String {
        var message = [UInt8](repeating: 0, count: 256)
        let count = pcre2_get_error_message_8(errorCode, &message, message.count)
        return String(decoding: message.prefix(max(0, Int(count))), as: UTF8.self)
    }
}
