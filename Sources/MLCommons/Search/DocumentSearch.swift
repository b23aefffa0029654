import JSON

/// A document as a search sees it.
struct SearchedDocument: Sendable {
    let id: String
    let source: JSONObject
    let version: Int
    let sequence: Int
}

/// A search over the documents of one kind: a query, a page, an order, and a choice of fields.
///
/// There are few documents, so each is looked at. Scores are those of OpenSearch for queries that do not weigh terms: 1 for a match, 0
/// where only filters match.
struct DocumentSearch: Sendable {
    private struct Order: Sendable {
        let field: String
        let isDescending: Bool
    }

    private let query: DocumentQuery
    private let from: Int
    private let size: Int
    private let orders: [Order]
    private let after: [JSONValue]
    private let selection: SourceSelection

    init(_ fields: Fields) throws(MLError) {
        query = try fields["query"].map { value throws(MLError) in try DocumentQuery(value) } ?? .all
        from = try fields.integer("from") ?? 0
        size = try fields.integer("size") ?? 10
        guard from >= 0 else { throw .illegalArgument("[from] parameter cannot be negative but was [\(from)]") }
        guard size >= 0 else { throw .illegalArgument("[size] parameter cannot be negative, found [\(size)]") }
        let (window, isTooLarge) = from.addingReportingOverflow(size)
        guard !isTooLarge, window <= 10_000 else {
            throw .illegalArgument(
                "Result window is too large, from + size must be less than or equal to: [10000] but was [\(isTooLarge ? Int.max : window)]"
            )
        }
        orders = try Self.orders(fields["sort"])
        after = fields["search_after"]?.array ?? []
        guard after.isEmpty || after.count == orders.count else {
            throw .illegalArgument("search_after has \(after.count) value(s) but sort has \(orders.count).")
        }
        selection = try SourceSelection(fields["_source"])
        let known: Set<String> = [
            "query", "from", "size", "sort", "search_after", "_source", "track_total_hits", "version",
            "seq_no_primary_term", "timeout", "explain", "track_scores", "profile", "min_score", "stored_fields",
        ]
        if let name = fields.object.keys.first(where: { !known.contains($0) }) {
            throw .illegalArgument(
                "[\(name.prefix(100))] is not supported in searches of ML Commons; known are \(known.sorted().joined(separator: ", "))"
            )
        }
    }

    private static func orders(_ value: JSONValue?) throws(MLError) -> [Order] {
        guard let value else { return [] }
        var orders: [Order] = []
        for element in value.array ?? [value] {
            if let field = element.string {
                orders.append(Order(field: field, isDescending: field == "_score"))
                continue
            }
            guard let object = element.object, let (field, options) = object.first(where: { _ in true }) else {
                throw .parsing("[sort] is a list of field names and of objects with one field each")
            }
            let direction = options.string ?? options["order"]?.string ?? (field == "_score" ? "desc" : "asc")
            guard ["asc", "desc"].contains(direction) else {
                throw .illegalArgument(
                    "unknown order [\(direction.prefix(100))] of [\(field.prefix(100))]: it is asc or desc")
            }
            orders.append(Order(field: field, isDescending: direction == "desc"))
        }
        return orders
    }

    // MARK: Answers

    private struct Hit {
        let document: SearchedDocument
        let score: Double
        let keys: [JSONValue]
    }

    /// The answer but for `took`, which stands first with 0.
    func reply(_ documents: [SearchedDocument], index: String, totalIsNumber: Bool) -> JSONObject {
        var hits = documents.compactMap { document -> Hit? in
            query.score(document).map { score in
                Hit(document: document, score: score, keys: orders.map { Self.key($0.field, document, score) })
            }
        }
        let total = hits.count
        if orders.isEmpty {
            // Sorting is stable: documents of one score stay in the order in which they were made.
            hits.sort { $0.score > $1.score }
        } else {
            hits.sort { isBefore($0.keys, $1.keys) }
            if !after.isEmpty { hits = hits.filter { isBefore(after, $0.keys) } }
        }
        let isScored = orders.isEmpty || orders.contains { $0.field == "_score" }
        let greatest = isScored ? hits.map(\.score).max() : nil
        let page = hits.dropFirst(from).prefix(size).map { hit -> JSONValue in
            var object: JSONObject = [
                "_index": .string(index), "_id": .string(hit.document.id),
                "_version": .number(JSONNumber(hit.document.version)),
                "_seq_no": .number(JSONNumber(hit.document.sequence)), "_primary_term": 1,
                "_score": isScored ? .number(JSONNumber(hit.score)) : .null,
            ]
            if let source = selection.apply(to: hit.document.source) { object["_source"] = .object(source) }
            if !orders.isEmpty { object["sort"] = .array(hit.keys) }
            return .object(object)
        }
        let count = JSONValue.number(JSONNumber(total))
        return [
            "took": 0, "timed_out": false,
            "_shards": ["total": 1, "successful": 1, "skipped": 0, "failed": 0],
            "hits": [
                "total": totalIsNumber ? count : ["value": count, "relation": "eq"],
                "max_score": greatest.map { .number(JSONNumber($0)) } ?? .null,
                "hits": .array(Array(page)),
            ],
        ]
    }

