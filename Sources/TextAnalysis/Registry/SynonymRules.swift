import JSON

/// The settings of a synonym filter; the rules are read with what stands before the filter in its chain.
struct SynonymRules: Sendable {
    var rules: [String]
    var expands: Bool
    var isLenient: Bool
    var isGraph: Bool

    init(_ settings: ComponentSettings, isGraph: Bool) throws(AnalysisError) {
        let kind = isGraph ? "synonym_graph" : "synonym"
        if let file = try settings.text("synonyms_path") {
            throw AnalysisError("[synonyms_path] is not supported: give the rules of [\(file)] in [synonyms]")
        }
        let format = try settings.text("format") ?? "solr"
        guard format.lowercased() == "solr" || format.isEmpty else {
            throw AnalysisError("[format] of \(kind) filter [\(settings.name)] can only be [solr], not [\(format)]")
        }
        // Rules hold commas: they are a list of lines, or one text with line ends.
        if case .string(let text)? = settings.values["synonyms"] {
            _ = try settings.text("synonyms")
            rules = text.split(whereSeparator: \.isNewline).map(String.init)
        } else if let list = try settings.list("synonyms") {
            rules = list
        } else {
            throw AnalysisError("\(kind) requires either `synonyms` or `synonyms_path` to be configured")
        }
        expands = try settings.bool("expand", default: true)
        isLenient = try settings.bool("lenient", default: false)
        _ = try settings.bool("updateable", default: false)
        _ = try settings.bool("ignore_case", default: false)
        self.isGraph = isGraph
    }

    /// The filter, with the rules cut by an analyser.
    func filter(analyzedBy analyzer: Analyzer) throws(AnalysisError) -> any TokenFilter {
        let map: SynonymMap
        do throws(AnalysisError) {
            map = try SynonymMap(solr: rules, expands: expands, isLenient: isLenient) { text throws(AnalysisError) in
                let tokens = try analyzer.tokens(text)
                guard !tokens.isEmpty else {
                    throw AnalysisError("term: \(text) was completely eliminated by analyzer")
                }
                for (index, token) in tokens.enumerated() where token.position != index {
                    let increment = token.position - (index == 0 ? -1 : tokens[index - 1].position)
                    throw AnalysisError(
                        "term: \(text) analyzed to a token (\(token.text)) with position increment != 1 (got: \(increment))"
                    )
                }
                return tokens.map { Array($0.text.utf8) }
            }
        } catch {
            throw AnalysisError("Failed to build synonyms: \(error.reason)")
        }
        return isGraph ? SynonymGraphFilter(map: map) : SynonymFilter(map: map)
    }
}
