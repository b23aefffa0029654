/// The place of a request in a distributed trace.
///
/// Source: W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header. The request gets a span id of its own,
/// which goes back to the client as `traceparent` with the same trace id, so that what it logs can be found in our log.
struct TraceParent: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits.
    let traceID: String
    /// The caller's span.
    let parentID: String
    /// This request's span.
    let spanID: String
    /// Two hexadecimal digits, as received.
    let flags: String

    /// Reads the field's value; nil if it does not follow the specification, in which case it must be ignored.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts.map(\.utf8.count).prefix(4) == [2, 32, 16, 2],
            parts.prefix(4).allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) }), parts[0] != "ff",
            // Version 00 has four parts; later versions may add some.
            parts[0] != "00" || parts.count == 4,
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        traceID = String(parts[1])
        parentID = String(parts[2])
        flags = String(parts[3])
        spanID = Hexadecimal.text(UInt64.random(in: 1...UInt64.max))
    }

    /// The field's value with this request's span as the parent of what follows.
    var text: String { "00-\(traceID)-\(spanID)-\(flags)" }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
