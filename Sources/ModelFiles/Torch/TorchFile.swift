/// Reads the tensors of PyTorch files: `pytorch_model.bin` (`torch.save` of a state dict) and TorchScript (`torch.jit.save`).
///
/// Both are zip archives of a pickle and of one stored entry for each storage, which are used in place. The code of a TorchScript
/// file is not looked at: the names of its tensors are those of the module's attributes.
///
/// Source: `torch/serialization.py`, `torch/csrc/jit/serialization/export_module.cpp`, `caffe2/serialize/inline_container.cc`.
enum TorchFile {
    /// The folder of all records, with its slash, if an archive is a PyTorch file rather than a folder that was packed.
    static func folder(in archive: ZipArchive) -> String? {
        let candidates = archive.entries.filter { entry in
            entry.name.hasSuffix("/data.pkl") && entry.name.utf8.count { $0 == UInt8(ascii: "/") } == 1
        }
        guard candidates.count == 1 else { return nil }
        return String(candidates[0].name.dropLast("data.pkl".count))
    }

    /// The tensors of a zip that ``folder(in:)`` recognised.
    static func read(
        _ archive: ZipArchive, folder: String, limits: PickleLimits = .standard
    ) throws(ModelFileError) -> WeightArchive {
        if let order = archive[folder + "byteorder"] {
            let text = try archive.contents(of: order)
            guard text.repairedText == "little" else {
                throw text.failure(
                    .unsupported, "the numbers are stored in the byte order \(text.repairedText.debugDescription)",
                    advice: "Load and save the model on a little-endian machine, or convert it to safetensors")
            }
        }
        guard let entry = archive[folder + "data.pkl"] else {
            throw archive.file.failure(.missing, "no \(folder)data.pkl", advice: "Fetch or save the file again")
        }
        let pickle = try archive.contents(of: entry)
        let tree = try PickleReader.read(pickle, limits: limits)
        let reader = TorchTensorReader(tree, in: pickle, storages: TorchStorages(of: archive, folder: folder))
        // torch.jit.save always writes its constants, torch.save never.
        guard archive[folder + "constants.pkl"] != nil else {
            let tensors = try TorchTensorNames.stateDict(reader, in: pickle)
            return try WeightArchive(path: archive.file.path, format: .pytorch, tensors: tensors)
        }
        let tensors = try TorchTensorNames.module(reader, in: pickle)
        guard !tensors.isEmpty else {
            throw archive.file.failure(
                .unsupported,
                "the TorchScript module has no parameters: it was frozen, which turns them into nameless constants",
                advice: "Export it again without torch.jit.freeze or optimize_for_inference, or use the original model")
        }
        return try WeightArchive(path: archive.file.path, format: .torchScript, tensors: tensors)
    }
}
