import JSON
import Mappings

/// The final result of one aggregation: what pipelines read and the reply shows.
struct ReducedAggregation {
    /// The body, in the few forms there are.
    enum Body {
        /// `{"value": …}`; nil for no value.
        case value(Double?, text: String?)
        /// Several named values.
        case fields([(key: String, value: JSONValue)])
        case bucket(ReducedBucket)
        case buckets([ReducedBucket], before: [(key: String, value: JSONValue)], keyed: Bool)
    }

    let name: String
    /// What `typed_keys` puts before the name.
    var type: String
    var body: Body
    var meta: JSONValue?

    /// The JSON under the aggregation's name.
    func json(typedKeys: Bool) -> JSONValue {
        var object = JSONObject()
        if let meta { object["meta"] = meta }
        switch body {
        case .value(let value, let text):
            object["value"] = value.map(Self.number) ?? .null
            if let text, value != nil { object["value_as_string"] = .string(text) }
        case .fields(let fields):
            for (key, value) in fields { object[key] = value }
        case .bucket(let bucket): bucket.write(into: &object, typedKeys: typedKeys)
        case .buckets(let buckets, let before, let keyed):
            for (key, value) in before { object[key] = value }
            let shown = buckets.map { bucket -> (key: String, value: JSONValue) in
                var json = JSONObject(bucket.members)
                if keyed, bucket.hidesKeyWhenKeyed { json["key"] = nil }
                bucket.write(into: &json, typedKeys: typedKeys)
                return (bucket.keyText, .object(json))
            }
            object["buckets"] = keyed ? .object(JSONObject(shown)) : .array(shown.map(\.value))
        }
        return .object(object)
    }

    /// A number as JSON; infinities and NaN as OpenSearch writes them.
    static func number(_ value: Double) -> JSONValue {
        if value.isFinite { return .number(JSONNumber(value)) }
        return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
    }

    /// The results under their names.
    static func json(_ results: [ReducedAggregation], typedKeys: Bool) -> JSONObject {
        JSONObject(
            results.map { result in
                (
                    key: typedKeys ? result.type + "#" + result.name : result.name,
                    value: result.json(typedKeys: typedKeys)
                )
            })
    }
}

/// One bucket of a final result.
struct ReducedBucket {
    var key: BucketKey
    /// The name in keyed replies.
    var keyText: String
    /// `key`, `key_as_string`, `from`, `to`, … in order.
    var members: [(key: String, value: JSONValue)]
    var count: Int
    var children: [ReducedAggregation]
    /// Members behind the count.
    var after: [(key: String, value: JSONValue)] = []
    var hidesKeyWhenKeyed = false

    func write(into object: inout JSONObject, typedKeys: Bool) {
        object["doc_count"] = .number(JSONNumber(count))
        for (key, value) in after { object[key] = value }
        for (key, value) in ReducedAggregation.json(children, typedKeys: typedKeys) { object[key] = value }
    }

    /// A metric of this bucket by a path: `_count`, `_key`, `name`, `name.value`, `name>inner.value`; nil if there is none,
    /// NaN if it has no value.
    func metric(_ path: String) -> Double? {
        if path == "_count" { return Double(count) }
        if path == "_key" { return key.number }
        let steps = path.split(separator: ">", maxSplits: 1).map(String.init)
        let (name, property) = Self.split(steps[0], among: children)
        guard let child = children.first(where: { $0.name == name }) else { return nil }
        if steps.count > 1 {
            guard case .bucket(let bucket) = child.body else { return nil }
            return bucket.metric(steps[1])
        }
        switch child.body {
        case .value(let value, _): return value ?? .nan
        case .fields(let fields):
            guard let property else { return nil }
            guard
                let value = fields.first(where: { $0.key == property })?.value
                    ?? fields.first(where: { $0.key == "values" })?.value[property]
                    ?? fields.first(where: { $0.key == "values" })?.value[property + ".0"]
            else { return nil }
            return value.double ?? .nan
        case .bucket(let bucket): return Double(bucket.count)
        case .buckets(let buckets, _, _): return property == "_bucket_count" ? Double(buckets.count) : nil
        }
    }

    /// Name and property: names may have dots, so that the longest name that exists is taken.
    private static func split(_ step: String, among children: [ReducedAggregation]) -> (name: String, property: String?)
    {
        if let open = step.firstIndex(of: "["), step.hasSuffix("]") {
            return (String(step[..<open]), String(step[step.index(after: open)...].dropLast()))
        }
        if children.contains(where: { $0.name == step }) { return (step, nil) }
        var end = step.endIndex
        while let dot = step[..<end].lastIndex(of: ".") {
            let name = String(step[..<dot])
            if children.contains(where: { $0.name == name }) { return (name, String(step[step.index(after: dot)...])) }
            end = dot
        }
        return (step, nil)
    }
}
