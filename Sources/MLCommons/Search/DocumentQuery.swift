import JSON

/// A query over documents of ML Commons: the part of OpenSearch's language that clients use on its system indices.
indirect enum DocumentQuery: Sendable {
    case all
    case none
    case ids(Set<String>)
    /// One of some values, as they are or as words of a text.
    case terms(String, [JSONValue])
    /// Words of a text, in any order or as a phrase.
    case words([String], [String], isPhrase: Bool, needsAll: Bool)
    case prefix(String, String)
    case wildcard(String, String)
    case exists(String)
    case range(String, Bounds)
    case constant(DocumentQuery, Double)
    case bool(Clauses)

    /// Bounds of a range.
    struct Bounds: Sendable {
        var least: (value: JSONValue, isIncluded: Bool)?
        var most: (value: JSONValue, isIncluded: Bool)?
    }

    /// The clauses of a bool query.
    struct Clauses: Sendable {
        var must: [DocumentQuery] = []
        var filter: [DocumentQuery] = []
        var should: [DocumentQuery] = []
        var mustNot: [DocumentQuery] = []
        var minimumShould: Int?
    }

    /// The depth to which queries are read.
    private static let deepest = 20
    /// Most clauses, words, values and fields of a query together, as `indices.query.bool.max_clause_count` is by default: each is
    /// compared with each document.
    private static let mostClauses = 1024

    /// Reads a query of a request.
    init(_ value: JSONValue) throws(MLError) {
        var clauses = 0
        try self.init(value, depth: 0, &clauses)
    }

    /// - Parameter clauses: counts what the whole query has to compare.
    fileprivate init(_ value: JSONValue, depth: Int, _ clauses: inout Int) throws(MLError) {
        guard depth < Self.deepest else {
            throw .illegalArgument("The query is nested more than \(Self.deepest) levels deep")
        }
        try Self.count(1, &clauses)
        guard let object = value.object, object.count == 1, let (name, body) = object.first(where: { _ in true }) else {
            throw .parsing("query malformed, an object with the name of one query was expected")
        }
        switch name {
        case "match_all": self = .all
        case "match_none": self = .none
        case "ids": self = .ids(Set(try Self.fields(body, name).texts("values") ?? []))
        case "bool": self = .bool(try Clauses(try Self.fields(body, name), depth: depth, &clauses))
        case "constant_score":
            let fields = try Self.fields(body, name)
            guard let filter = fields["filter"] else { throw .parsing("[constant_score] requires a 'filter' element") }
            self = .constant(try DocumentQuery(filter, depth: depth + 1, &clauses), try fields.number("boost") ?? 1)
        case "exists":
            guard let field = try Self.fields(body, name).text("field") else {
                throw .parsing("[exists] must be provided with a [field]")
            }
            self = .exists(field)
        case "multi_match", "simple_query_string", "query_string":
            let fields = try Self.fields(body, name)
            let text = try fields.text("query") ?? ""
            let (stated, fallback) = (try fields.text("operator"), try fields.text("default_operator"))
            let needsAll = (stated ?? fallback)?.lowercased() == "and"
            let (list, one) = (try fields.texts("fields"), try fields.text("default_field"))
            let names = list ?? one.map { [$0] } ?? ["*"]
            let plain = names.map { String($0.prefix { $0 != "^" }) }
            let words = Self.words(text)
            try Self.count(words.count + plain.count, &clauses)
            self = text == "*" ? .all : .words(plain, words, isPhrase: false, needsAll: needsAll)
        default: self = try Self.ofField(name, body, &clauses)
        }
    }

    private static func count(_ more: Int, _ clauses: inout Int) throws(MLError) {
        clauses += more
        guard clauses <= mostClauses else {
            throw MLError(400, "too_many_clauses", "maxClauseCount is set to \(mostClauses)")
        }
    }

    private static func fields(_ value: JSONValue, _ name: String) throws(MLError) -> Fields {
        guard let object = value.object else { throw .parsing("[\(name)] query malformed, no start_object") }
        return Fields(object, prefix: "\(name).")
    }

    /// Queries of the shape `{name: {field: ...}}`.
    private static func ofField(
        _ name: String, _ body: JSONValue, _ clauses: inout Int
    ) throws(MLError) -> DocumentQuery {
        let known = ["term", "terms", "match", "match_phrase", "match_phrase_prefix", "prefix", "wildcard", "range"]
        guard known.contains(name) else {
            throw .parsing(
                "unknown query [\(name.prefix(100))]: searches of ML Commons know bool, constant_score, exists, ids, match_all, match_none, multi_match, query_string, simple_query_string, \(known.joined(separator: ", "))"
            )
        }
        let members = try fields(body, name).object.filter { !["boost", "_name"].contains($0.key) }
        guard members.count == 1, let (field, value) = members.first.map({ ($0.key, $0.value) }) else {
            throw .parsing("[\(name)] query malformed, one field was expected")
        }
        switch name {
        case "terms":
            guard let values = value.array else {
                throw .parsing("[terms] query requires a list for [\(field.prefix(100))]")
            }
            try count(values.count, &clauses)
            return .terms(field, values)
        case "term": return .terms(field, [value["value"] ?? value])
        case "range": return .range(field, try Bounds(try fields(value, "range")))
        case "prefix": return .prefix(field, text(value["value"] ?? value))
        case "wildcard":
            let pattern = text(value["value"] ?? value["wildcard"] ?? value)
            guard pattern.utf8.count <= mostClauses else {
                throw .illegalArgument(
                    "[wildcard] pattern has \(pattern.utf8.count) bytes; at most \(mostClauses) are taken")
            }
            return .wildcard(field, pattern)
        default:
            let words = words(text(value["query"] ?? value))
            try count(words.count, &clauses)
            let needsAll = value["operator"]?.string?.lowercased() == "and"
            return .words([field], words, isPhrase: name != "match", needsAll: needsAll)
        }
    }

    static func text(_ value: JSONValue) -> String { value.string ?? value.serialized() }

    /// Words as the standard analyser finds them in names: runs of letters and digits, in lower case.
    static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
    }
}

