internal import ClusterState
internal import JSON
internal import Pipelines
internal import Querying

/// The pipeline of one search, and what its processors share.
struct PipelineUse {
    let pipeline: SearchPipeline
    var context = PipelineContext()
    var trace: PipelineTrace

    /// Changes a search as the pipeline's request processors and phase results processors say, and asks for as many hits as its response
    /// processors want to see.
    mutating func prepare(_ search: inout SearchRequest, _ request: RestRequest) throws {
        var document = search.shown
        // What processors see of the parameters is what they change.
        if let query = try SearchParameters.query(request) { document["query"] = query }
        context.sentBody = document
        if pipeline.changesRequests {
            try pipeline.process(&document, &context, trace: &trace)
            search.change(by: try SearchRequest.parse(.object(document)))
            search.twoPhase = context.twoPhase
        }
        context.body = document
        search.fusion = pipeline.fusion
        widen(&search)
    }

    /// Asks for the window of the response processors where the page is only a part of it.
    ///
    /// Pages of scrolls and behind `search_after` go on where the last one ended; they have no window.
    private mutating func widen(_ search: inout SearchRequest) {
        guard !search.isScroll, search.searchAfter == nil, let window = pipeline.window(for: context.body) else {
            return
        }
        let from = search.from ?? 0
        let size = search.size ?? 10
        let (end, isOver) = from.addingReportingOverflow(size)
        // A page that is too far away is refused as ever.
        guard size > 0, !isOver else { return }
        search.from = 0
        search.size = max(window, end)
        context.page = from..<end
    }

    /// Changes what a search found.
    ///
    /// - Parameter end: when nobody waits any more.
    mutating func finish(_ response: inout SearchResponse, before end: ContinuousClock.Instant?) async throws {
        guard let end else { return try await pipeline.process(&response.hits, &context, trace: &trace) }
        let (use, hits) = (self, response.hits)
        (self, response.hits) = try await withThrowingTaskGroup(of: (PipelineUse, SearchResponse.Hits)?.self) { tasks in
            tasks.addTask {
                var (use, hits) = (use, hits)
                try await use.pipeline.process(&hits, &use.context, trace: &use.trace)
                return (use, hits)
            }
            tasks.addTask {
                try await Task.sleep(until: end, clock: .continuous)
                return nil
            }
            defer { tasks.cancelAll() }
            guard let finished = try await tasks.next(), let finished else {
                throw OpenSearchError(400, "task_cancelled_exception", "The task was cancelled")
            }
            return finished
        }
    }
}

extension SearchRequest {
    /// The body as request processors see it, with what the parameters of the request changed.
    fileprivate var shown: JSONObject {
        var document = body?.object ?? JSONObject()
        func show(_ name: String, _ value: Int?) {
            if let value { document[name] = .number(JSONNumber(value)) }
        }
        show("size", size)
        show("from", from)
        if terminateAfter != 0 { show("terminate_after", terminateAfter) }
        switch trackTotalHits {
        case .exact: document["track_total_hits"] = true
        case .off: document["track_total_hits"] = false
        case .upTo(let bound):
            if bound != 10_000 || document["track_total_hits"] != nil { show("track_total_hits", bound) }
        }
        for (name, flag) in [
            ("explain", explain), ("version", version), ("seq_no_primary_term", seqNoPrimaryTerm),
            ("track_scores", trackScores),
        ] where flag || document[name] != nil {
            document[name] = .bool(flag)
        }
        return document
    }

    /// Takes over what request processors may change.
    fileprivate mutating func change(by changed: SearchRequest) {
        query = changed.query
        size = changed.size
        from = changed.from
        explain = changed.explain
        version = changed.version
        seqNoPrimaryTerm = changed.seqNoPrimaryTerm
        trackScores = changed.trackScores
        trackTotalHits = changed.trackTotalHits
        minScore = changed.minScore
        terminateAfter = changed.terminateAfter
        profile = changed.profile
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
        case .object(let definition)?: return use(try pipeline(definition, SearchPipeline.temporaryName), isVerbose)
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
        return use(try pipeline(definition, named), isVerbose)
    }

    private func use(_ pipeline: SearchPipeline, _ isVerbose: Bool) -> PipelineUse {
        var use = PipelineUse(pipeline: pipeline, trace: PipelineTrace(isOn: isVerbose))
        use.context.scorer = scorer
        use.context.statistics = pipelineStatistics
        return use
    }

    /// Reads a definition with the settings of the node and the scripts that are stored there.
    func pipeline(_ definition: JSONObject, _ name: String) throws -> SearchPipeline {
        let metadata = metadata.current
        var environment = PipelineEnvironment()
        if let text = metadata.clusterSetting(SearchPipeline.documentFieldsSetting), let maximum = Int(text) {
            environment.maximumDocumentFields = maximum
        }
        environment.storedScript = { id in try? StoredScripts(metadata).source(id, language: "painless") }
        return try SearchPipeline(definition, name: name, environment: environment)
    }

    /// `search_pipeline` of the node's statistics.
    var pipelineStatisticsJSON: JSONValue {
        let definitions = metadata.current.all(.searchPipeline).sorted { $0.key < $1.key }
        return pipelineStatistics.json(
            of: definitions.compactMap { name, value in value.object.flatMap { try? pipeline($0, name) } })
    }
}
