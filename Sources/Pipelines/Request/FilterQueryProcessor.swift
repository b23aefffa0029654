import JSON
import Querying

/// `filter_query`: adds a filter to every search.
struct FilterQueryProcessor: RequestProcessor {
    static let type = "filter_query"
    private let filter: JSONValue

    init(_ settings: inout ProcessorSettings) throws {
        guard let query = settings.value("query") else {
            throw PipelineError.illegalArgument(
                "Did not specify the query property in processor of type filter_query")
        }
        // What is wrong with it is told now and not with the first search.
        do { _ = try Query(parsing: query) } catch let error as SearchError { throw PipelineError(error) }
        filter = query
    }

    func process(_ body: inout JSONObject, _ context: inout PipelineContext) {
        var bool: JSONObject = ["filter": .array([filter])]
        // A hybrid query stays at the top: its filter is a part of its own.
        if var hybrid = body["query"]?["hybrid"]?.object {
            var filters = [filter]
            if let known = hybrid["filter"] { filters.append(known) }
            hybrid["filter"] = filters.count == 1 ? filter : ["bool": ["filter": .array(filters)]]
            body["query"] = ["hybrid": .object(hybrid)]
            return
        }
        if let query = body["query"] { bool["must"] = .array([query]) }
        body["query"] = ["bool": .object(bool)]
    }
}
