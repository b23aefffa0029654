import Encoders
import HybridTuning
import JSON
import ModelFiles
import NegativeMining
import Querying
import Relevance
import Tensors

/// Finds what each system finds for the held-out queries; results that are in the folder of the run are taken from there.
struct HeldOutSearches {
    private let context: PhaseContext
    private let documents: [RetrievalDataset.Document]
    private let queries: [(id: String, text: String)]
    private let pool: WorkerPool
    private var depth: Int { context.parameters.evaluation.depth }

    init(_ context: PhaseContext, _ dataset: RetrievalDataset, pool: WorkerPool) {
        self.context = context
        self.pool = pool
        documents = dataset.documents.values.sorted { precedesByBytes($0.id, $1.id) }
        queries = dataset.judgements.queries.map { (id: $0, text: dataset.queries[$0] ?? "") }
    }

    /// The results of all systems that this run can have, by system.
    ///
    /// - Parameter tuned: the folder of the tuned model.
    func runs(tuned: String, _ judgements: Judgements) throws -> [HeldOutSystem: RankedRun] {
        var runs: [HeldOutSystem: RankedRun] = [:]
        let words = try kept(.bm25) { try searchWords() }
        runs[.bm25] = words
        let base = try BaseModel.path(context)
        let isReranker = context.parameters.modelType == .crossEncoder
        if try isMeasurable(base) {
            runs[.base] = try kept(.base, model: base) {
                try isReranker ? rerank(base, .base, words) : search(base, .base)
            }
        }
        runs[.tuned] = try kept(.tuned, model: tuned) {
            try isReranker ? rerank(tuned, .tuned, words) : search(tuned, .tuned)
        }
        for (system, rrf, minMax) in [
            (HeldOutSystem.base, HeldOutSystem.baseRRF, HeldOutSystem.baseMinMax), (.tuned, .tunedRRF, .tunedMinMax),
        ] {
            guard let run = runs[system] else { continue }
            let pool = FusionPool([words, run], judgements: judgements, depth: depth)
            let rank = ScoreFusion(.reciprocalRank(constant: context.parameters.evaluation.rankConstant))
            runs[rrf] = pool.run(rank, name: rrf.rawValue)
            let scores = ScoreFusion(.normalized(.minMax(lowerBounds: [], upperBounds: []), .arithmeticMean))
            runs[minMax] = pool.run(scores, name: minMax.rawValue)
        }
        return runs
    }

    /// Whether the base model does what the tuned one is to do: a reranker reranks; encoders search, dense ones also where a sparse one is to be.
    private func isMeasurable(_ base: String) throws(FineTuningError) -> Bool {
        let task: ModelTask
        do {
            task = try ModelFolder(path: base).task
        } catch {
            throw FineTuningError(error, .model, field: "base_model_id")
        }
        switch context.parameters.modelType {
        case .crossEncoder: return task == .crossEncoder
        case .dense: return task == .dense
        case .sparse: return task == .sparse || task == .dense
        }
    }

    // MARK: Results

    /// The results of a system as its file has them, made if there is none.
    private func kept(
        _ system: HeldOutSystem, model: String? = nil, _ make: () throws -> RankedRun
    ) throws -> RankedRun {
        let path = context.folder.runs + "/\(system.rawValue).run"
        let note = context.folder.runs + "/\(system.rawValue).json"
        let made = try madeOf(system, model)
        if try !RunFiles.exists(path) || RunFiles.value(note) != made {
            var run = try make()
            run.name = system.rawValue
            try RunFiles.write(Array(run.escapedText().utf8), to: path)
            try RunFiles.write(made, to: note)
        }
        do {
            return try RankedRun(escaped: path)
        } catch {
            throw FineTuningError(error, .folder)
        }
    }

    /// What results follow from: the collection, the model's weights, and the settings of the search.
    private func madeOf(_ system: HeldOutSystem, _ model: String?) throws(FineTuningError) -> JSONValue {
        let folder = context.folder.collection
        var object: JSONObject = [
            "corpus": .string(RunFiles.digest(folder + "/corpus.jsonl")),
            "queries": .string(RunFiles.digest(folder + "/queries.jsonl")),
            "depth": .number(JSONNumber(depth)), "analyzer": .string(context.parameters.mining.analyzer),
        ]
        if let model {
            object["model"] = .string(model)
            object["weights"] = .string(RunFiles.digest(model + "/model.safetensors"))
        }
        return .object(object)
    }

    private func searchWords() throws -> RankedRun {
        try WordSearch(analyzer: context.parameters.mining.analyzer, pool: pool).run(
            queries: queries, documents: documents.map { (id: $0.id, text: $0.titleAndText) }, depth: depth,
            control: context.control(unit: "documents"))
    }

    private func search(_ path: String, _ system: HeldOutSystem) throws -> RankedRun {
        let control = context.control(unit: "documents")
        let texts = documents.map(\.titleAndText)
        do {
            let options = EncoderOptions(pool: pool)
            let folder = try ModelFolder(path: path)
            let source: any CandidateSource =
                folder.task == .sparse
                ? try SparseSource(
                    SparseEncoder(path: path, options: options), documents: texts, name: system.rawValue, pool: pool,
                    control: control)
                : try DenseSource(
                    DenseEncoder(folder, options: options), documents: texts, name: system.rawValue, pool: pool,
                    control: control)
            return try source.run(
                queries, documents.map(\.id), name: system.rawValue, depth: depth, control: control)
        } catch let error as MiningError where error.code == .cancelled {
            throw error
        } catch {
            throw FineTuningError(error, .model, field: system == .base ? "base_model_id" : nil)
        }
    }

    /// The best documents by words in the order of a cross-encoder.
    private func rerank(_ path: String, _ system: HeldOutSystem, _ words: RankedRun) throws -> RankedRun {
        var run = RankedRun(name: system.rawValue)
        let texts = Dictionary(uniqueKeysWithValues: documents.map { ($0.id, $0.titleAndText) })
        do {
            let encoder = try CrossEncoder(path: path, options: EncoderOptions(pool: pool))
            let control = context.control(unit: "queries")
            try control.inPortions(of: 4, queries.count, "rerank (\(system.rawValue))") { range in
                let candidates = queries[range].map { words.ranking(of: $0.id) }
                let pairs = zip(queries[range], candidates).flatMap { query, candidates in
                    candidates.map { TextPair(query.text, texts[$0.document] ?? "") }
                }
                var scores = try encoder.score(pairs).map(\.logit)[...]
                for (query, candidates) in zip(queries[range], candidates) {
                    run.setResults(
                        zip(candidates, scores).map { ScoredDocument($0.document, score: Double($1)) }, query: query.id)
                    scores = scores.dropFirst(candidates.count)
                }
            }
        } catch let error as MiningError where error.code == .cancelled {
            throw error
        } catch {
            throw FineTuningError(error, .model, field: system == .base ? "base_model_id" : nil)
        }
        return run
    }
}
