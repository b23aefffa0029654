internal import ClusterState
internal import JSON
internal import Pipelines
internal import Querying

/// The pipeline of one search, and what its processors share.
struct PipelineUse {
    let pipeline: SearchPipeline
    var context = PipelineContext()
    var trace: PipelineTrace

    /// Changes a search as the pipeline's request processors and phase results processors say.
    mutating func prepare(_ search: inout SearchRequest, _ request: RestRequest) throws {
        if pipeline.changesRequests {
            var document = search.body?.object ?? JSONObject()
            // What processors see of the parameters is what they change: the query and the size.
            if let size = search.size { document["size"] = .number(JSONNumber(size)) }
            if let query = try SearchParameters.query(request) { document["query"] = query }
            try pipeline.process(&document, &context, trace: &trace)
            let changed = try SearchRequest.parse(.object(document))
            search.query = changed.query
            search.size = changed.size
            search.twoPhase = context.twoPhase
        }
        search.fusion = pipeline.fusion
    }

    /// Changes what a search found.
    mutating func finish(_ response: inout SearchResponse) throws {
        try pipeline.process(&response.hits, &context, trace: &trace)
    }
}

extension OpenSearchNode {
    /// The pipeline that a search runs through: that of the request, else that of its index; `nil` for none.
    ///
    /// - Throws: ``OpenSearchError`` when the pipeline is not there.
    func pipeline(_ search: SearchRequest, _ targets: [SearchTarget], _ request: RestRequest) throws -> PipelineUse? {
        let isVerbose = try search.verbosePipeline || request.flag("verbose_pipeline")
        let named: String
        switch search.searchPipeline {
        case .object(let definition)?:
            let pipeline = try SearchPipeline(definition, name: SearchPipeline.temporaryName)
            return PipelineUse(pipeline: pipeline, trace: PipelineTrace(isOn: isVerbose))
        case .string(let name)?: named = name
        default:
            let defaults = Set(targets.map { $0.index.settings["index.search.default_pipeline"]?.string ?? "_none" })
            // Indices that do not agree have none.
            named = defaults.count == 1 ? defaults.first ?? "_none" : "_none"
        }
        if named == "_none" {
            if isVerbose {
                throw OpenSearchError.illegalArgument(
                    "The 'verbose pipeline' option requires a search pipeline to be defined.")
            }
            return nil
        }
        guard let definition = metadata.current[.searchPipeline, named]?.object else {
            throw OpenSearchError.illegalArgument("Pipeline \(named) is not defined")
        }
        return PipelineUse(
            pipeline: try SearchPipeline(definition, name: named), trace: PipelineTrace(isOn: isVerbose))
    }
}
