import JSON
import Querying
import Testing

/// What wrong queries are answered; the words are OpenSearch's.
struct QueryParsingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var body: String
        var type: String
        var reason: String
        var place: String?

        init(_ body: String, _ type: String, _ reason: String, _ place: String? = nil) {
            (self.body, self.type, self.reason, self.place) = (body, type, reason, place)
        }

        var testDescription: String { body }
    }

    static let cases: [Case] = [
        Case(
            #"{"query":{"mtch":{"a":"b"}}}"#, "parsing_exception",
            "unknown query [mtch] did you mean [match]?", "1:18"),
        Case(
            #"{"query":{"match":"x"}}"#, "parsing_exception",
            "[match] query malformed, no start_object after query name", "1:19"),
        Case(
            #"{"query":{"bool":[]}}"#, "parsing_exception", "[bool] query malformed, no start_object after query name",
            "1:18"),
        Case(
            #"{"query":{"match":{"a":{"query":["x"]}}}}"#, "parsing_exception",
            "[match] unknown token [START_ARRAY] after [query]", "1:33"),
        Case(
            #"{"query":{"match":{"a":{"query":"x","nope":1}}}}"#, "parsing_exception",
            "[match] query does not support [nope]", "1:44"),
        Case(
            #"{"query":{"match":{"a":"x","b":"y"}}}"#, "parsing_exception",
            "[match] query doesn't support multiple fields, found [a] and [b]", "1:32"),
        Case(
            #"{"query":{"match":{"a":{"query":"x","operator":"xor"}}}}"#, "illegal_argument_exception",
            "No enum constant org.opensearch.index.query.Operator.XOR"),
        Case(
            #"{"query":{"bool":{"must":[{"term":{"a":["x"]}}]}}}"#, "x_content_parse_exception",
            "[1:40] [bool] failed to parse field [must]"),
        Case(
            #"{"query":{"bool":{"mst":{}}}}"#, "x_content_parse_exception",
            "[1:19] [bool] unknown field [mst] did you mean [must]?"),
        Case(
            #"{"query":{"bool":{"must":"x"}}}"#, "x_content_parse_exception",
            "[1:26] [bool] must doesn't support values of type: VALUE_STRING"),
        Case(#"{"query":{}}"#, "illegal_argument_exception", "query malformed, empty clause found at [1:11]"),
        Case(
            #"{"query":{"term":{"a":1},"match":{}}}"#, "parsing_exception",
            "[term] malformed query, expected [END_OBJECT] but found [FIELD_NAME]", "1:26"),
        Case(
            #"{"query":{"match_all":{"boost":-1}}}"#, "illegal_argument_exception",
            "negative [boost] are not allowed in [-1.0], use a value between 0 and 1 to deboost"),
        Case("{\n  \"qery\": {}\n}", "parsing_exception", "Unknown key for a START_OBJECT in [qery].", "2:11"),
        Case(#"{"from":-1}"#, "illegal_argument_exception", "[from] parameter cannot be negative but was [-1]"),
        Case(
            #"{"query":{"range":{"a":{"gte":1,"relation":"near"}}}}"#, "illegal_argument_exception",
            "[range] query does not support relation [near]"),
        Case(
            #"{"query":{"multi_match":{"query":"x","type":"x"}}}"#, "parse_exception",
            "failed to parse [multi_match] query type [x]. unknown type."),
        Case(
            #"{"query":{"match":{"a":{"query":"x","fuzziness":"AUTO:5"}}}}"#, "parse_exception",
            "failed to find low and high distance values"),
        Case(#"{"query":{"exists":{}}}"#, "parsing_exception", "[exists] must be provided with a [field]", "1:21"),
        Case(
            #"{"query":{"query_string":{"fields":["a"]}}}"#, "parsing_exception",
            "[query_string] must be provided with a [query]", "1:41"),
        Case(
            #"{"sort":[{"a":{"ordr":"asc"}}]}"#, "x_content_parse_exception",
            "[1:16] [field_sort] unknown field [ordr] did you mean [order]?"),
        Case(
            #"{"query":{"nested":{"query":{"match_all":{}}}}}"#, "illegal_argument_exception",
            "[nested] requires 'path' field"),
    ]

    @Test("Faults have OpenSearch's type, words and place", arguments: cases)
    func fault(_ item: Case) throws {
        let error = #expect(throws: SearchError.self) { try SearchRequest.parse(Array(item.body.utf8)) }
        #expect(error?.type == item.type)
        #expect(error?.reason == item.reason)
        #expect(error?.status == 400)
        if let place = item.place { #expect("\(error?.line ?? 0):\(error?.column ?? 0)" == place) }
    }

    @Test("The root cause of a fault inside bool is the inner fault")
    func rootCause() throws {
        let error = #expect(throws: SearchError.self) {
            try SearchRequest.parse(Array(#"{"query":{"bool":{"must":[{"trm":{}}]}}}"#.utf8))
        }
        #expect(error?.rootCauses.map(\.reason) == ["unknown query [trm] did you mean any of [term, terms]?"])
    }

    @Test("Nesting beyond the limit is an error, not a crash")
    func nesting() {
        let depth = 5000
        let text =
            #"{"query":"# + String(repeating: #"{"bool":{"must":"#, count: depth) + #"{"match_all":{}}"#
            + String(repeating: "}}", count: depth) + "}"
        #expect(throws: SearchError.self) { try SearchRequest.parse(Array(text.utf8)) }
    }

    @Test("Short and long forms are the same query")
    func forms() throws {
        let short = try SearchRequest.parse(Array(#"{"query":{"match":{"a":"x"}}}"#.utf8))
        let long = try SearchRequest.parse(Array(#"{"query":{"match":{"a":{"query":"x"}}}}"#.utf8))
        #expect(short.query == long.query)
    }

    @Test("Source filters keep what includes name and drop what excludes name")
    func sourceFilter() {
        let filter = SourceFilter(includes: ["a.*", "c"], excludes: ["a.x"])
        #expect(
            filter.apply(["a": ["x": 1, "y": 2], "b": 3, "c": ["d": [1, 2]]]) == ["a": ["y": 2], "c": ["d": [1, 2]]])
    }
}
