import JSON

/// Builds analysers from the definitions of one index.
struct AnalysisBuilder: Sendable {
    /// The `analysis` object of the index; `nil` without an index.
    let definitions: JSONObject?
    var limits = AnalysisLimits()

    /// The name of a component in error messages without an index.
    var global: String { definitions == nil ? "global " : "" }

    private func section(_ kind: String) -> JSONObject { definitions?[kind]?.object ?? JSONObject() }

    func settings(_ kind: String, _ name: String, _ values: JSONObject) -> ComponentSettings {
        ComponentSettings(kind: kind, name: name, values: values, limits: limits)
    }

    private func type(_ kind: String, _ name: String, _ values: JSONObject) throws(AnalysisError) -> String {
        guard let type = values["type"]?.scalarText else {
            throw AnalysisError("\(kind) [\(name)] must specify either an analyzer type, or a tokenizer")
        }
        return type
    }

    private func values(_ kind: String, _ name: String) throws(AnalysisError) -> JSONObject? {
        guard let value = section(kind)[name] else { return nil }
        guard let object = value.object else {
            throw AnalysisError("\(kind) [\(name)] must be an object, not \(value.typeName)")
        }
        return object
    }

    // MARK: Definitions

    /// Builds every tokeniser and filter once, used or not, so that what is wrong is said when the index is made.
    func checkComponents() throws(AnalysisError) {
        for name in section("tokenizer").keys { _ = try tokenizer(name) }
        for name in section("char_filter").keys { _ = try characterFilter(name) }
        for name in section("filter").keys { _ = try filter(name) }
    }

    func tokenizer(_ name: String) throws(AnalysisError) -> (any TextTokenizer)? {
        if let values = try values("tokenizer", name) {
            let type = try type("tokenizer", name, values)
            guard let made = try TokenizerFactory.make(type, settings("tokenizer", name, values)) else {
                throw AnalysisError("Unknown tokenizer type [\(type)] for [\(name)]")
            }
            return made
        }
        return try TokenizerFactory.make(name, settings("tokenizer", name, JSONObject()))
    }

    func characterFilter(
        _ name: String
    ) throws(AnalysisError) -> (stage: any CharacterFilter, type: String)? {
        if let values = try values("char_filter", name) {
            let type = try type("char_filter", name, values)
            guard let made = try CharacterFilterFactory.make(type, settings("char_filter", name, values)) else {
                throw AnalysisError("Unknown char_filter type [\(type)] for [\(name)]")
            }
            return (made, type)
        }
        guard name == "html_strip",
            let made = try CharacterFilterFactory.make(name, settings("char_filter", name, JSONObject()))
        else { return nil }
        return (made, name)
    }

    func filter(_ name: String) throws(AnalysisError) -> (made: FilterFactory.Made, type: String)? {
        if let values = try values("filter", name) {
            let type = try type("filter", name, values)
            guard let made = try FilterFactory.make(type, settings("filter", name, values)) else {
                throw AnalysisError("Unknown filter type [\(type)] for [\(name)]")
            }
            return (made, type)
        }
        return try FilterFactory.preconfigured(name).map { ($0, name) }
    }

    /// All analysers that the index defines.
    func analyzers() throws(AnalysisError) -> [String: Analyzer] {
        var made: [String: Analyzer] = [:]
        for name in section("analyzer").keys {
            guard let values = try values("analyzer", name) else { continue }
            let type = values["type"]?.scalarText
            if type == "custom" || type == nil && values["tokenizer"] != nil {
                made[name] = try customAnalyzer(name, values)
                continue
            }
            guard let type else {
                throw AnalysisError("analyzer [\(name)] must specify either an analyzer type, or a tokenizer")
            }
            guard let analyzer = try AnalyzerFactory.make(type, settings("analyzer", name, values)) else {
                throw AnalysisError("Unknown analyzer type [\(type)] for [\(name)]")
            }
            made[name] = analyzer
        }
        return made
    }

    /// All normalisers that the index defines.
    func normalizers() throws(AnalysisError) -> [String: Analyzer] {
        var made: [String: Analyzer] = [:]
        for name in section("normalizer").keys {
            guard let values = try values("normalizer", name) else { continue }
            if let type = values["type"]?.scalarText, type != "custom" {
                throw AnalysisError("Unknown normalizer type [\(type)] for [\(name)]")
            }
            let settings = settings("normalizer", name, values)
            if try settings.text("tokenizer") != nil {
                throw AnalysisError("Custom normalizer [\(name)] cannot configure a tokenizer")
            }
            var before: [Analyzer.Named<any CharacterFilter>] = []
            for filter in try settings.list("char_filter") ?? [] {
                guard let (stage, type) = try characterFilter(filter) else {
                    throw AnalysisError("Custom normalizer [\(name)] failed to find char_filter under name [\(filter)]")
                }
                guard CharacterFilterFactory.worksInNormalizers(type) else {
                    throw AnalysisError("Custom normalizer [\(name)] may not use char filter [\(filter)]")
                }
                before.append(.init(name: filter, stage: stage))
            }
            var chain: [Analyzer.Named<any TokenFilter>] = []
            for filter in try settings.list("filter") ?? [] {
                guard let (found, _) = try self.filter(filter) else {
                    throw AnalysisError("Custom normalizer [\(name)] failed to find filter under name [\(filter)]")
                }
                guard case .filter(let stage) = found, stage.worksInNormalizers else {
                    throw AnalysisError("Custom normalizer [\(name)] may not use filter [\(filter)]")
                }
                chain.append(.init(name: filter, stage: stage))
            }
            try settings.refuseUnknown()
            made[name] = Analyzer(
                name: name, characterFilters: before, tokenizer: .init(name: "keyword", stage: KeywordTokenizer()),
                filters: chain, isCustom: true, isNormalizer: true)
        }
        return made
    }

