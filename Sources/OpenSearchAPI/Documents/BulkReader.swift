internal import DocumentStore
internal import JSON

/// Reads the lines of a bulk request while they arrive.
///
/// It holds what has come of the current operation and nothing else.
struct BulkReader {
    /// What lines without a word of their own get.
    struct Defaults: Sendable {
        var index: String?
        var routing: String?
        var pipeline: String?
        var requiresAlias = false
        var returnedSource: SourceChoice?
    }

    /// The longest line, in bytes.
    static let maximumLineBytes = 100 << 20

    private let defaults: Defaults
    private var buffer: [UInt8] = []
    private var start = 0
    /// Where the search for the end of the line goes on.
    private var searched = 0
    private var line = 0
    private var action: WriteRequest?

    init(_ defaults: Defaults) { self.defaults = defaults }

    /// Takes the next part of the body.
    mutating func append(_ part: [UInt8]) throws(OpenSearchError) {
        if start > 0 {
            buffer.removeFirst(start)
            searched -= start
            start = 0
        }
        buffer.append(contentsOf: part)
        guard buffer.count <= Self.maximumLineBytes + part.count else {
            throw OpenSearchError(
                413, "content_too_long_exception",
                "line [\(line + 1)] of the bulk request is longer than \(Self.maximumLineBytes) bytes; send smaller documents"
            )
        }
    }

    /// The next operation; nil if its lines are not complete.
    mutating func next() throws(OpenSearchError) -> WriteRequest? {
        while let range = nextLine() {
            line += 1
            if var request = action {
                action = nil
                request.body = Array(buffer[range])[...]
                guard !request.body.isEmpty else {
                    throw .illegalArgument(
                        "Malformed content, line [\(line)] should hold the document of the line before it")
                }
                if request.kind == .update, request.returnedSource == nil {
                    request.returnedSource = defaults.returnedSource ?? Self.returnedSource(request.body)
                }
                return request
            }
            // Empty lines between operations are passed over.
            if range.allSatisfy({ buffer[$0] == 0x20 || buffer[$0] == 0x0D || buffer[$0] == 0x09 }) { continue }
            let request = try metadata(Array(buffer[range]))
            if request.kind == .delete { return request }
            action = request
        }
        return nil
    }

    /// Makes sure that nothing was left half done.
    func finish() throws(OpenSearchError) {
        guard start == buffer.count else {
            throw .illegalArgument("The bulk request must be terminated by a newline [\\n]")
        }
        guard action == nil else {
            throw .illegalArgument(
                "Malformed action/metadata line [\(line)]: the document that belongs to it is missing")
        }
    }

    private mutating func nextLine() -> Range<Int>? {
        guard let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = buffer.count
            return nil
        }
        let range = start..<end
        start = end + 1
        searched = start
        return range
    }

    /// Asking for the source back is rare; a look at the bytes spares most lines the parser.
    private static func returnedSource(_ body: ArraySlice<UInt8>) -> SourceChoice? {
        let key = Array("\"_source\"".utf8)
        guard body.count >= key.count, body.firstRange(of: key) != nil else { return nil }
        return DocumentUpdate.returnedSource(body)
    }

    // MARK: Lines with actions

    private func metadata(_ bytes: [UInt8]) throws(OpenSearchError) -> WriteRequest {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .illegalArgument(
                "Malformed action/metadata line [\(line)]: \(error.reason)", causedBy: [RestRequest.fault(of: error)])
        }
        guard let object = value.object else {
            throw .illegalArgument(
                "Malformed action/metadata line [\(line)], expected START_OBJECT but found [\(value.token)]")
        }
        guard object.count == 1, let name = object.keys.first else {
            throw .illegalArgument(
                "Malformed action/metadata line [\(line)], expected \(object.isEmpty ? "FIELD_NAME but found [END_OBJECT]" : "END_OBJECT but found [FIELD_NAME]")"
            )
        }
        guard let kind = WriteRequest.Kind(rawValue: name) else {
            throw .illegalArgument(
                "Malformed action/metadata line [\(line)], expected field [create], [delete], [index] or [update] but found [\(name)]"
            )
        }
        guard let members = object[name]?.object else {
            throw .illegalArgument(
                "Malformed action/metadata line [\(line)], expected START_OBJECT but found [\(object[name]?.token ?? "")]"
            )
        }
        return try request(kind, members)
    }

    private func request(_ written: WriteRequest.Kind, _ members: JSONObject) throws(OpenSearchError) -> WriteRequest {
        var request = WriteRequest(kind: written, target: defaults.index ?? "")
        request.routing = defaults.routing
        request.pipeline = defaults.pipeline
        request.requiresAlias = defaults.requiresAlias
        var version: Int?
        var (versionType, ifSeqNo, ifPrimaryTerm): (String?, Int?, Int?)
        for (key, value) in members {
            if value.isNull { continue }
            switch key {
            case "_index": request.target = value.string ?? ""
            case "_id": request.id = value.string ?? value.serialized()
            case "routing", "_routing": request.routing = value.string ?? value.serialized()
            case "version", "_version": version = Self.integer(value)
            case "version_type", "_version_type": versionType = value.string
            case "if_seq_no": ifSeqNo = Self.integer(value)
            case "if_primary_term": ifPrimaryTerm = Self.integer(value)
            case "require_alias": request.requiresAlias = value.bool ?? (value.string == "true")
            case "pipeline": request.pipeline = value.string
            case "retry_on_conflict", "_retry_on_conflict": request.retries = Self.integer(value) ?? 0
            case "op_type": if value.string == "create", written == .index { request.kind = .create }
            case "_source": request.returnedSource = try SourceChoice(value)
            case "_type":
                throw .illegalArgument(
                    "Action/metadata line [\(line)] contains an unknown parameter [_type]: types were removed")
            default:
                throw .illegalArgument("Action/metadata line [\(line)] contains an unknown parameter [\(key)]")
            }
        }
        guard !request.target.isEmpty else { throw .validation(["index is missing"]) }
        if request.kind == .delete || request.kind == .update, request.id == nil {
            throw .validation(["id is missing"])
        }
        request.version = try WriteRequest.versionRule(
            version: version, type: versionType, ifSeqNo: ifSeqNo, ifPrimaryTerm: ifPrimaryTerm, kind: request.kind)
        return request
    }

    private static func integer(_ value: JSONValue) -> Int? { value.int ?? value.string.flatMap { Int($0) } }
}
