internal import ClusterState
internal import JSON

extension OpenSearchNode {
    /// Makes a data stream of what a template says for its name.
    func createDataStream(_ name: String) throws {
        try IndexName.validate(name)
        guard !name.hasPrefix(".ds-") else {
            throw OpenSearchError.illegalArgument("data_stream [\(name)] must not start with '.ds-'")
        }
        let metadata = self.metadata.current
        if metadata.dataStream(name) != nil {
            throw OpenSearchError(
                400, "resource_already_exists_exception", "data_stream [\(name)] already exists")
        }
        if metadata.indices[name] != nil || metadata.catalog.aliases[name] != nil {
            throw OpenSearchError.illegalArgument("data stream [\(name)] conflicts with an index or alias of this name")
        }
        guard let (template, body) = metadata.templates.match(name) else {
            throw OpenSearchError.illegalArgument("no matching index template found for data stream [\(name)]")
        }
        guard body["data_stream"] != nil else {
            throw OpenSearchError.illegalArgument(
                "matching index template [\(template)] for data stream [\(name)] has no data stream template")
        }
        try addIndex(toStream: name, generation: 1, timestampField: DataStream.timestampField(ofTemplate: body))
    }

    /// Makes the next index of a stream; from then on documents are added to it.
    @discardableResult
    func addIndex(toStream name: String, generation: Int, timestampField field: String) throws -> IndexMetadata {
        let index = DataStream.indexName(name, generation: generation)
        var definition = try IndexDefinition().over(
            try metadata.current.templates.contribution(to: name), index: index)
        definition.settings["index.hidden"] = "true"
        definition.mappings["_data_stream_timestamp"] = ["enabled": true]
        var mapped = JSONValue.object(definition.mappings)
        for part in field.split(separator: ".") { mapped = mapped["properties"]?[String(part)] ?? .null }
        switch mapped["type"]?.string {
        case "date"?, "date_nanos"?: break
        case nil where mapped.isNull:
            let time: JSONValue = ["type": "date"]
            let properties = JSONValue.object(JSONObject([(key: field, value: time)]))
            definition.mappings = TemplateSet.merged(definition.mappings, ["properties": properties])
        case let type:
            throw OpenSearchError.illegalArgument(
                "data stream timestamp field [\(field)] is of type [\(type ?? "object")], but [date,date_nanos] is expected"
            )
        }
        let own = SettingsDocument(flat: [
            DataStream.nameSetting: .string(name), DataStream.timestampSetting: .string(field),
        ])
        return try createIndex(index, definition, usesTemplates: false, own: own)
    }
}
