/// A field of documents that is made of their texts by a model.
public struct FieldEncoding: Sendable, Hashable {
    /// What the model makes.
    public enum Form: Sendable, Hashable {
        /// A vector: for `knn_vector` fields.
        case vector
        /// Tokens with weights: for `rank_features` fields.
        case tokens
        /// Numbers of tokens with weights: for `sparse_vector` fields.
        case tokenNumbers
    }

    /// The field that gets it; dots lead into objects.
    public var field: String
    /// What the model makes.
    public var form: Form
    /// The model, by its name in the engine.
    public var model: String
    /// The fields whose texts are read, joined by blanks; dots lead into objects.
    public var sources: [String]

    /// The fields of title and body, as collections of documents name them most often.
    public static let usualSources = ["title", "text"]

    /// A field made by a model.
    public init(field: String, form: Form, model: String, sources: [String] = FieldEncoding.usualSources) {
        self.field = field
        self.form = form
        self.model = model
        self.sources = sources
    }
}
