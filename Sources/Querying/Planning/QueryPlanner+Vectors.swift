import JSON
import Mappings
import SearchIndex
import SparseIndex
import VectorIndex

/// Queries on vectors and features.
extension QueryPlanner {
    func knn(_ query: KNNQuery) throws -> Plan {
        if mapping.field(query.field) == nil, query.search.ignoresUnmapped { return .none }
        let field = try vectorField(query.field)
        guard let vectors = field.vector, let method = vectors.method else {
            throw SearchError.illegalArgument("Field '\(query.field)' is not built for ANN search.")
        }
        let search = query.search
        if search.clusterCount != nil {
            let kind =
                switch search.extent {
                case .nearest: "k"
                case .minScore: "min_score"
                case .maxDistance: "max_distance"
                }
            throw SearchError.illegalArgument(
                "Parameters not valid for [\(vectors.engine.rawValue.uppercased())]:[\(method)]:[\(kind)] combination: [Validation Failed: 1: Unknown parameter 'nprobes' found;]"
            )
        }
        var nearest = VectorQuery(
            vector: query.vector, k: .max, efSearch: search.efSearch ?? vectors.efSearch ?? view.limits.efSearch)
        do throws(VectorFault) {
            switch search.extent {
            case .nearest(let k):
                nearest.k = k
                if let factor = search.oversampling {
                    nearest.efSearch = max(nearest.efSearch, Int(Float(k) * factor))
                }
            case .minScore(let score): nearest.radius = try vectors.field.radius(minimumScore: score)
            case .maxDistance(let distance): nearest.radius = try vectors.field.radius(maximumDistance: distance)
            }
            try vectors.field.checkQuery(query.vector)
        } catch {
            throw SearchError.illegalArgument(error.reason)
        }
        var clause = NearestClause(
            field: field.number, name: field.name, space: vectors.field.space, query: nearest,
            expandsNested: search.expandsNested)
        var filter = search.filter
        if field.nestedPath != nil, let path = nestedPath {
            clause.nesting = NearestClause.Nesting(path: path, parentPath: parentPath)
            filter = filter.map { Self.withoutNesting($0, path) }
        }
        clause.filter = try filter.map { try plan($0) }
        return .nearest(clause)
    }

    /// A filter on nested objects as the objects see it: what it asks of them in a nested query of its own, it asks of each.
    private static func withoutNesting(_ filter: Query, _ path: String) -> Query {
        switch filter.kind {
        case .nested(let nested) where nested.path == path: return withoutNesting(nested.query, path)
        case .constantScore(let inner): return withoutNesting(inner, path)
        case .bool(var bool):
            bool.must = bool.must.map { withoutNesting($0, path) }
            bool.filter = bool.filter.map { withoutNesting($0, path) }
            bool.should = bool.should.map { withoutNesting($0, path) }
            bool.mustNot = bool.mustNot.map { withoutNesting($0, path) }
            return Query(.bool(bool), boost: filter.boost, name: filter.name)
        default: return filter
        }
    }

    /// A field of vectors.
    private func vectorField(_ name: String) throws -> MappedField {
        guard let field = mapping.field(name), field.vector != nil else {
            throw SearchError.illegalArgument("Field '\(name)' is not knn_vector type.")
        }
        return field
    }

    func neural(_ query: NeuralQuery) throws -> Plan {
        if let features = mapping.field(query.field)?.features, !features.isSingle {
            return try neuralSparse(query.sparse)
        }
        if mapping.field(query.field) != nil || !query.search.ignoresUnmapped { _ = try vectorField(query.field) }
        guard let text = query.text else {
            throw SearchError.illegalArgument("Either query text or image text must be provided for neural query")
        }
        guard let model = query.model else { throw SearchError.missingModel("neural") }
        guard let vector = encodings.vector(of: text, model: model) else { throw SearchError.unknownModel(model) }
        return try knn(KNNQuery(field: query.field, vector: vector, search: query.search))
    }

