import HTTPTypes
import JSON
import MLCommons
import Testing

/// The searches over groups, models and tasks: queries, scores, pages, order and fields.
@Suite struct SearchTests {
    private static let groups: [(name: String, access: String)] = [
        ("NLP_Group", "public"), ("cross encoder model group", "private"), ("Sparse models", "public"),
        ("cross-lingual models", "restricted"),
    ]

    private func names(_ place: Workplace, _ body: JSONValue, _ path: String = "/model_groups/_search") async throws
        -> [String]
    {
        let answer = try await place.call(.post, path, body)
        #expect(answer.status == 200, "\(answer.reason ?? "")")
        return answer["hits"]?["hits"]?.array?.compactMap { $0["_source"]?["name"]?.string } ?? []
    }

    private func filled(_ body: (Workplace, [String]) async throws -> Void) async throws {
        try await Workplace.with { place in
            var ids: [String] = []
            for (number, group) in Self.groups.enumerated() {
                place.clock.advance(milliseconds: 1000)
                var request: JSONObject = [
                    "name": .string(group.name), "description": .string("number \(number)"),
                    "access_mode": .string(group.access),
                ]
                if group.access == "restricted" { request["backend_roles"] = ["search", "it"] }
                let answer = try await place.call(.post, "/model_groups/_register", .object(request))
                ids.append(try #require(answer["model_group_id"]?.string))
            }
            try await body(place, ids)
        }
    }

    @Test func noDocumentsAreNoFault() async throws {
        try await Workplace.with { place in
            for path in ["/models/_search", "/model_groups/_search", "/tasks/_search"] {
                for method in [HTTPRequest.Method.get, .post] {
                    let answer = try await place.call(method, path)
                    #expect(answer.status == 200 && answer["timed_out"] == false && answer["took"]?.int != nil)
                    #expect(
                        answer["hits"]
                            == ["total": ["value": 0, "relation": "eq"], "max_score": nil, "hits": []])
                    #expect(answer["_shards"] == ["total": 1, "successful": 1, "skipped": 0, "failed": 0])
                }
            }
        }
    }

    @Test func hitsLookLikeOpenSearchs() async throws {
        try await filled { place, ids in
            let answer = try await place.call(
                .get, "/model_groups/_search", ["query": ["match_all": [:]], "size": 1000])
            #expect(answer["hits"]?["total"]?["value"] == 4 && answer["hits"]?["max_score"] == 1.0)
            let hit = answer["hits"]?["hits"]?[0]
            #expect(hit?["_index"] == ".plugins-ml-model-group" && hit?["_id"] == .string(ids[0]))
            #expect(hit?["_score"] == 1.0 && hit?["_version"] == 1 && hit?["_primary_term"] == 1)
            #expect(hit?["_seq_no"]?.int != nil && hit?["_source"]?["name"] == "NLP_Group")
            let plain = try await place.call(.get, "/model_groups/_search?rest_total_hits_as_int=true")
            #expect(plain["hits"]?["total"] == 4)
        }
    }

    @Test func queriesFindWhatTheySay() async throws {
        try await filled { place, ids in
            let cases: [(JSONValue, [Int])] = [
                (["match_all": [:]], [0, 1, 2, 3]), (["match_none": [:]], []),
                (["ids": ["values": [.string(ids[2]), "nobody"]]], [2]),
                (["bool": ["must": [["terms": ["_id": [.string(ids[1])]]]]]], [1]),
                (["term": ["name.keyword": "Sparse models"]], [2]), (["term": ["name.keyword": "sparse"]], []),
                (["term": ["name.keyword": ["value": "NLP_Group"]]], [0]),
                (["term": ["access": "public"]], [0, 2]), (["term": ["latest_version": 0]], [0, 1, 2, 3]),
                (["terms": ["access": ["private", "restricted"]]], [1, 3]),
                (["term": ["backend_roles": "it"]], [3]), (["exists": ["field": "backend_roles"]], [3]),
                (["match": ["name": "MODEL models"]], [1, 2, 3]),
                (["match": ["name": ["query": "cross models", "operator": "and"]]], [3]),
                (["match_phrase": ["name": "cross encoder"]], [1]), (["match_phrase": ["name": "encoder cross"]], []),
                (["prefix": ["name": "cross"]], [1, 3]), (["wildcard": ["name.keyword": "*_Gr?up"]], [0]),
                (["range": ["created_time": ["gt": 1_700_000_002_000]]], [2, 3]),
                (["range": ["created_time": ["gte": 1_700_000_002_000, "lt": 1_700_000_004_000]]], [1, 2]),
                (["constant_score": ["filter": ["term": ["access": "private"]]]], [1]),
                (["multi_match": ["query": "nlp_group lingual", "fields": ["name^3", "description"]]], [0, 3]),
                (["query_string": ["query": "encoder", "default_field": "name"]], [1]),
                (
                    [
                        "bool": [
                            "must": [["match": ["name": "models"]]], "must_not": [["term": ["access": "public"]]],
                        ]
                    ], [3]
                ),
                (["bool": ["should": [["term": ["access": "private"]], ["match": ["name": "sparse"]]]]], [1, 2]),
                (["bool": ["must_not": ["exists": ["field": "backend_roles"]]]], [0, 1, 2]),
                (
                    [
                        "bool": [
                            "should": [["term": ["access": "public"]], ["match": ["name": "models"]]],
                            "minimum_should_match": 2,
                        ]
                    ], [2]
                ),
            ]
            for (query, expected) in cases {
                let found = try await names(place, ["query": query])
                #expect(Set(found) == Set(expected.map { Self.groups[$0].name }), "\(query)")
            }
        }
    }

