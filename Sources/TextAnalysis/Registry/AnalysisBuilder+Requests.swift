import JSON

/// Parts of a chain that a request names or defines itself.
extension AnalysisBuilder {
    private func inline(_ kind: String, _ value: JSONValue) throws(AnalysisError) -> (type: String, values: JSONObject)?
    {
        guard let object = value.object else { return nil }
        guard let type = object["type"]?.scalarText else {
            throw AnalysisError("Missing [type] setting for anonymous \(kind): \(object.keys)")
        }
        return (type, object)
    }

    private func name(_ kind: String, _ value: JSONValue) throws(AnalysisError) -> String {
        guard let name = value.string else {
            throw AnalysisError(
                "[\(kind)] should be either a name or an object with the definition, not \(value.typeName)")
        }
        return name
    }

    func inlineTokenizer(_ value: JSONValue) throws(AnalysisError) -> Analyzer.Named<any TextTokenizer> {
        if let (type, values) = try inline("tokenizer", value) {
            let name = "__anonymous__" + type
            guard let made = try TokenizerFactory.make(type, settings("tokenizer", name, values)) else {
                throw AnalysisError("failed to find global tokenizer under [\(type)]")
            }
            return .init(name: name, stage: made)
        }
        let name = try name("tokenizer", value)
        guard let made = try tokenizer(name) else {
            throw AnalysisError("failed to find \(global)tokenizer under [\(name)]")
        }
        return .init(name: name, stage: made)
    }

    func inlineCharacterFilter(
        _ value: JSONValue, inNormalizer: Bool
    ) throws(AnalysisError) -> Analyzer.Named<any CharacterFilter> {
        let found: (name: String, stage: any CharacterFilter, type: String)
        if let (type, values) = try inline("char_filter", value) {
            let name = "__anonymous__" + type
            guard let made = try CharacterFilterFactory.make(type, settings("char_filter", name, values)) else {
                throw AnalysisError("failed to find global char_filter under [\(type)]")
            }
            found = (name, made, type)
        } else {
            let name = try name("char_filter", value)
            guard let (made, type) = try characterFilter(name) else {
                throw AnalysisError("failed to find \(global)char_filter under [\(name)]")
            }
            found = (name, made, type)
        }
        if inNormalizer, !CharacterFilterFactory.worksInNormalizers(found.type) {
            throw AnalysisError("Custom normalizer may not use char filter [\(found.name)]")
        }
        return .init(name: found.name, stage: found.stage)
    }

    func inlineFilters(
        _ values: [JSONValue], tokenizer: Analyzer.Named<any TextTokenizer>,
        characterFilters: [Analyzer.Named<any CharacterFilter>], inNormalizer: Bool
    ) throws(AnalysisError) -> [Analyzer.Named<any TokenFilter>] {
        var chain = Chain(tokenizer: tokenizer, characterFilters: characterFilters)
        for value in values {
            let found: (name: String, made: FilterFactory.Made, type: String)
            if let (type, values) = try inline("filter", value) {
                let name = "__anonymous__" + type
                guard let made = try FilterFactory.make(type, settings("filter", name, values)) else {
                    throw AnalysisError("failed to find global filter under [\(type)]")
                }
                found = (name, made, type)
            } else {
                let name = try name("filter", value)
                guard let (made, type) = try filter(name) else {
                    throw AnalysisError("failed to find \(global)filter under [\(name)]")
                }
                found = (name, made, type)
            }
            if inNormalizer {
                guard case .filter(let stage) = found.made, stage.worksInNormalizers else {
                    throw AnalysisError("Custom normalizer may not use filter [\(found.name)]")
                }
            }
            try append(found.made, type: found.type, named: found.name, to: &chain)
        }
        return chain.filters
    }
}
