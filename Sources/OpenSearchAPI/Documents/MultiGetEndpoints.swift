internal import ClusterState
internal import HTTPTypes
internal import JSON
internal import Querying

/// `_mget`: several documents by their ids.
struct MultiGetEndpoints {
    let node: OpenSearchNode

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "mget", [.get, .post], ["/_mget", "/{index}/_mget"],
                [
                    "_source", "_source_includes", "_source_excludes", "preference", "realtime", "refresh", "routing",
                    "stored_fields",
                ], pool: .get
            ) { request in try answer(request) }
        ]
    }

    private struct Item {
        var index: String
        var id: String
        var choice: SourceChoice
    }

    private func answer(_ request: RestRequest) throws -> RestResponse {
        let items = try items(request)
        let isRealtime = try request.flag("realtime", default: true)
        if try request.flag("refresh") {
            for name in Set(items.map(\.index)) { try node.refresh([try node.readTarget(name)]) }
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("docs")
        writer.beginArray()
        for item in items {
            do {
                let index = try node.readTarget(item.index)
                let document = try node.document(item.id, in: index, isRealtime: isRealtime)
                DocumentEndpoints.write(document, id: item.id, index.name, item.choice, to: &writer)
            } catch {
                let error = OpenSearchError(describing: error)
                writer.beginObject()
                writer.key("_index")
                writer.value(item.index)
                writer.key("_id")
                writer.value(item.id)
                writer.key("error")
                writer.value(error.body()["error"] ?? .null)
                writer.endObject()
            }
        }
        writer.endArray()
        writer.endObject()
        return RestResponse(.json(writer.bytes))
    }

    private func items(_ request: RestRequest) throws(OpenSearchError) -> [Item] {
        let body = try request.requiredObject()
        let usual = SourceChoice(request) ?? .whole
        var items: [Item] = []
        var problems: [String] = []
        for key in body.keys where !["docs", "ids"].contains(key) {
            throw .parsing("unexpected token [START_ARRAY], expected [docs] or [ids] but found [\(key)]")
        }
        for element in body["docs"]?.array ?? [] {
            guard let object = element.object else {
                throw .illegalArgument("docs array element should include an object")
            }
            var item = Item(index: request.text("index") ?? "", id: "", choice: usual)
            for (name, value) in object {
                switch name {
                case "_index": item.index = value.string ?? ""
                case "_id": item.id = value.string ?? value.serialized()
                case "_source": item.choice = try SourceChoice(value)
                case "routing", "_routing", "version", "version_type": break
                case "stored_fields": item.choice = SourceChoice(SourceFilter(fetch: false))
                default:
                    throw .parsing("Failed to parse multi get request. unknown field [\(name)]")
                }
            }
            if item.index.isEmpty { problems.append("index is missing for doc \(items.count)") }
            if item.id.isEmpty { problems.append("id is missing for doc \(items.count)") }
            items.append(item)
        }
        for value in body["ids"]?.array ?? [] {
            guard let id = value.string ?? (value.object == nil && value.array == nil ? value.serialized() : nil) else {
                throw .illegalArgument("ids array element should only contain ids")
            }
            let index = request.text("index") ?? ""
            if index.isEmpty { problems.append("index is missing for doc \(items.count)") }
            items.append(Item(index: index, id: id, choice: usual))
        }
        if items.isEmpty { problems.append("no documents to get") }
        guard problems.isEmpty else { throw .validation(problems) }
        return items
    }
}
