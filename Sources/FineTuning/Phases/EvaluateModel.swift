import JSON
import ModelFiles
import Relevance
import Tensors
import Workflows

/// Measures the tuned model beside the base model, search by words and hybrids, on held-out queries over the whole corpus; then the gate decides.
struct EvaluateModel: Phase {
    static let name = "ModelEvaluator"

    static func record(_ folder: RunFolder) -> String { folder.path + "/evaluation/evaluation.json" }

    func run(_ context: PhaseContext) throws -> JSONObject {
        let folder = context.folder
        let dataset: RetrievalDataset
        do {
            dataset = try RetrievalDataset(folder: folder.collection, split: "test")
        } catch {
            throw FineTuningError(error, .folder)
        }
        let tuned = folder.training + "/model"
        guard RunFiles.exists(tuned) else {
            throw FineTuningError(.folder, path: tuned, "the trained model is gone", advice: "Begin the run again")
        }
        let searches = HeldOutSearches(context, dataset, pool: context.pool)
        let runs = try searches.runs(tuned: tuned, dataset.judgements)
        context.report(TaskProgress("compare", done: 0, total: nil, unit: "queries"))
        let table = HeldOutTable(runs, dataset.judgements)
        let gate = GateDecision(table, context.parameters.gate, usual: try usualRivals(context))
        var types: [String: String] = [:]
        for query in try TrainingQuery.read(folder.queries) { types[query.id] = query.type }
        try RunFiles.write(lines: table.lines(dataset, runs, types: types), to: folder.perQuery)
        var results = table.json
        results["documents"] = .number(JSONNumber(dataset.documents.count))
        results["gate"] = .object(gate.json)
        try RunFiles.write(.object(results), to: folder.evaluation)
        return [
            "path": .string(folder.evaluation), "per_query": .string(folder.perQuery),
            "systems": results["systems"] ?? .null, "queries": results["queries"] ?? .null,
            "gate": .object(gate.json),
        ]
    }

    /// The base model, where it does the same as the tuned one; search by words where it does not.
    private func usualRivals(_ context: PhaseContext) throws(FineTuningError) -> [HeldOutSystem] {
        let path = try BaseModel.path(context)
        let task: ModelTask
        do {
            task = try ModelFolder(path: path).task
        } catch {
            throw FineTuningError(error, .model, field: "base_model_id")
        }
        switch context.parameters.modelType {
        case .dense: return [.base]
        case .sparse: return task == .sparse ? [.base] : [.bm25]
        // What reranks must also be better than what it reranks.
        case .crossEncoder: return task == .crossEncoder ? [.base, .bm25] : [.bm25]
        }
    }
}
