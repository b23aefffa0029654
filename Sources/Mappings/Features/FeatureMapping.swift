import JSON
public import SearchIndex
public import SparseIndex

/// What a field of features is: `rank_feature`, `rank_features` or `sparse_vector`.
public struct FeatureMapping: Sendable, Hashable {
    /// What the features of a field are named by.
    public enum Naming: Sendable, Hashable {
        /// One number a document, whose feature has the name of the field: `rank_feature`.
        case field(FeatureKey)
        /// Texts: `rank_features`.
        case tokens
        /// Numbers of tokens: `sparse_vector`.
        case tokenNumbers
    }

    /// How features are named.
    public let naming: Naming
    /// `positive_score_impact`: whether a higher value is a better one.
    ///
    /// Otherwise the reciprocal is stored (``SparseIndex/FeatureFunction/storedValue(of:positiveScoreImpact:)``).
    public let hasPositiveImpact: Bool
    /// How features are kept: with an approximate index, if the field has a method and `index.sparse` is set.
    public let options: FeatureOptions

    /// Reads the parameters of a field, and checks them as OpenSearch does; nil for a type without features.
    ///
    /// - Throws: ``MappingError`` in OpenSearch's words.
    init?(_ definition: FieldDefinition, name: String, _ settings: VectorSettings) throws(MappingError) {
        switch definition.kind {
        case .rankFeature: naming = .field(FeatureKey(token: name))
        case .rankFeatures: naming = .tokens
        case .sparseVector: naming = .tokenNumbers
        default: return nil
        }
        hasPositiveImpact = definition.bool("positive_score_impact", default: true)
        guard definition.kind == .sparseVector else {
            options = FeatureOptions()
            return
        }
        guard let json = definition["method"] else {
            throw MappingError(.mapperParsing, "[sparse_vector] requires [method] parameter")
        }
        let method = try SeismicMethod(json)
        options = FeatureOptions(
            seismic: settings.isSparseIndex ? method.options : nil, approximateThreshold: method.approximateThreshold)
    }
}