extension DocumentQuery.Bounds {
    fileprivate init(_ fields: Fields) throws(MLError) {
        for (name, value) in fields.object {
            switch name {
            case "gte", "from": least = value.isNull ? nil : (value, true)
            case "gt": least = (value, false)
            case "lte", "to": most = value.isNull ? nil : (value, true)
            case "lt": most = (value, false)
            case "boost", "format", "time_zone", "relation", "include_lower", "include_upper", "_name": break
            default: throw .parsing("[range] query does not support [\(name.prefix(100))]")
            }
        }
    }

    fileprivate func holds(_ value: JSONValue) -> Bool {
        if let least {
            guard let isLess = FieldPath.isLess(value, least.value), !isLess else { return false }
            if !least.isIncluded, FieldPath.isLess(least.value, value) != true { return false }
        }
        if let most {
            guard let isMore = FieldPath.isLess(most.value, value), !isMore else { return false }
            if !most.isIncluded, FieldPath.isLess(value, most.value) != true { return false }
        }
        return true
    }
}

extension DocumentQuery.Clauses {
    fileprivate init(_ fields: Fields, depth: Int, _ clauses: inout Int) throws(MLError) {
        func list(_ name: String, _ clauses: inout Int) throws(MLError) -> [DocumentQuery] {
            guard let value = fields[name] else { return [] }
            var queries: [DocumentQuery] = []
            for element in value.array ?? [value] {
                queries.append(try DocumentQuery(element, depth: depth + 1, &clauses))
            }
            return queries
        }
        must = try list("must", &clauses)
        filter = try list("filter", &clauses)
        should = try list("should", &clauses)
        mustNot = try list("must_not", &clauses)
        minimumShould = try fields.integer("minimum_should_match")
    }
}

