internal import HTTPTypes
internal import JSON
internal import Querying

/// `_rank_eval`: how good the ranks of searches are, by documents that were judged.
struct RankEvaluation {
    let node: OpenSearchNode

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "rank_eval", [.get, .post], ["/_rank_eval", "/{index}/_rank_eval"],
                IndicesOptions.parameters + ["search_type"], pool: .search
            ) { request in try await answer(request) }
        ]
    }

    /// How ranks become a number.
    private struct Metric {
        enum Kind: String {
            case precision
            case recall
            case reciprocalRank = "mean_reciprocal_rank"
            case gain = "dcg"
        }

        let kind: Kind
        var depth = 10
        var threshold = 1
        var ignoresUnjudged = false
        var isNormalized = false

        init(_ body: JSONObject) throws(OpenSearchError) {
            guard body.count == 1, let name = body.keys.first, let kind = Kind(rawValue: name) else {
                throw .illegalArgument(
                    "[metric] holds one of [precision], [recall], [mean_reciprocal_rank] and [dcg]; others are not supported"
                )
            }
            self.kind = kind
            for (key, value) in body[name]?.object ?? [:] {
                switch key {
                case "k": depth = value.int ?? 0
                case "relevant_rating_threshold": threshold = value.int ?? 1
                case "ignore_unlabeled": ignoresUnjudged = value.bool ?? false
                case "normalize": isNormalized = value.bool ?? false
                default:
                    throw OpenSearchError(400, "x_content_parse_exception", "[1:1] [\(name)] unknown field [\(key)]")
                }
            }
            guard depth > 0 else {
                throw .illegalArgument("number of results to consider must be > 0, found [k=\(depth)]")
            }
        }

        /// The score of one search, and the numbers behind it.
        func score(_ ratings: [Int?], judged: [Int]) -> (Double, JSONObject) {
            func count(_ number: Int) -> JSONValue { .number(JSONNumber(number)) }
            let relevant = ratings.count { ($0 ?? 0) >= threshold && $0 != nil }
            switch kind {
            case .precision:
                let retrieved = ignoresUnjudged ? ratings.count { $0 != nil } : ratings.count
                return (
                    retrieved == 0 ? 0 : Double(relevant) / Double(retrieved),
                    ["relevant_docs_retrieved": count(relevant), "docs_retrieved": count(retrieved)]
                )
            case .recall:
                let all = judged.count { $0 >= threshold }
                return (
                    all == 0 ? 0 : Double(relevant) / Double(all),
                    ["relevant_docs_retrieved": count(relevant), "relevant_docs": count(all)]
                )
            case .reciprocalRank:
                guard let first = ratings.firstIndex(where: { $0.map { $0 >= threshold } ?? false }) else {
                    return (0, ["first_relevant": -1])
                }
                return (1 / Double(first + 1), ["first_relevant": count(first + 1)])
            case .gain:
                func gain(_ ratings: [Int]) -> Double {
                    ratings.enumerated().reduce(0) { sum, entry in
                        sum + (Self.power(entry.element) - 1) / Self.logarithm(entry.offset + 2)
                    }
                }
                let own = gain(ratings.map { $0 ?? 0 })
                let ideal = gain(Array(judged.sorted(by: >).prefix(depth)))
                var details: JSONObject = ["dcg": .number(JSONNumber(own))]
                if isNormalized {
                    details["ideal_dcg"] = .number(JSONNumber(ideal))
                    details["normalized_dcg"] = .number(JSONNumber(ideal == 0 ? 0 : own / ideal))
                }
                details["unrated_docs"] = count(ratings.count { $0 == nil })
                return (isNormalized ? (ideal == 0 ? 0 : own / ideal) : own, details)
            }
        }

        private static func power(_ rating: Int) -> Double { rating >= 0 && rating < 60 ? Double(1 << rating) : 0 }

        /// The logarithm to base 2 of a small number, from its series of halvings.
        private static func logarithm(_ number: Int) -> Double {
            var (whole, rest) = (0.0, Double(number))
            while rest >= 2 {
                rest /= 2
                whole += 1
            }
            var (fraction, weight) = (0.0, 0.5)
            for _ in 0..<52 {
                rest *= rest
                if rest >= 2 {
                    rest /= 2
                    fraction += weight
                }
                weight /= 2
            }
            return whole + fraction
        }
    }

    private func answer(_ request: RestRequest) async throws -> RestResponse {
        let body = try request.requiredObject()
        guard let metric = body["metric"]?.object else { throw OpenSearchError.illegalArgument("Required [metric]") }
        guard let requests = body["requests"]?.array, !requests.isEmpty else {
            throw OpenSearchError.illegalArgument("Required [requests]: at least one search with its ratings")
        }
        let measure = try Metric(metric)
        let targets = try node.targets(request.list("index") ?? [], try IndicesOptions.search.overridden(by: request))
        var details = JSONObject()
        var failures = JSONObject()
        var scores: [Double] = []
        for rated in requests {
            guard let id = rated["id"]?.string, let search = rated["request"] else {
                throw OpenSearchError.illegalArgument("each of [requests] needs [id], [request] and [ratings]")
            }
            do {
                let (score, detail) = try await evaluate(
                    search, rated["ratings"]?.array ?? [], measure, targets, request)
                scores.append(score)
                details[id] = detail
            } catch {
                failures[id] = OpenSearchError(describing: error).body()["error"] ?? .null
            }
        }
        let mean = scores.isEmpty ? 0 : scores.reduce(0, +) / Double(scores.count)
        return RestResponse([
            "metric_score": .number(JSONNumber(mean)), "details": .object(details), "failures": .object(failures),
        ])
    }

    private func evaluate(
        _ search: JSONValue, _ ratings: [JSONValue], _ metric: Metric, _ targets: [SearchTarget], _ request: RestRequest
    ) async throws -> (Double, JSONValue) {
        var parsed = try SearchRequest.parse(search)
        parsed.size = metric.depth
        parsed.source = SourceFilter(fetch: false)
        var judged: [String: Int] = [:]
        for rating in ratings {
            guard let index = rating["_index"]?.string, let id = rating["_id"]?.string,
                let value = rating["rating"]?.int
            else {
                throw OpenSearchError.illegalArgument("a rating has [_index], [_id] and a whole [rating]")
            }
            judged["\(index)\u{0}\(id)"] = value
        }
        let reply = try await node.execute(parsed, targets, for: request)
        let hits = try RestRequest.parse(reply.hits)["hits"]?.array ?? []
        let found = hits.map { hit in judged["\(hit["_index"]?.string ?? "")\u{0}\(hit["_id"]?.string ?? "")"] }
        let (score, numbers) = metric.score(found, judged: Array(judged.values))
        var unjudged: [JSONValue] = []
        var entries: [JSONValue] = []
        for (hit, rating) in zip(hits, found) {
            var entry: JSONObject = ["hit": hit]
            if let rating {
                entry["rating"] = .number(JSONNumber(rating))
            } else {
                unjudged.append(["_index": hit["_index"] ?? .null, "_id": hit["_id"] ?? .null])
            }
            entries.append(.object(entry))
        }
        let named = JSONObject([(key: metric.kind.rawValue, value: .object(numbers))])
        let detail: JSONValue = [
            "metric_score": .number(JSONNumber(score)), "unrated_docs": .array(unjudged), "hits": .array(entries),
            "metric_details": .object(named),
        ]
        return (score, detail)
    }
}