    @Test func scoresOrderPagesAndFields() async throws {
        try await filled { place, _ in
            let scored = try await place.call(
                .post, "/model_groups/_search",
                [
                    "query": [
                        "bool": [
                            "must": [["match": ["name": "models"]]], "should": [["term": ["access": "restricted"]]],
                        ]
                    ]
                ])
            #expect(scored["hits"]?["max_score"] == 2.0)
            #expect(scored["hits"]?["hits"]?.array?.compactMap { $0["_score"]?.double } == [2, 1])
            let all: JSONValue = ["match_all": [:]]
            #expect(
                try await names(place, ["query": all, "sort": [["created_time": ["order": "desc"]]], "size": 2])
                    == ["cross-lingual models", "Sparse models"])
            #expect(
                try await names(place, ["query": all, "sort": "name.keyword", "from": 1, "size": 2])
                    == ["Sparse models", "cross encoder model group"])
            #expect(
                try await names(
                    place, ["sort": [["created_time": "asc"]], "search_after": [1_700_000_002_000], "size": 1])
                    == ["Sparse models"])
            let sorted = try await place.call(.post, "/model_groups/_search", ["sort": ["created_time"]])
            #expect(sorted["hits"]?["max_score"]?.isNull == true)
            #expect(sorted["hits"]?["hits"]?[0]?["_score"]?.isNull == true)
            #expect(sorted["hits"]?["hits"]?[0]?["sort"] == [1_700_000_001_000])
            for (choice, fields) in [
                (["includes": ["na*"]], ["name"]), (["name", "access"], ["name", "access"]),
                (["excludes": ["*_time", "latest_version"]], ["name", "description", "access"]),
            ] as [(JSONValue, [String])] {
                let answer = try await place.call(.post, "/model_groups/_search", ["_source": choice])
                #expect(answer["hits"]?["hits"]?[0]?["_source"]?.object?.keys == fields)
            }
            let none = try await place.call(.post, "/model_groups/_search", ["_source": false])
            #expect(none["hits"]?["hits"]?[0]?["_source"] == nil)
        }
    }

    @Test func nestedFieldsOfModelsAreFound() async throws {
        try await Workplace.with { place in
            _ = try await place.register()
            _ = try await place.deployed(FakeSupply.sparse)
            #expect(
                try await names(place, ["query": ["term": ["model_config.model_type": "bert"]]], "/models/_search")
                    .count
                    == 2)
            #expect(
                try await names(
                    place,
                    ["query": ["bool": ["filter": [["term": ["algorithm": "SPARSE_ENCODING"]]]]], "_source": ["name"]],
                    "/models/_search") == [FakeSupply.sparse])
            let answer = try await place.call(
                .post, "/models/_search", ["_source": ["includes": ["model_config.model_type"]]])
            #expect(answer["hits"]?["hits"]?[0]?["_source"] == ["model_config": ["model_type": "bert"]])
        }
    }

    @Test func whatIsNotUnderstoodIsSaid() async throws {
        try await Workplace.with { place in
            var deep: JSONValue = ["match_all": [:]]
            for _ in 0..<40 { deep = ["bool": ["must": [deep]]] }
            let wrong: [(JSONValue, String)] = [
                (["query": ["fuzzy": ["a": "b"]]], "unknown query [fuzzy]"), (["query": []], "query malformed"),
                (["query": [:]], "query malformed"), (["query": ["term": [:]]], "[term] query malformed"),
                (["query": ["terms": ["a": "b"]]], "[terms] query requires a list"),
                (["query": deep], "The query is nested more than"), (["aggs": [:]], "[aggs] is not supported"),
                (["from": -1], "[from] parameter cannot be negative"),
                (["size": -1], "[size] parameter cannot be negative"),
                (["from": 9999, "size": 2], "Result window is too large"),
                (["from": .number(JSONNumber(Int.max)), "size": 2], "Result window is too large"),
                (["sort": [["a": ["order": "up"]]]], "unknown order [up]"), (["sort": [[]]], "[sort] is a list"),
                (["search_after": [1]], "search_after has 1 value(s) but sort has 0"),
                (["query": ["range": ["a": ["above": 1]]]], "[range] query does not support [above]"),
                (["size": "many"], "[size] is"),
            ]
            for (body, reason) in wrong {
                let answer = try await place.call(.post, "/models/_search", body)
                #expect(answer.status == 400 && answer.reason?.hasPrefix(reason) == true, "\(answer.reason ?? "")")
            }
        }
    }
}
