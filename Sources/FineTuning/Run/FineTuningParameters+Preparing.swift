import JSON
import ModelFiles
import Teachers
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension FineTuningParameters {
    /// Throws for parameters that do not fit what is there: models, files, the space on the disk.
    ///
    /// - Parameter path: where the folder of the run will be.
    /// - Throws: ``InvalidParameters`` with every fault.
    public func check(against services: FineTuningServices, runs path: String) throws(InvalidParameters) {
        try check()
        var faults: [InvalidParameters.Fault] = []
        func fault(_ field: String, _ reason: String, _ advice: String) {
            faults.append(.init(field, reason, advice: advice))
        }
        let base = model(baseModel, "base_model_id", services, fault)
        if let base { checkBase(base, fault) }
        for teacher in distillation.teachers {
            _ = model(TeacherReference(teacher).place, "distillation.teachers", services, fault)
        }
        if let teacher = mining.teacher { _ = model(teacher, "mining.teacher", services, fault) }
        for (field, file) in files where field != "evaluation.folder" && !RunFiles.exists(file) {
            fault(field, "there is no '\(file)'", "Check the path")
        }
        if let folder = evaluation.folder {
            for file in ["queries.jsonl", "qrels/\(evaluation.split).tsv"]
            where !RunFiles.exists("\(folder)/\(file)") && !RunFiles.exists("\(folder)/\(file).gz") {
                fault("evaluation.folder", "there is no '\(folder)/\(file)'", "Give a folder in BEIR's layout")
            }
        }
        if let base { checkRoom(base, path, fault) }
        if !faults.isEmpty { throw InvalidParameters(faults) }
    }

    /// The files and folders that the parameters name, models not counted.
    public var files: [(field: String, path: String)] {
        var files: [(field: String, path: String)] = []
        if let corpusPath { files.append(("corpus_path", corpusPath)) }
        if let path = queries.path { files.append(("queries.path", path)) }
        if let folder = evaluation.folder { files.append(("evaluation.folder", folder)) }
        for (name, value) in training {
            guard [.path, .paths].contains(TrainingSetting.named(name)?.form) else { continue }
            for path in (value.array ?? [value]).compactMap(\.string) { files.append(("training.\(name)", path)) }
        }
        return files
    }

    private func model(
        _ name: String, _ field: String, _ services: FineTuningServices, _ fault: (String, String, String) -> Void
    ) -> ModelFolder? {
        do {
            return try ModelFolder(path: services.modelPath(name))
        } catch let error as ModelFileError {
            fault(field, "\(error.path): \(error.reason)", error.advice ?? "Check the path")
        } catch {
            var text = "\(error)"
            while text.hasSuffix(".") { text.removeLast() }
            fault(field, text, "Name a model that is there")
        }
        return nil
    }

    private func checkBase(_ base: ModelFolder, _ fault: (String, String, String) -> Void) {
        if base.task == .sparseQuery {
            fault(
                "base_model_id", "'\(baseModel)' is only the query side of a sparse model",
                "Name the encoder of documents")
        } else if modelType == .dense, base.task != .dense {
            fault(
                "base_model_id", "'\(baseModel)' is a \(base.task.name), and model_type is dense",
                "Name a dense encoder, or change model_type")
        } else if modelType == .sparse, base.task == .crossEncoder {
            fault(
                "base_model_id", "'\(baseModel)' is a \(base.task.name), and model_type is sparse",
                "Name a sparse encoder or a plain one, or change model_type")
        }
        if gate.rivals.contains(.base), modelType != .dense,
            base.task != (modelType == .sparse ? .sparse : .crossEncoder)
        {
            fault(
                "gate.against", "'\(baseModel)' is a \(base.task.name): it cannot be compared before it is trained",
                "Name bm25, or a base model of the type \(modelType.rawValue)")
        }
        guard let wanted = embeddingDimension else { return }
        let width = base.config["hidden_size"]?.int ?? base.config["dim"]?.int
        let found = modelType == .sparse ? base.config["vocab_size"]?.int : width
        if let found, found != wanted {
            fault(
                "embedding_dimension", "it is \(wanted), and the vectors of '\(baseModel)' have \(found)",
                "Correct it, or leave it out")
        }
    }

    /// Looks for room for checkpoints (weights and two moments of each), the model, its copy and its archives.
    private func checkRoom(_ base: ModelFolder, _ path: String, _ fault: (String, String, String) -> Void) {
        let files = FileManager.default
        var place = FineTuningRun.absolute(path)
        while place.count > 1, !files.fileExists(atPath: place) {
            place = String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])
        }
        let attributes = try? files.attributesOfFileSystem(forPath: place.isEmpty ? "/" : place)
        guard let free = attributes?[.systemFreeSize] as? Int else { return }
        let names = ["model.safetensors", "pytorch_model.bin"]
        let sizes = names.compactMap { name -> Int? in
            let attributes = try? files.attributesOfItem(atPath: base.path + "/" + name)
            return attributes?[.size] as? Int
        }
        let needed = (sizes.first ?? 0) * 15 + 100_000_000
        if free < needed {
            fault(
                "model_name",
                "the disk of '\(place)' has \(free / 1_000_000) MB free, and a run of this model needs about \(needed / 1_000_000) MB",
                "Free some space, or put runs on another disk")
        }
    }
}
