/// Makes character filters by type.
enum CharacterFilterFactory {
    static let names: Set<String> = ["html_strip", "mapping", "pattern_replace"]

    /// `nil` for an unknown type; throws for wrong settings.
    static func make(_ type: String, _ settings: ComponentSettings) throws(AnalysisError) -> (any CharacterFilter)? {
        let made: any CharacterFilter
        switch type {
        case "html_strip":
            made = HTMLStripCharacterFilter(escapedTags: Set(try settings.list("escaped_tags") ?? []))
        case "mapping":
            if let file = try settings.text("mappings_path") {
                throw AnalysisError("[mappings_path] is not supported: give the rules of [\(file)] in [mappings]")
            }
            guard let rules = try settings.list("mappings") else {
                throw AnalysisError("mapping requires either `mappings` or `mappings_path` to be configured")
            }
            made = try MappingCharacterFilter(rules: rules)
        case "pattern_replace":
            guard let text = try settings.text("pattern"), !text.isEmpty else {
                throw AnalysisError("pattern is missing for [\(settings.name)] char filter of type 'pattern_replace'")
            }
            let pattern = try CompiledPattern(java: text, flags: try settings.text("flags") ?? "")
            made = PatternReplaceCharacterFilter(
                pattern: pattern,
                replacement: try ReplacementTemplate(try settings.text("replacement") ?? "", for: pattern))
        default: return nil
        }
        try settings.refuseUnknown()
        return made
    }

    /// Whether a normaliser may use the type.
    static func worksInNormalizers(_ type: String) -> Bool { type != "html_strip" }
}