    func neuralSparse(_ query: NeuralSparseQuery) throws -> Plan {
        guard let field = mapping.field(query.field), let mapped = field.features, !mapped.isSingle else {
            throw SearchError.illegalArgument("[neural_sparse] query only works on [rank_features] fields")
        }
        var clause = FeaturesClause(field: field.number, name: field.name)
        let tokens = try tokens(of: query)
        try count(tokens.count)
        for token in tokens {
            let key: FeatureKey
            if mapped.naming == .tokenNumbers {
                guard let id = token.id else {
                    throw SearchError.illegalArgument(
                        Int(token.token) == nil
                            ? "Query tokens should be valid integer"
                            : "Query tokens should be non-negative integer!")
                }
                key = FeatureKey(id: id)
            } else {
                key = FeatureKey(token: token.token)
            }
            guard token.weight > 0, token.weight <= WeightedFeature.highestWeight else {
                throw SearchError.illegalArgument("weight must be in (0, 64.0], got: \(JavaNumbers.text(token.weight))")
            }
            clause.names.append(token.token)
            clause.features.append(WeightedFeature(key, token.weight))
        }
        if let method = query.method, mapped.naming == .tokenNumbers {
            clause.approximation = FeaturesClause.Approximation(
                k: method.k ?? 10,
                options: SeismicSearchOptions(features: method.tokens ?? 10, heapFactor: method.heapFactor ?? 1))
            clause.filter = try method.filter.map { try plan($0) }
        }
        return .features(clause)
    }

    /// The tokens that are given, or those of the text.
    private func tokens(of query: NeuralSparseQuery) throws -> [WeightedToken] {
        if let tokens = query.tokens { return tokens }
        guard let text = query.text, let tokens = encodings.tokens(of: text, by: query.encoder) else {
            throw query.encoder.unknown
        }
        return tokens.filter { $0.weight > 0 }
    }

    func rankFeature(_ query: RankFeatureQuery) throws -> Plan {
        if let field = mapping.field(query.field) {
            guard let mapped = field.features, case .field(let key) = mapped.naming else {
                throw SearchError.illegalArgument(
                    "[rank_feature] query only works on [rank_feature] fields and features of [rank_features] fields, not [\(field.kind.rawValue)]"
                )
            }
            return try feature(key, of: field, mapped, query, field: "_feature", name: field.name)
        }
        // The last part of the name may be a feature.
        guard let dot = query.field.lastIndex(of: "."),
            let field = mapping.field(String(query.field[..<dot])), let mapped = field.features,
            mapped.naming == .tokens
        else { return .none }
        let name = String(query.field[query.field.index(after: dot)...])
        return try feature(FeatureKey(token: name), of: field, mapped, query, field: field.name, name: name)
    }

    private func feature(
        _ key: FeatureKey, of mapped: MappedField, _ features: FeatureMapping, _ query: RankFeatureQuery,
        field: String, name: String
    ) throws -> Plan {
        if case .log(let factor) = query.function,
            let refusal = FeatureFunction.log(scalingFactor: factor)
                .refusal(positiveScoreImpact: features.hasPositiveImpact)
        {
            throw SearchError.illegalArgument(refusal)
        }
        return .feature(
            FeatureClause(number: mapped.number, key: key, field: field, name: name, function: query.function))
    }

    /// The field of a script on vectors, whose arguments go with it.
    func vectorField(of script: VectorScript) throws -> MappedField {
        let space: VectorSpace
        do { space = try VectorSpace(name: script.space) } catch {
            throw SearchError.illegalArgument(
                "Invalid space type [\(script.space)]. Please refer to the available space types: "
                    + VectorSpace.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard let field = mapping.field(script.field), let vectors = field.vector else {
            throw SearchError.illegalArgument(
                "Incompatible field_type for \(space.rawValue) space. The field type must be knn_vector.")
        }
        guard script.vector.count == vectors.field.givenCount else {
            throw SearchError.illegalArgument(
                "Object's dimension=\(script.vector.count) does not match the expected dimension=\(vectors.field.givenCount)."
            )
        }
        do {
            let compared = try VectorField(
                dimension: vectors.field.dimension, element: vectors.field.element, space: space)
            try compared.checkQuery(script.vector)
        } catch {
            throw SearchError.illegalArgument(error.reason)
        }
        return field
    }
}

extension FeatureMapping {
    /// Whether a document has one number, not features with names.
    fileprivate var isSingle: Bool { if case .field = naming { true } else { false } }
}

extension SparseQueryEncoder {
    /// What is said when there is no such encoder.
    var unknown: SearchError {
        switch self {
        case .model(let id): .unknownModel(id)
        case .analyzer(let name): .unknownAnalyzer(name)
        }
    }
}
