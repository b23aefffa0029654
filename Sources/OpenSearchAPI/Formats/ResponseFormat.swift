/// How a document is written.
enum ResponseFormat: String, Sendable {
    case json
    case yaml
    case cbor
    case smile
    /// Tables only.
    case text

    /// The format of a parameter `format` or, without one, of an `Accept` field; nil if neither names one.
    init?(parameter: String?, accept: String?) {
        if let parameter {
            self.init(name: parameter)
            return
        }
        // Of several media types none is a wish.
        guard let accept, !accept.contains(",") else { return nil }
        let type = accept.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        if type == "text/plain" {
            self = .text
        } else if type.hasPrefix("application/"), let format = Self(name: String(type.dropFirst(12))) {
            self = format
        } else {
            return nil
        }
    }

    /// A format by its name or the last part of its media type.
    init?(name: String) {
        switch name.lowercased() {
        case "json", "vnd.elasticsearch+json", "vnd.opensearch+json", "x-ndjson": self = .json
        case "yaml", "yml": self = .yaml
        case "cbor": self = .cbor
        case "smile": self = .smile
        case "text", "txt": self = .text
        default: return nil
        }
    }

    /// The value of `Content-Type`.
    var contentType: String {
        switch self {
        case .json: "application/json; charset=UTF-8"
        case .yaml: "application/yaml"
        case .cbor: "application/cbor"
        case .smile: "application/smile"
        case .text: "text/plain; charset=UTF-8"
        }
    }
}
