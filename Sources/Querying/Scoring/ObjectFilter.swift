import SearchIndex

/// What nested objects must fulfil to be compared: conditions on themselves or on their documents, and combinations of these.
///
/// Each condition for itself holds for an object that matches it, or whose document does: so one filter may ask for fields of both.
indirect enum ObjectFilter {
    case condition(Weight)
    case boolean(required: [ObjectFilter], should: [ObjectFilter], mustNot: [ObjectFilter], minimum: Int)

    init(_ plan: Plan, weight: (Plan) throws -> Weight) throws {
        switch plan {
        case .boost(let inner, _), .constant(let inner): self = try ObjectFilter(inner, weight: weight)
        case .boolean(let clause):
            func all(_ plans: [Plan]) throws -> [ObjectFilter] {
                try plans.map { try ObjectFilter($0, weight: weight) }
            }
            let required = try all(clause.must + clause.filter)
            self = .boolean(
                required: required, should: try all(clause.should), mustNot: try all(clause.mustNot),
                minimum: max(clause.minimumShouldMatch, required.isEmpty ? 1 : 0))
        default: self = .condition(try weight(plan))
        }
    }

    /// The objects of a segment, among some, that pass.
    func objects(among objects: DocumentSet, in segment: Segment) throws -> DocumentSet {
        switch self {
        case .condition(let weight): return try Self.objects(that: weight, among: objects, in: segment)
        case .boolean(let required, let should, let mustNot, let minimum):
            var passing = objects
            for filter in required { passing = try filter.objects(among: passing, in: segment) }
            if minimum > 0 {
                let sets = try should.map { try $0.objects(among: passing, in: segment) }
                var enough = DocumentSet(capacity: segment.documentCount)
                Self.forEach(passing) { object in
                    if sets.count(where: { $0.contains(object) }) >= minimum { enough.insert(object) }
                }
                passing = enough
            }
            for filter in mustNot { passing.subtract(try filter.objects(among: passing, in: segment)) }
            return passing
        }
    }

    private static func objects(
        that weight: Weight, among objects: DocumentSet, in segment: Segment
    ) throws -> DocumentSet {
        let matching = try weight.matches(in: segment)
        var passing = DocumentSet(capacity: segment.documentCount)
        forEach(objects) { object in
            let root = segment.root(of: object)
            if matching.contains(object) || root < segment.documentCount && matching.contains(root) {
                passing.insert(object)
            }
        }
        return passing
    }

    private static func forEach(_ set: DocumentSet, _ body: (Int) -> Void) {
        var object = set.next(from: 0)
        while object != noMoreDocuments {
            body(object)
            object = set.next(from: object + 1)
        }
    }
}
