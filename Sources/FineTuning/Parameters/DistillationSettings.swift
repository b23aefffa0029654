/// Which teachers a model learns from; without one, it learns from pairs and their negatives.
public struct DistillationSettings: ParameterSection {
    /// Models, maybe with weights: `PATH`, `NAME` or `PATH:2`.
    public var teachers: [String] = []
    /// What averages of several teachers are multiplied with.
    public var scale = 30.0

    /// No teachers.
    public init() {}

    static var fields: [ParameterField<Self>] {
        [
            .texts(
                "teachers", \.teachers, "Models to learn from, maybe with weights as PATH:2; several are an ensemble."),
            .real("scale", \.scale, in: 0.001...1_000, "What averages of several teachers are multiplied with."),
        ]
    }
}
