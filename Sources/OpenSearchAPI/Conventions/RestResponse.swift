internal import HTTPTypes
internal import JSON
internal import Routing

/// What an endpoint answers, before format, filter and layout are chosen.
struct RestResponse: Sendable {
    /// The content.
    enum Content: Sendable {
        /// A document.
        case document(JSONValue)
        /// The text of a document in JSON, already written.
        case json([UInt8])
        /// Plain text, whatever format was asked for.
        case text(String)
        /// Rows and columns: text, or a document where a format was asked for.
        case table(CatTable)
        /// No body.
        case none
    }

    var status: Int
    var content: Content
    var headers: HTTPFields = [:]
    /// Facts for the request's log line.
    var logFields: [(key: String, value: String)] = []

    init(_ value: JSONValue, status: Int = 200) {
        self.status = status
        content = .document(value)
    }

    init(_ content: Content, status: Int = 200) {
        self.status = status
        self.content = content
    }

    /// The change was made.
    static let acknowledged = RestResponse(["acknowledged": true])

    /// The response as it goes out.
    func encoded(
        _ format: ResponseFormat?, isPretty: Bool, filter: FilterPath?, opaqueID: String?
    ) -> APIResponse {
        var response: APIResponse
        let code = HTTPResponse.Status(code: status)
        switch content {
        case .none: response = APIResponse(status: code, contentType: ResponseFormat.json.contentType)
        case .text(let text):
            response = APIResponse(status: code, contentType: "text/plain; charset=UTF-8", body: Array(text.utf8))
        case .json(let bytes) where (format ?? .json) == .json && !isPretty && filter == nil:
            response = APIResponse(status: code, contentType: ResponseFormat.json.contentType, body: bytes)
        case .json(let bytes):
            // What we wrote ourselves can be read.
            let limits = JSONLimits(maximumDepth: 512)
            let value =
                if let filter {
                    try? filter.apply(toJSON: bytes, limits: limits)
                } else {
                    try? JSONValue(parsing: bytes, limits: limits)
                }
            response = Self.document(value ?? .null, code, format ?? .json, isPretty, nil)
        case .document(let value): response = Self.document(value, code, format ?? .json, isPretty, filter)
        case .table(let table):
            if let format, format != .text {
                response = Self.document(table.document, code, format, isPretty, filter)
            } else {
                response = APIResponse(
                    status: code, contentType: "text/plain; charset=UTF-8", body: Array(table.text.utf8))
            }
        }
        for field in headers { response.headers[field.name] = field.value }
        if let opaqueID { response.headers[RestRequest.opaqueID] = opaqueID }
        response.logFields = logFields
        return response
    }

    private static func document(
        _ value: JSONValue, _ status: HTTPResponse.Status, _ format: ResponseFormat, _ isPretty: Bool,
        _ filter: FilterPath?
    ) -> APIResponse {
        let value = filter?.apply(to: value) ?? value
        let bytes: [UInt8]
        switch format {
        case .json, .text: bytes = value.serializedBytes(pretty: isPretty) + (isPretty ? [UInt8(ascii: "\n")] : [])
        case .yaml: bytes = YAMLEncoder.encode(value)
        case .cbor: bytes = CBOREncoder.encode(value)
        case .smile: bytes = SmileEncoder.encode(value)
        }
        let type = format == .text ? ResponseFormat.json.contentType : format.contentType
        return APIResponse(status: status, contentType: type, body: bytes)
    }
}
