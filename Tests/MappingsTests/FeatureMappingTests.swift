import JSON
import Mappings
import SearchIndex
import SparseIndex
import Testing

/// Mapping parameters of `rank_feature`, `rank_features` and `sparse_vector`; texts are those of OpenSearch and of neural-search's `Seismic`.
@Suite struct FeatureMappingTests {
    private func mapping(_ field: JSONValue, isSparseIndex: Bool = true) throws -> Mapping {
        var settings = VectorSettings()
        settings.isSparseIndex = isSparseIndex
        return try Mapping(parsing: ["properties": ["f": field]], context: MappingContext(vectors: settings))
    }

    @Test func typesNameTheirFeatures() throws {
        let one = try #require(try mapping(["type": "rank_feature", "positive_score_impact": false]).field("f"))
        #expect(one.features?.naming == .field(FeatureKey(token: "f")))
        #expect(!one.positiveScoreImpact)
        #expect(one.options.companion == .features(FeatureOptions()))
        let many = try #require(try mapping(["type": "rank_features"]).field("f"))
        #expect(many.features?.naming == .tokens && many.positiveScoreImpact)
    }

    @Test func seismicIsBuiltWhereTheSettingSaysSo() throws {
        let field: JSONValue = [
            "type": "sparse_vector",
            "method": [
                "name": "seismic",
                "parameters": [
                    "n_postings": 300, "cluster_ratio": 0.2, "summary_prune_ratio": 0.5, "approximate_threshold": 1000,
                    "quantization_ceiling_search": 8, "quantization_ceiling_ingest": 4,
                ],
            ],
        ]
        let sparse = try #require(try mapping(field).field("f")?.features)
        let seismic = SeismicOptions(
            postings: 300, clusterRatio: 0.2, summaryPruneRatio: 0.5, quantizationCeiling: 4)
        #expect(sparse.naming == .tokenNumbers)
        #expect(sparse.options == FeatureOptions(seismic: seismic, approximateThreshold: 1000))
        #expect(try mapping(field, isSparseIndex: false).field("f")?.features?.options.seismic == nil)
        let plain: JSONValue = ["type": "sparse_vector", "method": ["name": "seismic"]]
        #expect(
            try mapping(plain).field("f")?.features?.options
                == FeatureOptions(seismic: SeismicOptions(), approximateThreshold: 1_000_000))
        #expect(try mapping(field).json["properties"]?["f"] == field)
    }

    @Test(
        arguments: [
            (nil, "[method] on mapper [f] of type [sparse_vector] must not have a [null] value"),
            ("seismic", "Unable to parse mapping into SparseMethodContext. Object not of type \"Map\""),
            ([:], "name needs to be set"),
            (["name": "wand"], "[method.name]: wand is not supported"),
            (["name": "seismic", "lambda": 1], "Invalid parameter: lambda"),
            (["name": "seismic", "parameters": 1], "Unable to parse parameters for main method component"),
            (
                [
                    "name": "seismic",
                    "parameters": [
                        "n_postings": 0, "cluster_ratio": 1, "summary_prune_ratio": 0, "approximate_threshold": -1,
                        "quantization_ceiling_search": "x", "quantization_ceiling_ingest": 1e39, "k": 1,
                    ],
                ],
                "Validation Failed: 1: Parameter [summary_prune_ratio] must be in (0, 1];"
                    + "2: Parameter [n_postings] must be a positive integer;3: Parameter [cluster_ratio] must be in (0, 1);"
                    + "4: Parameter [approximate_threshold] must be a non-negative integer;"
                    + "5: Parameter [quantization_ceiling_ingest] must be a positive float number;"
                    + "6: Parameter [quantization_ceiling_search] must be of java.lang.Float type;"
                    + "7: Unknown parameter 'k' found;"
            ),
            (
                ["name": "seismic", "parameters": ["n_postings": 1.5]],
                "Validation Failed: 1: Parameter [n_postings] must be of java.lang.Integer type;"
            ),
        ] as [(JSONValue, String)]) func methodsAreRefused(method: JSONValue, reason: String)
    {
        #expect(refusal { _ = try mapping(["type": "sparse_vector", "method": method]) } == reason)
    }

    @Test func parametersThatTheTypesLackAreRefused() {
        #expect(
            refusal { _ = try mapping(["type": "sparse_vector"]) } == "[sparse_vector] requires [method] parameter")
        #expect(
            refusal { _ = try mapping(["type": "rank_feature", "index": false]) }
                == "unknown parameter [index] on mapper [f] of type [rank_feature]")
    }

    @Test func whatMayChange() throws {
        let first = try mapping(["type": "rank_features", "positive_score_impact": false])
        #expect(
            refusal { _ = try first.merging(["properties": ["f": ["type": "rank_features"]]]) }
                == "Mapper for [f] conflicts with existing mapper:\n\tCannot update parameter [positive_score_impact] from "
                + "[false] to [true]")
        let method: JSONValue = ["name": "seismic", "parameters": ["cluster_ratio": 0.1]]
        let sparse = try mapping(["type": "sparse_vector", "method": ["name": "seismic"]])
        #expect(
            refusal {
                _ = try sparse.merging(["properties": ["f": ["type": "sparse_vector", "method": method]]])
            } == "no error")
        let other: JSONValue = ["name": "seismic", "parameters": ["cluster_ratio": 0.3]]
        #expect(
            refusal { _ = try sparse.merging(["properties": ["f": ["type": "sparse_vector", "method": other]]]) }
                == "Mapper for [f] conflicts with existing mapper:\n\tCannot update parameter [method] from [seismic] to [seismic]"
        )
    }

    @Test func queriesThatTheTypesDoNotAnswer() throws {
        let mapping = try Mapping(parsing: [
            "properties": [
                "one": ["type": "rank_feature"], "many": ["type": "rank_features"],
                "sparse": ["type": "sparse_vector", "method": ["name": "seismic"]],
                "dense": ["type": "knn_vector", "dimension": 2],
            ]
        ])
        let context = QueryValueContext(now: Moment(seconds: 0))
        func field(_ name: String) throws -> MappedField { try #require(mapping.field(name)) }
        #expect(
            refusal { _ = try field("one").termQuery(1, context: context) }
                == "Queries on [rank_feature] fields are not supported")
        #expect(
            refusal { _ = try field("dense").termQuery(1, context: context) }
                == "KNN vector do not support exact searching, use KNN queries instead: [dense]")
        #expect(
            refusal { _ = try field("many").existsQuery() } == "[rank_features] fields do not support [exists] queries")
        #expect(
            refusal { _ = try field("sparse").existsQuery() }
                == "[sparse_vector] fields do not support [exists] queries")
        #expect(try field("one").existsQuery() == .existsMark(field("one").number))
        #expect(try field("dense").existsQuery() == .existsMark(field("dense").number))
        #expect(
            refusal { try field("sparse").requireValues() }
                == "[sparse_vector] fields do not support sorting, scripting or aggregating")
        #expect(refusal { try field("dense").requireValues() } == "knn vector field doesn't support sorting")
        #expect(
            refusal { _ = try field("dense").rangeQuery(RangeBounds(), context: context) }
                == "Field [dense] of type [knn_vector] does not support range queries")
        #expect(
            refusal { try field("many").requireStrings(for: "prefix") }
                == "Can only use prefix queries on keyword, text and wildcard fields - not on [many] which is of type "
                + "[rank_features]")
    }
}
