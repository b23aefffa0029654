/// Several teachers as one: their scores made comparable for each query, then averaged.
///
/// The scores of each teacher are normalised over the pairs of one query, `(s - min) / (max - min + 1e-6)`, averaged by
/// weight and multiplied by ``scale``. All pairs of a call with the same query text belong together, wherever they stand in it: so
/// all candidates of a query must be in one call, and at least two for the scores to differ. Source: the ensembles of heterogeneous
/// teachers of arXiv:2411.04403, as in opensearch-sparse-model-tuning-sample (which averages without weights).
public struct EnsembleTeacher: Teacher {
    /// The scale, the weights and the names of the teachers.
    public let name: String
    /// The factor of the averages; 30 makes a sharp distribution of a softmax over them.
    public let scale: Float
    private let teachers: [any Teacher]
    private let weights: [Float]

    /// An ensemble.
    ///
    /// - Parameters:
    ///   - teachers: one or more.
    ///   - weights: one for each teacher, not negative and not all zero; nil means equal ones.
    ///   - scale: the factor of the averages.
    public init(_ teachers: [any Teacher], weights: [Float]? = nil, scale: Float = 30) throws(TeacherError) {
        let weights = weights ?? Array(repeating: 1, count: teachers.count)
        guard !teachers.isEmpty else {
            throw TeacherError(.badRequest, "the ensemble has no teachers", advice: "Name one or more")
        }
        guard weights.count == teachers.count else {
            throw TeacherError(
                .badRequest, "\(weights.count) weights were given for \(teachers.count) teachers",
                advice: "Give one weight for each teacher, or none")
        }
        let sum = weights.reduce(0, +)
        guard sum > 0, sum.isFinite, weights.allSatisfy({ $0 >= 0 }) else {
            throw TeacherError(
                .badRequest, "the weights \(weights) are no shares", advice: "Give numbers from 0 up that are not all 0"
            )
        }
        guard scale > 0, scale.isFinite else {
            throw TeacherError(.badRequest, "the scale is \(scale)", advice: "Give a number above 0")
        }
        self.teachers = teachers
        self.weights = weights
        self.scale = scale
        let names = zip(teachers, weights).map { teacher, weight in
            weights.allSatisfy { $0 == weights[0] } ? teacher.name : "\(weight) \(teacher.name)"
        }
        name = "\(scale) x mean of [\(names.joined(separator: ", "))]"
    }

    /// The scaled averages: from 0 to ``scale``.
    public func scores(_ pairs: [(query: String, document: String)]) throws(TeacherError) -> [Float] {
        var groupOf: [String: Int] = [:]
        var groups: [Int] = []
        groups.reserveCapacity(pairs.count)
        for pair in pairs {
            let group = groupOf[pair.query] ?? groupOf.count
            groupOf[pair.query] = group
            groups.append(group)
        }
        var sums = [Float](repeating: 0, count: pairs.count)
        for (teacher, weight) in zip(teachers, weights) {
            let scores = try teacher.scores(pairs)
            var lowest = [Float](repeating: .infinity, count: groupOf.count)
            var highest = [Float](repeating: -.infinity, count: groupOf.count)
            for (group, score) in zip(groups, scores) {
                lowest[group] = min(lowest[group], score)
                highest[group] = max(highest[group], score)
            }
            for (index, group) in groups.enumerated() {
                sums[index] += weight * ((scores[index] - lowest[group]) / (highest[group] - lowest[group] + 1e-6))
            }
        }
        let total = weights.reduce(0, +)
        return sums.map { $0 / total * scale }
    }
}
