internal import ClusterState
internal import DocumentStore
internal import JSON
internal import Querying

/// The body of an update: a partial document or a script, and what to do where there is no document.
struct DocumentUpdate {
    /// What becomes of the document.
    enum Step {
        case store([UInt8])
        case delete
        case noop
    }

    private var partial: JSONObject?
    private var upsert: JSONObject?
    private var script: PainlessScript?
    private var usesPartialAsUpsert = false
    private var runsScriptOnUpsert = false
    private var detectsNoop = true
    /// What the body asks of the document that is there.
    private(set) var version = VersionRule.next

    /// Reads a body.
    init(_ bytes: ArraySlice<UInt8>, _ stored: StoredScripts) throws(OpenSearchError) {
        guard !bytes.isEmpty else { throw .validation(["script or doc is missing"]) }
        guard let object = try RestRequest.parse(Array(bytes)).object else {
            throw .parsing("an update is an object with [doc] or [script]")
        }
        var (ifSeqNo, ifPrimaryTerm): (Int?, Int?)
        for (key, value) in object {
            switch key {
            case "doc": partial = try Self.object(value, key)
            case "upsert": upsert = try Self.object(value, key)
            case "script": script = try PainlessScript(value, stored)
            case "doc_as_upsert": usesPartialAsUpsert = try Self.flag(value, key)
            case "scripted_upsert": runsScriptOnUpsert = try Self.flag(value, key)
            case "detect_noop": detectsNoop = try Self.flag(value, key)
            case "_source", "fields": break
            case "if_seq_no": ifSeqNo = try Self.number(value, key)
            case "if_primary_term": ifPrimaryTerm = try Self.number(value, key)
            default:
                let known = ["doc", "upsert", "script", "doc_as_upsert", "scripted_upsert", "detect_noop", "_source"]
                throw OpenSearchError(
                    400, "x_content_parse_exception",
                    "[1:1] [UpdateRequest] unknown field [\(key)]" + Suggestion.text(for: key, among: known))
            }
        }
        if script == nil, partial == nil { throw .validation(["script or doc is missing"]) }
        if script != nil, partial != nil { throw .validation(["can't provide both script and doc"]) }
        if usesPartialAsUpsert, partial == nil {
            throw .validation(["doc must be specified if doc_as_upsert is enabled"])
        }
        version = try WriteRequest.versionRule(
            version: nil, type: nil, ifSeqNo: ifSeqNo, ifPrimaryTerm: ifPrimaryTerm, kind: .update)
    }

    private static func flag(_ value: JSONValue, _ key: String) throws(OpenSearchError) -> Bool {
        if let flag = value.bool { return flag }
        guard let text = value.string else {
            throw .parsing("[\(key)] must be true or false, not [\(value.token)]")
        }
        return try RestRequest.boolean(text)
    }

    private static func number(_ value: JSONValue, _ key: String) throws(OpenSearchError) -> Int {
        guard let number = value.int ?? value.string.flatMap({ Int($0) }) else {
            throw .parsing("[\(key)] must be a whole number, not [\(value.serialized())]")
        }
        return number
    }

    private static func object(_ value: JSONValue, _ key: String) throws(OpenSearchError) -> JSONObject {
        guard let object = value.object else { throw .parsing("[\(key)] must be an object, not [\(value.token)]") }
        return object
    }

    /// Which part of the source the body asks back; nil for none.
    static func returnedSource(_ bytes: ArraySlice<UInt8>) -> SourceChoice? {
        guard let value = try? JSONValue(parsing: Array(bytes)), let choice = value["_source"] else { return nil }
        return try? SourceChoice(choice)
    }

    /// What becomes of a document.
    func apply(to current: KeptDocument?, id: String, _ index: IndexMetadata) throws(OpenSearchError) -> Step {
        guard let current else { return try insert(id, index) }
        guard let source = try RestRequest.parse(current.source).object else {
            throw OpenSearchError(400, "illegal_argument_exception", "the source of [\(id)] is no object")
        }
        if let partial {
            let (merged, isChanged) = Self.merge(source, partial)
            if detectsNoop, !isChanged { return .noop }
            return .store(JSONValue.object(merged).serializedBytes())
        }
        return try run(on: source, operation: "index", current, id, index)
    }

    private func insert(_ id: String, _ index: IndexMetadata) throws(OpenSearchError) -> Step {
        if usesPartialAsUpsert, let partial { return .store(JSONValue.object(partial).serializedBytes()) }
        guard let upsert else {
            throw OpenSearchError(
                404, "document_missing_exception", "[\(id)]: document missing",
                [("index", .string(index.name)), ("shard", "0"), ("index_uuid", .string(index.uuid))])
        }
        if runsScriptOnUpsert, script != nil { return try run(on: upsert, operation: "create", nil, id, index) }
        return .store(JSONValue.object(upsert).serializedBytes())
    }

    private func run(
        on source: JSONObject, operation: String, _ current: KeptDocument?, _ id: String, _ index: IndexMetadata
    ) throws(OpenSearchError) -> Step {
        guard let script else { return .noop }
        var context = PainlessScript.Context(
            source: source, operation: operation, index: index.name, id: id, current)
        context.facts["_now"] = .number(JSONNumber(Int(Clock.milliseconds)))
        try script.run(&context)
        switch try context.checkedOperation() {
        case "noop": return .noop
        case "delete": return .delete
        default: return .store(JSONValue.object(context.source).serializedBytes())
        }
    }

    /// A source with a partial document laid over it: objects are joined, everything else is replaced.
    static func merge(_ source: JSONObject, _ changes: JSONObject) -> (JSONObject, isChanged: Bool) {
        var result = source
        var isChanged = false
        for (key, value) in changes {
            if let old = source[key]?.object, let new = value.object {
                let (inner, innerChanged) = merge(old, new)
                if innerChanged {
                    result[key] = .object(inner)
                    isChanged = true
                }
            } else if source[key] != value {
                result[key] = value
                isChanged = true
            }
        }
        return (result, isChanged)
    }
}