    private func customAnalyzer(_ name: String, _ values: JSONObject) throws(AnalysisError) -> Analyzer {
        let settings = settings("analyzer", name, values)
        guard let tokenizerName = try settings.text("tokenizer") else {
            throw AnalysisError("analyzer [\(name)] must be configured with a tokenizer")
        }
        guard let stage = try tokenizer(tokenizerName) else {
            throw AnalysisError("Custom Analyzer [\(name)] failed to find tokenizer under name [\(tokenizerName)]")
        }
        let tokenizer = Analyzer.Named<any TextTokenizer>(name: tokenizerName, stage: stage)
        var before: [Analyzer.Named<any CharacterFilter>] = []
        for filter in try settings.list("char_filter") ?? [] {
            guard let (stage, _) = try characterFilter(filter) else {
                throw AnalysisError("Custom Analyzer [\(name)] failed to find char_filter under name [\(filter)]")
            }
            before.append(.init(name: filter, stage: stage))
        }
        var chain = Chain(tokenizer: tokenizer, characterFilters: before)
        for filter in try settings.list("filter") ?? [] {
            guard let (found, type) = try self.filter(filter) else {
                throw AnalysisError("Custom Analyzer [\(name)] failed to find filter under name [\(filter)]")
            }
            try append(found, type: type, named: filter, to: &chain)
        }
        let gap = try settings.integer("position_increment_gap", default: 100)
        guard gap >= 0 else {
            throw AnalysisError(
                "Custom Analyzer [\(name)]: position_increment_gap must not be negative, but is [\(gap)]")
        }
        _ = try settings.integer("offset_gap", default: 1)
        try settings.refuseUnknown()
        return Analyzer(
            name: name, characterFilters: before, tokenizer: tokenizer, filters: chain.filters,
            positionIncrementGap: gap, isCustom: true)
    }

    // MARK: Chains

    /// A chain on its way, with what synonym rules would be read with.
    struct Chain {
        var tokenizer: Analyzer.Named<any TextTokenizer>
        var characterFilters: [Analyzer.Named<any CharacterFilter>]
        var filters: [Analyzer.Named<any TokenFilter>] = []
        var forSynonyms: [Analyzer.Named<any TokenFilter>] = []
        var unfitForSynonyms: String?
    }

    func append(
        _ made: FilterFactory.Made, type: String, named name: String, to chain: inout Chain
    ) throws(AnalysisError) {
        switch made {
        case .filter(let filter):
            chain.filters.append(.init(name: name, stage: filter))
            if FilterFactory.unfitForSynonyms.contains(type) {
                chain.unfitForSynonyms = chain.unfitForSynonyms ?? name
            } else {
                chain.forSynonyms.append(.init(name: name, stage: filter))
            }
        case .synonyms(let rules):
            if let unfit = chain.unfitForSynonyms {
                throw AnalysisError("Token filter [\(unfit)] cannot be used to parse synonyms")
            }
            let reader = Analyzer(
                name: name, characterFilters: chain.characterFilters, tokenizer: chain.tokenizer,
                filters: chain.forSynonyms)
            chain.filters.append(.init(name: name, stage: try rules.filter(analyzedBy: reader)))
        case .multiplexer(let names, let preservesOriginal):
            var chains: [[any TokenFilter]] = preservesOriginal ? [[]] : []
            for part in names {
                var inner = Chain(tokenizer: chain.tokenizer, characterFilters: chain.characterFilters)
                for filter in part {
                    guard let (found, type) = try self.filter(filter) else {
                        throw AnalysisError(
                            "Multiplexing filter [\(name)] refers to undefined tokenfilter [\(filter)]")
                    }
                    if case .multiplexer = found {
                        throw AnalysisError(
                            "Multiplexing filter [\(name)] may not refer to the multiplexing filter [\(filter)]")
                    }
                    try append(found, type: type, named: filter, to: &inner)
                }
                chains.append(inner.filters.map(\.stage))
            }
            chain.filters.append(.init(name: name, stage: MultiplexerFilter(chains: chains)))
            chain.unfitForSynonyms = chain.unfitForSynonyms ?? name
        }
    }
}
