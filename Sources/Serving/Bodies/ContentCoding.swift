internal import HTTPTypes
internal import Routing

/// Which compressions a request carries and accepts.
enum ContentCoding {
    /// The coding of a body; nil if it is sent as it is.
    ///
    /// - Throws: ``APIFault`` of the kind `badContentEncoding` for codings that the server does not read.
    static func ofBody(_ headers: HTTPFields) throws(APIFault) -> Inflater.Coding? {
        guard let text = headers[.contentEncoding] else { return nil }
        switch text.lowercased() {
        case "", "identity": return nil
        case "gzip", "x-gzip": return .gzip
        case "deflate": return .deflate
        default:
            throw APIFault(
                .badContentEncoding,
                "the body's Content-Encoding is \(text.prefix(40)); this server reads gzip, deflate and identity")
        }
    }

    /// Whether an answer may be sent with gzip (RFC 9110, 12.5.3).
    static func acceptsGzip(_ headers: HTTPFields) -> Bool {
        guard let text = headers[.acceptEncoding] else { return false }
        var byStar = false
        for part in text.split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            let isRefused = pieces.dropFirst().contains {
                $0.hasPrefix("q=") && $0.dropFirst(2).allSatisfy { $0 == "0" || $0 == "." }
            }
            switch pieces.first {
            case "gzip", "x-gzip": return !isRefused
            case "*": byStar = !isRefused
            default: break
            }
        }
        return byStar
    }

    /// Whether bodies of a media type become smaller.
    static func isCompressible(_ mediaType: String?) -> Bool {
        guard let type = mediaType?.prefix(while: { $0 != ";" }).lowercased() else { return false }
        return type.hasPrefix("text/") || type.hasPrefix("application/json") || type.hasSuffix("+json")
            || type.hasPrefix("application/yaml") || type.hasPrefix("application/x-ndjson")
    }
}
