import JSON

extension ModelSource {
    /// The names of weight files in the order of preference.
    static let weightFileNames = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
        "model.onnx", "onnx/model.onnx",
    ]

    /// The weight file of a folder inside the model; the exported graphs of OpenSearch have names of their own.
    func weightFile(in folder: String) -> String? {
        for name in Self.weightFileNames.prefix(4) {
            let name = Self.join(folder, name)
            if contains(name) { return name }
        }
        if folder.isEmpty {
            for suffix in [".pt", ".onnx"] {
                if let name = names().first(where: { $0.hasSuffix(suffix) }) { return name }
            }
        }
        return Self.weightFileNames.dropFirst(4).map { Self.join(folder, $0) }.first { contains($0) }
    }

    /// The first vocabulary file of a folder inside the model.
    func tokenizerFile(in folder: String) -> String? {
        ["tokenizer.json", "vocab.txt", "vocab.json", "sentencepiece.bpe.model", "spiece.model", "spm.model"]
            .map { Self.join(folder, $0) }.first { contains($0) }
    }

    /// Opens a weight file or an index of shards.
    func weights(named name: String) throws(ModelFileError) -> WeightArchive {
        if name.hasSuffix(".index.json") { return try shards(name) }
        guard let bytes = try bytes(name) else {
            throw ModelFileError(.notFound, path: path(of: name), reason: "there is no such file")
        }
        return try WeightArchive.open(bytes, siblings: SiblingFiles(of: name, in: self))
    }

    /// Opens the shards that an index names, and takes each tensor from the shard that the index gives.
    private func shards(_ name: String) throws(ModelFileError) -> WeightArchive {
        guard let index = try json(name) else {
            throw ModelFileError(.notFound, path: path(of: name), reason: "there is no such file")
        }
        guard let map = try index.section("weight_map") else { throw index.fault("weight_map", "there is none") }
        let folder = name.split(separator: "/").dropLast().joined(separator: "/")
        var archives: [String: WeightArchive] = [:]
        var tensors: [StoredTensor] = []
        var format = WeightArchive.Format.safetensors
        for (tensor, value) in map.object {
            guard let file = value.string else { throw index.fault("weight_map.\(tensor)", "a file name was expected") }
            try Self.checkRelative(file, in: index.path)
            let archive: WeightArchive
            if let known = archives[file] {
                archive = known
            } else {
                guard archives.count < 4096 else { throw index.fault("weight_map", "more than 4096 shards") }
                guard !file.hasSuffix(".json"), let bytes = try bytes(Self.join(folder, file)) else {
                    throw ModelFileError(
                        .missing, path: path(of: Self.join(folder, file)), subject: "tensor \(tensor)",
                        reason: "the index \(name) names this shard, and it is not there",
                        advice: "Download the missing shard")
                }
                archive = try WeightArchive.open(bytes)
                archives[file] = archive
                format = archive.format
            }
            if let stored = archive[tensor] {
                tensors.append(stored)
            } else if !archive.hasScales(tensor) {
                throw ModelFileError(
                    .missing, path: archive.path, subject: "tensor \(tensor)",
                    reason: "the index \(name) places it in this shard, and it is not there",
                    advice: "Index and shards are of different versions: download both again")
            }
        }
        return try WeightArchive(path: path(of: name), format: format, tensors: tensors)
    }
}

extension WeightArchive {
    /// Whether a name is that of the row scales of a tensor here, which are not listed.
    fileprivate func hasScales(_ name: String) -> Bool {
        name.hasSuffix("_scale") && self[String(name.dropLast(6))]?.rowScales != nil
    }
}