extension DocumentQuery {
    /// The score of a document; nil if it does not match.
    func score(_ document: SearchedDocument) -> Double? {
        switch self {
        case .all: return 1
        case .none: return nil
        case .constant(let query, let score): return query.score(document) == nil ? nil : score
        case .bool(let clauses): return Self.score(document, clauses)
        default: return matches(document) ? 1 : nil
        }
    }

    private func matches(_ document: SearchedDocument) -> Bool {
        switch self {
        case .ids(let ids): ids.contains(document.id)
        case .exists(let field): !FieldPath.values(field, in: document).isEmpty || document.source[field]?.object != nil
        case .terms(let field, let values):
            FieldPath.values(field, in: document).contains { value in
                values.contains { Self.equals(value, $0, field) }
            }
        case .words(let fields, let words, let isPhrase, let needsAll):
            !words.isEmpty
                && Self.texts(fields, document).contains { Self.has($0, words, isPhrase: isPhrase, needsAll: needsAll) }
        case .prefix(let field, let start):
            FieldPath.values(field, in: document).contains { value in
                Self.forms(value, field).contains { $0.hasPrefix(start) }
            }
        case .wildcard(let field, let pattern):
            FieldPath.values(field, in: document).contains { value in
                Self.forms(value, field).contains { WildcardPattern.matches(pattern, $0, hasQuestionMarks: true) }
            }
        case .range(let field, let bounds): FieldPath.values(field, in: document).contains { bounds.holds($0) }
        case .all, .none, .constant, .bool: score(document) != nil
        }
    }

    private static func score(_ document: SearchedDocument, _ clauses: Clauses) -> Double? {
        var sum = 0.0
        for query in clauses.must {
            guard let score = query.score(document) else { return nil }
            sum += score
        }
        guard clauses.filter.allSatisfy({ $0.score(document) != nil }),
            clauses.mustNot.allSatisfy({ $0.score(document) == nil })
        else { return nil }
        let found = clauses.should.compactMap { $0.score(document) }
        let isOptional = !clauses.must.isEmpty || !clauses.filter.isEmpty || clauses.should.isEmpty
        guard found.count >= clauses.minimumShould ?? (isOptional ? 0 : 1) else { return nil }
        sum += found.reduce(0, +)
        let isOnlyNegative = clauses.must.isEmpty && clauses.filter.isEmpty && clauses.should.isEmpty
        return isOnlyNegative ? (clauses.mustNot.isEmpty ? 1 : 0) : sum
    }

    /// Whether a value is a term: as it is, or as a word of a text.
    private static func equals(_ value: JSONValue, _ term: JSONValue, _ field: String) -> Bool {
        if value == term { return true }
        if let number = value.double { return text(term).isEmpty ? false : Double(text(term)) == number }
        return forms(value, field).contains(text(term))
    }

    /// The most of a text whose words can be found; longer ones are configurations, which nobody looks for by word.
    private static let mostSearchedBytes = 32_768

    /// What is indexed of a value: the words of texts beside the value itself, which `.keyword` has alone.
    private static func forms(_ value: JSONValue, _ field: String) -> [String] {
        let whole = text(value)
        return field.hasSuffix(".keyword") || field == "_id" ? [whole] : [whole] + searchedWords(whole)
    }

    private static func searchedWords(_ text: String) -> [String] {
        words(text.utf8.count <= mostSearchedBytes ? text : String(text.prefix(mostSearchedBytes)))
    }

    private static func texts(_ fields: [String], _ document: SearchedDocument) -> [String] {
        var names: [String] = []
        for field in fields {
            names += field.contains("*") ? document.source.keys.filter { WildcardPattern.matches(field, $0) } : [field]
        }
        return names.flatMap { FieldPath.values($0, in: document).map(text) }
    }

    private static func has(_ text: String, _ words: [String], isPhrase: Bool, needsAll: Bool) -> Bool {
        let own = searchedWords(text)
        if isPhrase {
            guard own.count >= words.count else { return false }
            return (0...(own.count - words.count)).contains { own[$0..<($0 + words.count)].elementsEqual(words) }
        }
        let set = Set(own)
        return needsAll ? words.allSatisfy(set.contains) : words.contains(where: set.contains)
    }
}
