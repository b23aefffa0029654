internal import ClusterState
internal import HTTPTypes
internal import JSON
internal import TextAnalysis

/// `_analyze`: what becomes of a text before it is indexed.
struct AnalyzeEndpoints {
    let node: OpenSearchNode

    var endpoints: [Endpoint] {
        [
            Endpoint("analyze", [.get, .post], ["/_analyze", "/{index}/_analyze"], ["index"]) { request in
                do {
                    return try analyze(request)
                } catch let error as AnalysisError {
                    throw OpenSearchError.illegalArgument(error.reason)
                }
            }
        ]
    }

    private struct Call {
        var texts: [String] = []
        var analyzer: String?
        var normalizer: String?
        var field: String?
        var tokenizer: JSONValue?
        var filters: [JSONValue] = []
        var characterFilters: [JSONValue] = []
        var isExplained = false

        init(_ body: JSONObject) throws(OpenSearchError) {
            for (key, value) in body {
                switch key {
                case "text":
                    switch value {
                    case .string(let text): texts = [text]
                    case .array(let elements): texts = elements.compactMap { $0.string ?? $0.serialized() }
                    default: throw .illegalArgument("text should be array of string or string")
                    }
                case "analyzer": analyzer = value.string
                case "normalizer": normalizer = value.string
                case "field": field = value.string
                case "tokenizer": tokenizer = value
                case "filter", "filters", "token_filter": filters = value.array ?? [value]
                case "char_filter", "char_filters": characterFilters = value.array ?? [value]
                case "explain": isExplained = value.bool ?? false
                case "attributes": break
                default:
                    throw OpenSearchError(
                        400, "x_content_parse_exception", "[1:1] [analyze_request] unknown field [\(key)]")
                }
            }
            if texts.isEmpty { throw .validation(["text is missing"]) }
        }
    }

    private func analyze(_ request: RestRequest) throws -> RestResponse {
        let call = try Call(try request.requiredObject())
        var index: IndexMetadata?
        if let name = request.text("index") {
            let metadata = node.metadata.current
            let names = try metadata.catalog.resolve([name], .openOnly)
            guard names.count == 1 else {
                throw OpenSearchError.illegalArgument("_analyze works on one index; [\(name)] means \(names.count)")
            }
            index = metadata.indices[names[0]]
        }
        let registry =
            try index.map { try AnalysisRegistry(settings: $0.settingsDocument.object(isFlat: false)) } ?? .builtIn
        let analyzer = try analyzer(for: call, registry, index)
        let limit = index?.setting("index.analyze.max_token_count").flatMap { Int($0) } ?? 10_000
        var details: [AnalysisDetail] = []
        var tokens: [AnalyzedToken] = []
        var (position, offset) = (-1, 0)
        for text in call.texts {
            let detail = try analyzer.detail(text)
            details.append(detail)
            for var token in detail.analyzer.tokens {
                token.position += position + 1
                token.startOffset += offset
                token.endOffset += offset
                tokens.append(token)
            }
            if tokens.count > limit {
                throw OpenSearchError(
                    500, "illegal_state_exception",
                    "The number of tokens produced by calling _analyze has exceeded the allowed maximum of [\(limit)]. This "
                        + "limit can be set by changing the [index.analyze.max_token_count] index level setting.")
            }
            position = (tokens.last?.position ?? position) + analyzer.positionIncrementGap
            offset += text.utf16.count + 1
        }
        guard call.isExplained else { return RestResponse(["tokens": .array(tokens.map { Self.document($0) })]) }
        return RestResponse(["detail": .object(Self.document(details, tokens))])
    }