    private static func key(_ field: String, _ document: SearchedDocument, _ score: Double) -> JSONValue {
        switch field {
        case "_score": .number(JSONNumber(score))
        case "_id": .string(document.id)
        case "_seq_no": .number(JSONNumber(document.sequence))
        default: FieldPath.values(field, in: document).first ?? .null
        }
    }

    /// Whether keys come before others; what is missing comes last.
    private func isBefore(_ left: [JSONValue], _ right: [JSONValue]) -> Bool {
        for (position, order) in orders.enumerated() {
            let (left, right) = (left[position], right[position])
            if left.isNull != right.isNull { return right.isNull }
            guard let isLess = FieldPath.isLess(left, right), let isMore = FieldPath.isLess(right, left) else {
                continue
            }
            if isLess != isMore { return isLess != order.isDescending }
        }
        return false
    }
}

/// The values at dotted paths of documents.
enum FieldPath {
    /// The values of a field, those of lists one by one; `.keyword` is the field itself.
    static func values(_ field: String, in document: SearchedDocument) -> [JSONValue] {
        if field == "_id" { return [.string(document.id)] }
        let plain = field.hasSuffix(".keyword") ? String(field.dropLast(8)) : field
        var values: [JSONValue] = [.object(document.source)]
        if let value = document.source[plain] {
            values = [value]
        } else {
            for name in plain.split(separator: ".") {
                values = values.flatMap { value -> [JSONValue] in
                    guard let inner = value[String(name)] else { return [] }
                    return inner.array ?? [inner]
                }
            }
        }
        return values.flatMap { $0.array ?? [$0] }.filter { !$0.isNull && $0.object == nil }
    }

    /// Whether a value is less than another of its kind; nil if they cannot be compared.
    static func isLess(_ left: JSONValue, _ right: JSONValue) -> Bool? {
        if let left = number(left), let right = number(right) { return left < right }
        if let left = left.string, let right = right.string { return left < right }
        return nil
    }

    private static func number(_ value: JSONValue) -> Double? {
        value.double ?? value.bool.map { $0 ? 1 : 0 } ?? value.string.flatMap { Double($0) }
    }
}

/// `_source` of a search.
private struct SourceSelection: Sendable {
    private let isOff: Bool
    private let includes: [String]
    private let excludes: [String]

    init(_ value: JSONValue?) throws(MLError) {
        isOff = value?.bool == false
        switch value {
        case .string(let name): (includes, excludes) = ([name], [])
        case .array(let names): (includes, excludes) = (names.compactMap(\.string), [])
        case .object(let object):
            let fields = Fields(object, prefix: "_source.")
            func list(_ names: [String]) throws(MLError) -> [String] {
                for name in names {
                    guard let value = fields[name] else { continue }
                    if let one = value.string { return [one] }
                    return try fields.texts(name) ?? []
                }
                return []
            }
            (includes, excludes) = (try list(["includes", "include"]), try list(["excludes", "exclude"]))
        default: (includes, excludes) = ([], [])
        }
    }

    /// The members that are asked for; nil if none are.
    func apply(to source: JSONObject) -> JSONObject? {
        if isOff { return nil }
        guard !includes.isEmpty || !excludes.isEmpty else { return source }
        return selected(source, path: "")
    }

    private func selected(_ object: JSONObject, path: String) -> JSONObject {
        var result = JSONObject()
        for (name, value) in object {
            let full = path + name
            if excludes.contains(where: { WildcardPattern.matches($0, full) }) { continue }
            if includes.isEmpty || includes.contains(where: { WildcardPattern.matches($0, full) }) {
                // What is excluded may be deeper.
                result[name] = value.object.map { .object(without($0, path: full + ".")) } ?? value
            } else if let inner = value.object, includes.contains(where: { $0.hasPrefix(full + ".") }) {
                result[name] = .object(selected(inner, path: full + "."))
            }
        }
        return result
    }

    private func without(_ object: JSONObject, path: String) -> JSONObject {
        JSONObject(
            object.filter { member in !excludes.contains { WildcardPattern.matches($0, path + member.key) } }.map { $0 }
        )
    }
}
