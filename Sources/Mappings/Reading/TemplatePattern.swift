/// How `match` and `unmatch` of a dynamic template are compared with names.
enum TemplatePattern {
    /// Whether a name matches, with `match_pattern` `simple` (wildcards) or `regex`.
    static func matches(_ pattern: String, _ name: String, isRegularExpression: Bool) -> Bool {
        if !isRegularExpression { return WildcardPattern(pattern).matches(name) }
        guard let expression = try? Regex(pattern) else { return false }
        return (try? expression.wholeMatch(in: name)) != nil
    }

    static func isValid(regularExpression pattern: String) -> Bool { (try? Regex(pattern)) != nil }
}
