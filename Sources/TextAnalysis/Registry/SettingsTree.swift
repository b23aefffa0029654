import JSON

/// Index settings as one nested object, however they were written.
enum SettingsTree {
    /// Takes dotted keys apart: `{"a.b": 1, "a": {"c": 2}}` becomes `{"a": {"b": 1, "c": 2}}`.
    static func nested(_ value: JSONValue) -> JSONObject {
        var root = JSONObject()
        guard let object = value.object else { return root }
        for key in object.keys {
            guard let child = object[key] else { continue }
            insert(child, at: key.split(separator: ".").map(String.init)[...], into: &root)
        }
        return root
    }

    /// The settings of an index as one nested object, whether they were written within `index` or not.
    static func ofIndex(_ value: JSONValue) -> JSONObject {
        var root = nested(value)
        guard let inner = root["index"]?.object else { return root }
        root["index"] = nil
        for key in inner.keys {
            if let child = inner[key] { insert(child, at: [key], into: &root) }
        }
        return root
    }

    private static func insert(_ value: JSONValue, at path: ArraySlice<String>, into object: inout JSONObject) {
        guard let first = path.first else { return }
        if path.count == 1 {
            if value.object != nil {
                var merged = object[first]?.object ?? JSONObject()
                let inner = nested(value)
                for key in inner.keys {
                    if let child = inner[key] { insert(child, at: [key], into: &merged) }
                }
                object[first] = .object(merged)
            } else {
                object[first] = value
            }
            return
        }
        var inner = object[first]?.object ?? JSONObject()
        insert(value, at: path.dropFirst(), into: &inner)
        object[first] = .object(inner)
    }
}
