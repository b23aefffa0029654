import ModelFiles
import Tensors

/// Finds a model's weights under the names that its architecture gives them, whatever was put before those names.
///
/// Files of one and the same network differ: the encoder's names start with `bert.`, with nothing, with `0.auto_model.`
/// (sentence-transformers' own saves), with `module.` (data parallel training) or `_orig_mod.` (compiled models), and
/// files from before 2019 call the norms' parameters `gamma` and `beta`. The one tensor that every architecture has, the
/// word embeddings, tells what the prefix is.
final class WeightSource {
    /// Tensors by name without the encoder's prefix; heads beside the encoder keep the name that they have there.
    let archive: WeightArchive
    let encoderPrefix: String
    private let headPrefix: String
    private var used: Set<String> = []

    /// What the matrices of layers and vocabulary heads are packed for.
    var precision = MatrixPrecision.fp32
    /// Where packed matrices are put.
    let arena = WeightArena()
    /// Why they have that precision, in words.
    var precisionReason = ""
    /// Matrices that were packed before, which then are not read here.
    var packed: PackedWeights?
    /// The number of weights handed out.
    private(set) var parameterCount = 0

    /// The file that messages name.
    var path: String { archive.path }

    private static let anchor = "embeddings.word_embeddings.weight"

    /// - Parameters:
    ///   - archive: the weights.
    ///   - baseName: what transformers calls the encoder inside a model with a head, for example `bert`.
    init(_ archive: WeightArchive, baseName: String) throws(EncoderError) {
        self.archive = archive
        let anchors = archive.names.filter { $0 == Self.anchor || $0.hasSuffix("." + Self.anchor) }
        guard let anchor = anchors.min(by: { ($0.utf8.count, $0) < ($1.utf8.count, $1) }) else {
            let some = archive.names.prefix(3).joined(separator: ", ")
            throw EncoderError(
                .missingTensor, "the weights hold no word embeddings, but \(archive.names.count) tensors like \(some)",
                advice: "Use the weight file that belongs to the configuration", path: archive.path,
                tensor: Self.anchor)
        }
        encoderPrefix = String(anchor.dropLast(Self.anchor.utf8.count))
        let named = baseName + "."
        headPrefix =
            encoderPrefix == named || encoderPrefix.hasSuffix("." + named)
            ? String(encoderPrefix.dropLast(named.utf8.count)) : encoderPrefix
    }

    /// The weights of a module without an encoder (a Dense layer), under the names that they have in the file.
    init(module archive: WeightArchive) {
        self.archive = archive
        encoderPrefix = ""
        headPrefix = ""
    }

    /// A tensor of the encoder.
    func encoder(_ name: String, _ shape: [Int]) throws(EncoderError) -> StoredTensor {
        try tensor([encoderPrefix + name], shape)
    }

    /// A tensor of a head; looked for beside the encoder and inside it.
    func head(_ name: String, _ shape: [Int]) throws(EncoderError) -> StoredTensor {
        try tensor([headPrefix + name, encoderPrefix + name], shape)
    }

    /// A tensor of a head that may be missing.
    func optionalHead(_ name: String, _ shape: [Int]) throws(EncoderError) -> StoredTensor? {
        hasHead(name) ? try head(name, shape) : nil
    }

    /// Whether there is a tensor of a head.
    func hasHead(_ name: String) -> Bool { find(headPrefix + name) != nil || find(encoderPrefix + name) != nil }

    /// Throws if the encoder's list of layers goes on where the configuration says that it ends.
    func checkLayers(of list: String, count: Int) throws(EncoderError) {
        let prefix = encoderPrefix + list + "."
        var last: (layer: Int, tensor: String)?
        for name in archive.names where name.hasPrefix(prefix) {
            let digits = name.dropFirst(prefix.count).prefix { $0 != "." }
            guard digits.count < 10, let layer = Int(digits), layer >= count, layer >= last?.layer ?? 0 else {
                continue
            }
            last = (layer, name)
        }
        guard let last else { return }
        throw EncoderError(
            .surplusLayers,
            "the weights hold \(last.layer + 1) layers, and the configuration says \(count)",
            advice: "Use the configuration that belongs to the weights", path: path, tensor: last.tensor)
    }

    /// Tensors that nothing asked for, sorted, without the buffers that transformers used to store.
    var unused: [String] {
        archive.names.filter { !used.contains($0) && !$0.hasSuffix("position_ids") && !$0.hasSuffix("token_type_ids") }
            .sorted()
    }

    private func tensor(_ names: [String], _ shape: [Int]) throws(EncoderError) -> StoredTensor {
        for name in names {
            guard let tensor = find(name) else { continue }
            guard tensor.shape == shape else {
                throw EncoderError(
                    .shapeMismatch, "has another shape than the configuration says",
                    advice: "Use the weight file that belongs to the configuration", path: path, tensor: tensor.name,
                    expectedShape: shape, actualShape: tensor.shape)
            }
            if used.insert(tensor.name).inserted { parameterCount += tensor.elementCount }
            return tensor
        }
        throw EncoderError(
            .missingTensor, "is missing (the file holds \(archive.names.count) tensors)",
            advice: "Use the weight file that belongs to the configuration, with the head that the task needs",
            path: path, tensor: names[0], expectedShape: shape)
    }

    private func find(_ name: String) -> StoredTensor? {
        if let tensor = archive[name] { return tensor }
        if name.hasSuffix("LayerNorm.weight") { return archive[name.dropLast(6) + "gamma"] }
        if name.hasSuffix("LayerNorm.bias") { return archive[name.dropLast(4) + "beta"] }
        return nil
    }
}