    private func analyzer(for call: Call, _ registry: AnalysisRegistry, _ index: IndexMetadata?) throws -> Analyzer {
        if let name = call.normalizer {
            guard index != nil else {
                throw OpenSearchError.illegalArgument("analysis based on a normalizer requires an index")
            }
            guard let found = registry.normalizer(named: name) else {
                throw OpenSearchError.illegalArgument("failed to find normalizer under [\(name)]")
            }
            return found
        }
        if let name = call.analyzer {
            guard let found = registry.analyzer(named: name) else {
                throw OpenSearchError.illegalArgument("failed to find global analyzer [\(name)]")
            }
            return found
        }
        if let tokenizer = call.tokenizer {
            return try registry.customAnalyzer(
                tokenizer: tokenizer, filters: call.filters, characterFilters: call.characterFilters)
        }
        if !call.filters.isEmpty || !call.characterFilters.isEmpty {
            return try registry.customNormalizer(filters: call.filters, characterFilters: call.characterFilters)
        }
        if let field = call.field {
            guard let index else {
                throw OpenSearchError.illegalArgument("analysis based on a specific field requires an index")
            }
            return try analyzer(ofField: field, registry, index)
        }
        return registry.defaultAnalyzer
    }

    /// The analyser that a field's mapping names.
    private func analyzer(ofField field: String, _ registry: AnalysisRegistry, _ index: IndexMetadata) throws
        -> Analyzer
    {
        var mapping: JSONValue? = index.mappings
        for part in field.split(separator: ".") {
            mapping = mapping?["properties"]?[String(part)] ?? mapping?["fields"]?[String(part)]
        }
        switch mapping?["type"]?.string {
        case nil, "text": break
        case "keyword":
            if let name = mapping?["normalizer"]?.string, let found = registry.normalizer(named: name) { return found }
            return registry.analyzer(named: "keyword") ?? registry.defaultAnalyzer
        case let type?:
            throw OpenSearchError.illegalArgument(
                "Can't process field [\(field)], Analysis requests are only supported on tokenized fields: it is [\(type)]"
            )
        }
        return mapping?["analyzer"]?.string.flatMap { registry.analyzer(named: $0) } ?? registry.defaultAnalyzer
    }

    // MARK: Answers

    private static func document(_ token: AnalyzedToken, isDetailed: Bool = false) -> JSONValue {
        var object: JSONObject = [
            "token": .string(token.text), "start_offset": .number(JSONNumber(token.startOffset)),
            "end_offset": .number(JSONNumber(token.endOffset)), "type": .string(token.type),
            "position": .number(JSONNumber(token.position)),
        ]
        if isDetailed {
            let digits = Array("0123456789abcdef")
            let bytes = token.text.utf8.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined(separator: " ")
            object["bytes"] = .string("[\(bytes)]")
            object["positionLength"] = .number(JSONNumber(token.positionLength))
            object["termFrequency"] = 1
        } else if token.positionLength > 1 {
            object["positionLength"] = .number(JSONNumber(token.positionLength))
        }
        return .object(object)
    }

    private static func document(_ details: [AnalysisDetail], _ tokens: [AnalyzedToken]) -> JSONObject {
        func stage(_ name: String, _ tokens: [AnalyzedToken]) -> JSONValue {
            ["name": .string(name), "tokens": .array(tokens.map { document($0, isDetailed: true) })]
        }
        guard let first = details.first, let tokenizer = first.tokenizer else {
            return ["custom_analyzer": false, "analyzer": stage(details.first?.analyzer.name ?? "", tokens)]
        }
        var object: JSONObject = ["custom_analyzer": true]
        if !first.characterFilters.isEmpty {
            object["charfilters"] = .array(
                first.characterFilters.indices.map { place in
                    [
                        "name": .string(first.characterFilters[place].name),
                        "filtered_text": .array(details.map { .string($0.characterFilters[place].text) }),
                    ]
                })
        }
        object["tokenizer"] = stage(tokenizer.name, details.flatMap { $0.tokenizer?.tokens ?? [] })
        object["tokenfilters"] = .array(
            first.filters.indices.map { place in
                stage(first.filters[place].name, details.flatMap { $0.filters[place].tokens })
            })
        return object
    }
}
