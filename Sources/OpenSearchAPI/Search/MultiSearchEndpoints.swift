internal import HTTPTypes
internal import JSON
internal import Querying

/// `_msearch`: several searches in one request.
struct MultiSearchEndpoints {
    let node: OpenSearchNode

    /// Searches of one request at most.
    private static let maximumSearches = 1000

    var endpoints: [Endpoint] {
        [
            Endpoint("msearch", [.get, .post], ["/_msearch", "/{index}/_msearch"], Self.parameters, pool: .search) {
                request in
                try await answer(request) { try SearchRequest.parse($0) }
            }
        ]
    }

    static let parameters =
        [
            "ccs_minimize_roundtrips", "max_concurrent_searches", "max_concurrent_shard_requests",
            "pre_filter_shard_size", "rest_total_hits_as_int", "search_type", "typed_keys",
            "allow_partial_results", "cancel_after_time_interval",
        ] + IndicesOptions.parameters

    /// Answers lines of which every second one is a search.
    ///
    /// - Parameter read: what such a line means.
    func answer(_ request: RestRequest, _ read: ([UInt8]) throws -> SearchRequest) async throws -> RestResponse {
        let begin = ContinuousClock.now
        let content = request.content
        guard content.last == UInt8(ascii: "\n") else {
            throw OpenSearchError.illegalArgument("The msearch request must be terminated by a newline [\\n]")
        }
        var lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("responses")
        writer.beginArray()
        let search = SearchEndpoints(node: node)
        var searches: [Result<(header: JSONObject, search: SearchRequest, targets: [SearchTarget]), any Error>] = []
        while let line = lines.popFirst() {
            let header = try Self.header(line)
            guard let body = lines.popFirst() else {
                throw OpenSearchError.illegalArgument("the last header of the msearch request has no search behind it")
            }
            guard searches.count < Self.maximumSearches else {
                throw OpenSearchError.illegalArgument(
                    "more than \(Self.maximumSearches) searches in one request; send several")
            }
            searches.append(
                Result {
                    let one = try read(Array(body))
                    return (header, one, try search.targets(request, header, one))
                })
        }
        guard !searches.isEmpty else { throw OpenSearchError.validation(["no requests added"]) }
        let known = await node.encodings(of: searches.compactMap { try? $0.get() }.map { ($0.search, $0.targets) })
        for one in searches {
            do {
                let (header, body, targets) = try one.get()
                writer.value(json: try await search.answer(request, header, body, targets, known))
            } catch {
                writer.value(OpenSearchError(describing: error).body())
            }
        }
        writer.endArray()
        writer.key("took")
        writer.value((ContinuousClock.now - begin).milliseconds)
        writer.endObject()
        return RestResponse(.json(writer.bytes))
    }

    private static func header(_ line: ArraySlice<UInt8>) throws(OpenSearchError) -> JSONObject {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { return [:] }
        guard let header = try RestRequest.parse(Array(line)).object else {
            throw .illegalArgument("a header of an msearch request is an object")
        }
        let known: Set<String> = [
            "index", "indices", "search_type", "request_cache", "preference", "routing", "allow_partial_search_results",
            "ignore_unavailable", "allow_no_indices", "expand_wildcards", "ignore_throttled", "ccs_minimize_roundtrips",
            "cancel_after_time_interval",
        ]
        for key in header.keys where !known.contains(key) {
            throw .illegalArgument("key [\(key)] is not supported in the metadata section")
        }
        return header
    }
}
