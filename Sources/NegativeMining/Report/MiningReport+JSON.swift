public import JSON

extension MiningReport {
    /// The report for programs; scores as float32 prints them.
    public var json: JSONValue {
        var counts = JSONObject()
        var samples = JSONObject()
        for reason in DropReason.allCases {
            guard let count = dropped[reason] else { continue }
            counts[reason.rawValue] = .number(JSONNumber(count))
            samples[reason.rawValue] = .array((examples[reason] ?? []).map { Self.json($0) })
        }
        return .object(
            JSONObject([
                ("guide", .string(guide)), ("options", options.json), ("documents", Self.json(documents)),
                ("queries", Self.json(queries)), ("pairs", Self.json(pairs)), ("candidates", Self.json(candidates)),
                ("negatives", Self.json(negatives)), ("filled", Self.json(filled)),
                ("complete_queries", Self.json(complete)),
                ("queries_without_admissible", Self.json(withoutAdmissible)), ("admissible", Self.json(admissible)),
                ("dropped", .object(counts)),
                (
                    "sources",
                    .array(
                        sources.map { source in
                            .object(
                                JSONObject([
                                    ("name", .string(source.name)), ("negatives", Self.json(source.negatives)),
                                    ("only_here", Self.json(source.onlyHere)),
                                    ("positive_first", Self.json(source.positiveFirst)),
                                    ("positive_found", Self.json(source.positiveFound)),
                                ]))
                        })
                ),
                (
                    "scores",
                    .object(
                        JSONObject([
                            ("positive", positiveScores.json), ("negative", negativeScores.json),
                            ("hardest", hardestScores.json), ("difference", differences.json),
                        ]))
                ),
                ("examples", .object(samples)),
            ]))
    }

    private static func json(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

    private static func json(_ example: Example) -> JSONValue {
        var object = JSONObject([
            ("query", .string(example.query)), ("positive", .string(example.positive)),
            ("positive_score", .number(JSONNumber(Double(example.positiveScore)))),
            ("document", .string(example.document)), ("score", .number(JSONNumber(Double(example.score)))),
        ])
        if let id = example.documentID { object["document_id"] = .string(id) }
        if let similarity = example.similarity { object["similarity"] = .number(JSONNumber(similarity)) }
        return .object(object)
    }
}

extension ScoreSummary {
    fileprivate var json: JSONValue {
        let names = ["min", "25%", "50%", "75%", "max"]
        return .object(
            JSONObject(
                [
                    ("count", .number(JSONNumber(count))), ("mean", .number(JSONNumber(mean))),
                    ("std", .number(JSONNumber(deviation))),
                ] + zip(names, quartiles).map { ($0, .number(JSONNumber($1))) }))
    }
}

extension MiningOptions {
    /// The options under the names of their originals; those that are not set are `null`.
    fileprivate var json: JSONValue {
        func number(_ value: Float?) -> JSONValue { value.map { .number(JSONNumber(Double($0))) } ?? .null }
        var members: [JSONObject.Member] = [
            ("depth", .number(JSONNumber(depth))), ("range_min", .number(JSONNumber(rangeMin))),
            ("range_max", rangeMax.map { .number(JSONNumber($0)) } ?? .null), ("max_score", number(maximumScore)),
            ("min_score", number(minimumScore)), ("absolute_margin", number(absoluteMargin)),
            ("relative_margin", number(relativeMargin)), ("num_negatives", .number(JSONNumber(negatives))),
        ]
        switch sampling {
        case .top: members.append(("sampling_strategy", .string("top")))
        case .random(let seed):
            members.append(("sampling_strategy", .string("random")))
            members.append(("seed", .number(JSONNumber(seed))))
        case .spread(let seed):
            members.append(("sampling_strategy", .string("spread")))
            members.append(("seed", .number(JSONNumber(seed))))
        }
        members.append(("include_positives", .bool(includesPositives)))
        members.append(("near_duplicate", nearDuplicateSimilarity.map { .number(JSONNumber($0)) } ?? .null))
        members.append(("fill_with_random", .bool(fillsWithRandom)))
        if fillsWithRandom { members.append(("fill_seed", .number(JSONNumber(fillSeed)))) }
        return .object(JSONObject(members))
    }
}
