extension QueryPlanner {
    /// A rewrite method by its name; `nil` stands for the query's own.
    ///
    /// - Throws: ``SearchError`` for a name that is none.
    func rewrite(_ name: String?) throws -> PatternRewrite? {
        guard let name else { return nil }
        switch name {
        case "constant_score", "constant_score_auto", "constant_score_filter", "constant_score_blended":
            return .constant
        case "scoring_boolean": return .scoring
        case "constant_score_boolean": return .constantBoolean
        default: break
        }
        let families: [(start: String, make: (Int) -> PatternRewrite)] = [
            ("top_terms_boost_", { .topBoost($0) }), ("top_terms_blended_freqs_", { .topBlended($0) }),
            ("top_terms_", { .top($0) }),
        ]
        for family in families where name.hasPrefix(family.start) {
            if let count = Int(name.dropFirst(family.start.count)), count > 0 { return family.make(count) }
        }
        throw SearchError.illegalArgument("Failed to parse rewrite_method [\(name)]")
    }
}
