internal import ClusterState
internal import DocumentStore
internal import HTTPTypes
internal import Indices
internal import JSON
internal import Mappings
internal import Querying
internal import SearchIndex
internal import TextAnalysis

/// `_termvectors` and `_mtermvectors`: the terms of documents, with their places and how often the index has them.
///
/// Terms are made from the source when they are asked for, also those of fields whose mapping says `term_vector`; nothing is stored for
/// it. Source: OpenSearch's `TermVectorsService`.
struct TermVectorsEndpoints {
    let node: OpenSearchNode

    private static let parameters = [
        "field_statistics", "fields", "offsets", "payloads", "positions", "preference", "realtime", "routing",
        "term_statistics", "version", "version_type",
    ]

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "termvectors", [.get, .post], ["/{index}/_termvectors", "/{index}/_termvectors/{id}"],
                Self.parameters, pool: .get
            ) { request in
                var wanted = try TermVectorRequest(request)
                try wanted.apply(try request.object())
                guard wanted.id != nil || wanted.document != nil else {
                    throw OpenSearchError.validation(["id or doc is missing"])
                }
                var writer = JSONWriter()
                try answer(wanted, to: &writer)
                return RestResponse(.json(writer.bytes))
            },
            Endpoint(
                "mtermvectors", [.get, .post], ["/_mtermvectors", "/{index}/_mtermvectors"],
                Self.parameters + ["ids"], pool: .get
            ) { request in try answerSeveral(request) },
        ]
    }

    // MARK: Several documents

    private func answerSeveral(_ request: RestRequest) throws -> RestResponse {
        let wanted = try requests(request)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("docs")
        writer.beginArray()
        for one in wanted {
            var own = JSONWriter()
            do {
                try answer(one, to: &own)
                writer.value(json: own.bytes)
            } catch {
                let error = OpenSearchError(describing: error)
                writer.value([
                    "_index": .string(one.index), "_id": one.id.map { .string($0) } ?? .null,
                    "error": error.body()["error"] ?? .null,
                ])
            }
        }
        writer.endArray()
        writer.endObject()
        return RestResponse(.json(writer.bytes))
    }

    private func requests(_ request: RestRequest) throws(OpenSearchError) -> [TermVectorRequest] {
        var usual = try TermVectorRequest(request)
        let body = try request.object()
        var wanted: [TermVectorRequest] = []
        if let shared = body["parameters"]?.object { try usual.apply(shared) }
        for (key, value) in body {
            switch key {
            case "docs":
                for element in value.array ?? [] {
                    guard let object = element.object else {
                        throw .illegalArgument("docs array element should include an object")
                    }
                    var one = usual
                    try one.apply(object)
                    wanted.append(one)
                }
            case "ids":
                for element in value.array ?? [] {
                    var one = usual
                    one.id = element.string ?? element.serialized()
                    wanted.append(one)
                }
            case "parameters": break
            default: throw OpenSearchError(400, "parse_exception", "No parameter named [\(key)] and type ARRAY")
            }
        }
        for id in request.list("ids") ?? [] {
            var one = usual
            one.id = id
            wanted.append(one)
        }
        var problems: [String] = []
        for (number, one) in wanted.enumerated() {
            if one.index.isEmpty { problems.append("at multi term vectors for doc \(number): index is missing") }
            if one.id == nil, one.document == nil {
                problems.append("at multi term vectors for doc \(number): id or doc is missing")
            }
        }
        if wanted.isEmpty { problems.append("multi term vectors: no documents requested") }
        guard problems.isEmpty else { throw .validation(problems) }
        return wanted
    }

    // MARK: One document

    private func answer(_ wanted: TermVectorRequest, to writer: inout JSONWriter) throws {
        let begin = ContinuousClock.now
        let index = try node.readTarget(wanted.index)
        let snapshot = try node.service(index).snapshot
        let kept =
            try wanted.document == nil
            ? wanted.id.flatMap { try node.document($0, in: index, isRealtime: wanted.isRealtime) } : nil
        if let kept, let version = wanted.version, Int64(version) != kept.version {
            throw OpenSearchError.versionConflict(
                "[\(kept.id)]: version conflict, current version [\(kept.version)] is different than the one provided "
                    + "[\(version)]", index)
        }
        let source = try wanted.document.map { .object($0) } ?? kept.map { try RestRequest.parse($0.source) }
        writer.beginObject()
        writer.key("_index")
        writer.value(index.name)
        if wanted.document == nil, let id = wanted.id {
            writer.key("_id")
            writer.value(id)
        }
        writer.key("_version")
        writer.value(Int(kept?.version ?? 0))
        writer.key("found")
        writer.value(source != nil)
        writer.key("took")
        let fields = try source.map { try terms(of: $0, wanted, snapshot) }
        writer.value((ContinuousClock.now - begin).milliseconds)
        if let fields {
            writer.key("term_vectors")
            writer.beginObject()
            for (field, terms) in fields {
                terms.write(
                    to: &writer, Self.detail(of: field, wanted),
                    fieldStatistics: wanted.hasFieldStatistics ? snapshot.index.statistics(field.number) : nil,
                    hasTermStatistics: wanted.hasTermStatistics)
            }
            writer.endObject()
        }
        writer.endObject()
    }

    private func terms(
        of source: JSONValue, _ wanted: TermVectorRequest, _ snapshot: SearchSnapshot
    ) throws -> [(MappedField, FieldTerms)] {
        let mapping = snapshot.mapping
        let names: [String]
        if let patterns = wanted.fields {
            names = Set(patterns.flatMap { mapping.fieldNames(matching: $0) }).sorted()
        } else {
            names = mapping.fields.filter { wanted.document != nil || Self.keepsVectors($0) }.map(\.name)
        }
        var result: [(MappedField, FieldTerms)] = []
        for name in names {
            guard let field = mapping.field(name), field.isIndexed, field.kind.isText || field.kind.isKeywordLike
            else { continue }
            let path = field.isMultiField ? String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)]) : name
            let texts = SourceValues.values(at: path, in: source).map { $0.string ?? $0.serialized() }
            guard !texts.isEmpty,
                var terms = try FieldTerms(field, texts, try analyzer(of: field, wanted, snapshot.analysis))
            else { continue }
            if let filter = wanted.filter {
                terms.select(filter, in: snapshot.index)
            } else if wanted.hasTermStatistics {
                terms.count(in: snapshot.index)
            }
            result.append((field, terms))
        }
        return result
    }

    private func analyzer(
        of field: MappedField, _ wanted: TermVectorRequest, _ analysis: AnalysisRegistry
    ) throws(OpenSearchError) -> Analyzer {
        if let name = wanted.analyzers[field.name] {
            guard let found = analysis.analyzer(named: name) else {
                throw .illegalArgument("No analyzer found for [\(name)]")
            }
            return found
        }
        if field.kind.isText {
            return field.analyzer.flatMap { analysis.analyzer(named: $0) } ?? analysis.defaultAnalyzer
        }
        return field.normalizer.flatMap { analysis.normalizer(named: $0) } ?? analysis.analyzer(named: "keyword")
            ?? analysis.defaultAnalyzer
    }

    private static func keepsVectors(_ field: MappedField) -> Bool {
        field.definition["term_vector"]?.string.map { $0 != "no" } ?? false
    }

    /// Fields that keep vectors tell what they keep, others all that was asked for.
    private static func detail(of field: MappedField, _ wanted: TermVectorRequest) -> FieldTerms.Detail {
        var detail = FieldTerms.Detail(hasPositions: wanted.hasPositions, hasOffsets: wanted.hasOffsets)
        if wanted.document == nil, wanted.analyzers[field.name] == nil, keepsVectors(field),
            let kept = field.definition["term_vector"]?.string
        {
            detail.hasPositions = detail.hasPositions && kept.contains("positions")
            detail.hasOffsets = detail.hasOffsets && kept.contains("offsets")
        }
        return detail
    }
}
