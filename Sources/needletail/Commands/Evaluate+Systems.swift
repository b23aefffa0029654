import HybridTuning
import Relevance

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Systems compared with each other: words, fields that models fill, hybrid searches, and each of them reranked.
extension Evaluate {
    func compareSystems(
        _ dataset: RetrievalDataset, _ judgements: Judgements, _ metrics: [Metric]
    ) throws {
        let models = try LocalModels(encoding.fields, running)
        let systems = try systems()
        var found = try SystemRuns(models: models, depth: paginationDepth).run(
            systems, over: dataset.texts(of: judgements),
            in: SearchedIndex(index, data, collection: folder, definition: definition))
        if let model {
            let before = rerankEach ? found : found.suffix(1)
            let reranked = try RerankedRuns(
                before.map(\.run), model: model, depth: depth, running: running, dataset, judgements.queries)
            for (system, var run) in zip(before, reranked.runs) {
                run.name = system.run.name + "-reranked"
                found.append(.init(run: run, perQuery: system.perQuery + reranked.perQuery(ofRun: system.run)))
            }
        }
        if let runs { try write(found.map(\.run), into: runs) }
        let report = SystemsReport(
            found, judgements: judgements, metrics: metrics, level: level, judgedOnly: judgedOnly)
        switch self.report.format {
        case .jsonl: try StandardOutput.print(String(decoding: report.line(), as: UTF8.self))
        case .table: try StandardOutput.print(report.table(terminal: .output))
        }
    }

    /// What is compared: the words, each field, and all of them together.
    private func systems() throws -> [SearchSystem] {
        let parts = [SearchSystem.Part.words(fields: fields)] + encoding.fields.map { .model($0) }
        var systems = parts.map { SearchSystem($0) }
        if let given = try pipeline.given() {
            systems.append(SearchSystem(hybrid: parts, pipeline: given, name: "hybrid"))
        } else {
            for (fusion, name) in [
                (HybridTuning.rankDefault, "hybrid-rrf"), (HybridTuning.normalizationDefault, "hybrid"),
            ] {
                guard let pipeline = fusion.searchPipeline else { continue }
                systems.append(SearchSystem(hybrid: parts, pipeline: pipeline, name: name))
            }
        }
        return systems
    }

    private func write(_ runs: [RankedRun], into folder: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.cannotWrite, "\(folder): cannot be made. Check the folder above and its permissions.")
        }
        for run in runs { try write(run.trecText(), to: "\(folder)/\(run.fileName).run") }
    }
}
