import JSON
import ModelFiles

/// Chooses the tensors of a model for a task: the caller's, and the source's where the caller has none.
struct TensorSelection {
    /// In the order of the list, under the names that transformers writes.
    private(set) var tensors: [ExportedTensor] = []
    /// Whether the masked-language head has a decoder of its own.
    private(set) var hasOwnDecoder = false

    /// - Parameters:
    ///   - given: The caller's tensors, under any prefix.
    ///   - source: The source's tensors.
    ///   - path: What messages name.
    init(
        _ shape: TransformerShape, task: ModelTask, labels: Int, given: [ModelTensor], source: WeightArchive,
        path: String
    ) throws(ExportError) {
        let stored = try Self.plainNames(source, shape)
        let own = try Self.plainNames(given, stored: source, shape, path: path)
        let list = TensorList(shape, task: task, labels: labels)
        let known = Set(list.entries.map(\.name))
        for name in own.keys.sorted() where !known.contains(name) {
            throw ExportError(
                .badTensor, path: path, subject: "tensor \(own[name]?.name ?? name)",
                reason: "a \(task.name) of type \(shape.modelType) has no such tensor",
                advice: "Give weights of the model that the source is")
        }
        let decoder = VocabularyHeadNames(shape.family).decoder
        let prefix = task == .dense ? "" : shape.family.base + "."
        for entry in list.entries {
            let name = entry.isHead ? entry.name : prefix + entry.name
            if let tensor = own[entry.name] {
                if entry.name == decoder, entry.isOptional, tensor.values == own[Self.words]?.values { continue }
                guard tensor.shape == entry.shape else {
                    throw Self.wrongShape(tensor.name, tensor.shape, entry.shape, path: path)
                }
                tensors.append(ExportedTensor(name: name, shape: entry.shape, values: .floats(tensor.values)))
            } else if let tensor = stored[entry.name], !(entry.name == decoder && shape.tiesDecoder) {
                // A tied decoder of the source would be that of the word embeddings before training.
                guard tensor.shape == entry.shape else {
                    throw Self.wrongShape(tensor.name, tensor.shape, entry.shape, path: source.path)
                }
                tensors.append(ExportedTensor(name: name, shape: entry.shape, values: .stored(tensor)))
            } else if entry.isOptional {
                continue
            } else {
                throw ExportError(
                    .badTensor, path: path, subject: "tensor \(name)",
                    reason: "it is missing: neither the weights nor the source \(source.path) have it",
                    advice: "Give it the shape \(entry.shape)")
            }
            if entry.name == decoder { hasOwnDecoder = true }
        }
    }

    private static let words = "embeddings.word_embeddings.weight"

    private static func plainNames(
        _ source: WeightArchive, _ shape: TransformerShape
    ) throws(ExportError) -> [String: StoredTensor] {
        guard let names = TensorNames(source.names, base: shape.family.base) else { return [:] }
        var found: [String: StoredTensor] = [:]
        for tensor in source.tensors {
            guard let name = names.plain(tensor.name), found[name] == nil else { continue }
            found[name] = tensor
        }
        return found
    }

    private static func plainNames(
        _ given: [ModelTensor], stored: WeightArchive, _ shape: TransformerShape, path: String
    ) throws(ExportError) -> [String: ModelTensor] {
        guard !given.isEmpty else { return [:] }
        // A head alone has no word embeddings; its names are then those of the source.
        let base = shape.family.base
        guard let names = TensorNames(given.map(\.name), base: base) ?? TensorNames(stored.names, base: base) else {
            throw ExportError(
                .badTensor, path: path, subject: "tensor \(words)",
                reason: "neither the weights nor the source have word embeddings",
                advice: "Give weights of the model that the source is")
        }
        var found: [String: ModelTensor] = [:]
        for tensor in given {
            let name = names.plain(tensor.name) ?? tensor.name
            if name.hasSuffix("position_ids") || name.hasSuffix("token_type_ids") { continue }
            guard StoredTensor.elementCount(tensor.shape).map({ $0 <= Int.max / 8 }) == true else {
                throw ExportError(
                    .badTensor, path: path, subject: "tensor \(tensor.name)",
                    reason: "the shape \(tensor.shape) is impossible", advice: "Give its true shape")
            }
            // Tied tensors that the source has under two names are the same memory.
            if let other = found.updateValue(tensor, forKey: name),
                other.values != tensor.values || other.shape != tensor.shape
            {
                throw ExportError(
                    .badTensor, path: path, subject: "tensor \(tensor.name)", reason: "it is given twice",
                    advice: "Give each tensor once")
            }
        }
        return found
    }

    private static func wrongShape(_ name: String, _ shape: [Int], _ expected: [Int], path: String) -> ExportError {
        ExportError(
            .badTensor, path: path, subject: "tensor \(name)",
            reason: "it has the shape \(shape), and the configuration says \(expected)",
            advice: "Give weights of the model that the source is")
    }
}
