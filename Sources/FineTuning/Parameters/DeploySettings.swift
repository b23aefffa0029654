/// What becomes of a model that passed the gate.
public struct DeploySettings: ParameterSection {
    /// Whether it is registered and deployed in the cluster; nil: if documents came from one.
    public var registers: Bool?
    /// Whether the cluster's settings are changed where they forbid uploads of models.
    public var allowsUploads = false
    /// Whether earlier versions in the model group are taken out of memory once the new one answers.
    public var undeploysEarlier = false
    /// The model group; nil: the model's name.
    public var modelGroup: String?
    /// The version of the model.
    public var version = "1.0.0"
    /// What the model is for.
    public var description: String?
    /// Whether the index gets a new field of the new model.
    public var reencodes = false
    /// The field of the new vectors or weights; nil: `<text field>_embedding`, with underscores for points.
    public var field: String?
    /// The index to be; nil: the names of the index and of the run.
    public var targetIndex: String?
    /// The alias that points at the index to be in the end; nil: none.
    public var alias: String?

    /// The defaults.
    public init() {}

    static var fields: [ParameterField<Self>] {
        [
            .flag(
                "register", \.registers,
                "Whether the model is registered and deployed; unset: if documents came from a cluster."),
            .flag(
                "allow_uploads", \.allowsUploads,
                "Whether the cluster's settings are changed where they forbid uploads of models."),
            .flag(
                "undeploy_earlier", \.undeploysEarlier,
                "Whether earlier versions in the group are taken out of memory once the new one answers."),
            .text("model_group", \.modelGroup, "The model group; unset: the model's name."),
            .text("version", \.version, "The version of the model."),
            .text("description", \.description, "What the model is for."),
            .flag("reencode", \.reencodes, "Whether the index is written anew with a field of the new model."),
            .text("field", \.field, "The field of the new vectors or weights."),
            .text("target_index", \.targetIndex, "The index to be."),
            .text("alias", \.alias, "The alias that points at the new index in the end."),
        ]
    }
}
