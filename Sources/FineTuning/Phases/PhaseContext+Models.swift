import JSON
import ModelFiles

extension PhaseContext {
    /// The folder of a model that parameters name: the same model in all phases, however often the run was interrupted.
    ///
    /// A name may lead elsewhere later, and a folder may be replaced: what the model was when it was used first is kept in `models.json` of the run.
    func model(_ name: String, field: String) throws(FineTuningError) -> String {
        let path: String
        let digest: String
        do {
            path = try services.modelPath(name)
            digest = try Self.digest(ModelFolder(path: path))
        } catch {
            throw FineTuningError(error, .model, field: field)
        }
        var known = try RunFiles.value(folder.models)?.object ?? [:]
        if let first = known[name] {
            guard first["digest"]?.string == digest else {
                throw FineTuningError(
                    .model, field: field, path: path, "this is not the model any more that the run began with",
                    advice: "Put that one back and resume the run, or begin another")
            }
            return path
        }
        known[name] = ["path": .string(path), "digest": .string(digest)]
        try RunFiles.write(.object(known), to: folder.models)
        return path
    }

    /// Tells a model from others by parts of each tensor, its configuration and its tokenizer.
    private static func digest(_ model: ModelFolder) throws(ModelFileError) -> String {
        var digest = SHA256()
        digest.add(try model.weights().fingerprint())
        let transformer = model.transformerFolder
        digest.add(RunFiles.digest(model.path(of: transformer.isEmpty ? "config.json" : transformer + "/config.json")))
        for file in ["tokenizer.json", "vocab.txt"] {
            digest.add(RunFiles.digest((model.tokenizerPath() ?? model.path) + "/" + file))
        }
        return digest.hexadecimal()
    }
}
