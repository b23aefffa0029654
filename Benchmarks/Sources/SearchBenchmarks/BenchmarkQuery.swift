import JSON
import SearchIndex
import TextAnalysis

/// A query of the files that make_corpus.py writes: `match`, with `or` or `and`, or `match_phrase`, over one field.
struct BenchmarkQuery {
    enum Kind {
        case any, all, phrase
    }

    let id: String
    let kind: Kind
    let field: FieldNumber
    let terms: [[UInt8]]
}

extension BenchmarkIndex {
    /// Reads a line such as `{"id": "match-0", "query": {"match": {"text": "a b"}}}`.
    func query(_ line: JSONValue) throws -> BenchmarkQuery {
        guard let id = line["id"]?.string, let (kind, body) = Self.only(line["query"]),
            let (field, options) = Self.only(body), let text = options.string ?? options["query"]?.string,
            let number = fields[field], kind == "match" || kind == "match_phrase"
        else { throw BenchmarkFailure("not a query of this benchmark: \(line)") }
        var tokens = TokenBuffer()
        try analyzer.analyze(text, into: &tokens)
        return BenchmarkQuery(
            id: id, kind: kind == "match_phrase" ? .phrase : options["operator"]?.string == "and" ? .all : .any,
            field: number, terms: (0..<tokens.count).map { Array(tokens.bytes[tokens.range(of: $0)]) })
    }

    /// The member of an object that has one.
    private static func only(_ value: JSONValue?) -> JSONObject.Member? {
        guard let object = value?.object, object.count == 1, let key = object.keys.first, let value = object[key] else {
            return nil
        }
        return (key, value)
    }
}
