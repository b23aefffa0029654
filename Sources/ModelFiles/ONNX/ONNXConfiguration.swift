import JSON

/// The configuration of a BERT model, read off its exported graph: for repositories that hold a graph and a tokenizer and nothing
/// else, as Metarank's do.
///
/// Tensor names tell the architecture and the number of layers, shapes tell the sizes. The number of heads is in no shape: it is
/// taken from the Reshape nodes that split the hidden size into heads, and all of them must agree.
struct ONNXConfiguration {
    private let graph: ONNXGraph
    private let file: FileBytes
    private let weights: WeightArchive

    /// The configuration of the model in a graph.
    ///
    /// - Throws: ``ModelFileError`` if the file is no BERT, or leaves something open; then only its `config.json` helps.
    static func read(_ file: FileBytes, siblings: SiblingFiles?) throws(ModelFileError) -> JSONObject {
        let configuration = ONNXConfiguration(
            graph: try ONNXReader.read(file), file: file, weights: try ONNXWeights.read(file, siblings: siblings))
        return try configuration.object()
    }

    private func object() throws(ModelFileError) -> JSONObject {
        let anchor = "embeddings.word_embeddings.weight"
        let names = weights.names.filter { $0 == anchor || $0.hasSuffix("." + anchor) }
        guard let name = names.min(by: { $0.utf8.count < $1.utf8.count }) else { throw unknown("its architecture") }
        let prefix = String(name.dropLast(anchor.utf8.count))
        func shape(_ name: String) throws(ModelFileError) -> [Int] {
            guard let tensor = weights[prefix + name], tensor.shape.count == 2 else {
                throw unknown("its architecture (no \(prefix + name))")
            }
            return tensor.shape
        }
        let words = try shape("embeddings.word_embeddings.weight")
        let positions = try shape("embeddings.position_embeddings.weight")
        // RoBERTa has the same names and another count of positions; it has one token type, and BERT has two.
        let types = try shape("embeddings.token_type_embeddings.weight")
        guard types[0] == 2, !prefix.contains("roberta") else { throw unknown("whether it is a BERT") }
        let intermediate = try shape("encoder.layer.0.intermediate.dense.weight")
        var layers = 0
        while weights[prefix + "encoder.layer.\(layers).intermediate.dense.weight"] != nil { layers += 1 }
        guard graph.nodes.contains(where: { $0.operation == "Erf" || $0.operation == "Gelu" }) else {
            throw unknown("its activation function")
        }
        var object: JSONObject = [
            "model_type": "bert", "hidden_act": "gelu",
            "vocab_size": .number(JSONNumber(words[0])), "hidden_size": .number(JSONNumber(words[1])),
            "num_hidden_layers": .number(JSONNumber(layers)),
            "num_attention_heads": .number(JSONNumber(try heads(hidden: words[1]))),
            "intermediate_size": .number(JSONNumber(intermediate[0])),
            "max_position_embeddings": .number(JSONNumber(positions[0])), "type_vocab_size": 2,
        ]
        let head = ["classifier.weight", "cls.predictions.transform.dense.weight"].map { suffix in
            weights.names.contains { $0 == suffix || $0.hasSuffix("." + suffix) }
        }
        object["architectures"] = [
            head[0] ? "BertForSequenceClassification" : head[1] ? "BertForMaskedLM" : "BertModel"
        ]
        if head[0], let classifier = weights.tensors.first(where: { $0.name.hasSuffix("classifier.weight") }) {
            object["num_labels"] = .number(JSONNumber(classifier.shape.first ?? 0))
        }
        return object
    }

    private func unknown(_ what: String) -> ModelFileError {
        ModelFileError(
            .missing, path: file.path,
            reason: "there is no config.json beside this graph, and the graph does not tell \(what) with certainty",
            advice: "Put the config.json of the original model beside it")
    }

    // MARK: Heads

    /// The one number of heads that all splits of the hidden size agree on.
    private func heads(hidden: Int) throws(ModelFileError) -> Int {
        var values: [String: [Int?]] = [:]
        for tensor in graph.initializers {
            if let list = integers(tensor) { values[tensor.name] = list }
        }
        var found: Set<Int> = []
        for node in graph.nodes {
            guard let output = node.outputs.first else { continue }
            let inputs = node.inputs.map { values[$0] }
            switch node.operation {
            case "Constant": values[output] = node.constant.flatMap(integers)
            case "Identity", "Cast", "Unsqueeze": values[output] = inputs.first ?? nil
            case "Concat" where inputs.count <= 8:
                // What is computed, such as the length of the batch, takes one place.
                let joined = inputs.flatMap { $0 ?? [nil] }
                // No shape is longer; a hostile graph could double its lists with every node.
                values[output] = joined.count <= 8 ? joined : nil
            case "Reshape":
                guard inputs.count >= 2, let target = inputs[1], target.count == 4, let size = target[3], size > 0
                else {
                    continue
                }
                let count = target[2].flatMap { $0 > 0 ? $0 : nil } ?? (hidden % size == 0 ? hidden / size : 0)
                if count > 0, size <= hidden, count == hidden / size, hidden % size == 0 { found.insert(count) }
            default: break
            }
        }
        guard let heads = found.first, found.count == 1 else { throw unknown("the number of attention heads") }
        return heads
    }

    /// The elements of a small constant of 64-bit integers.
    private func integers(_ tensor: ONNXTensor) -> [Int?]? {
        guard tensor.elementType == .i64, tensor.dimensions.count <= 1, (tensor.dimensions.first ?? 1) <= 8,
            let stored = try? tensor.stored(in: file, external: ONNXExternalData(nil))
        else { return nil }
        return stored.bytes.withUnsafeBytes { bytes in
            (0..<stored.elementCount).map {
                Int(bytes.loadUnaligned(fromByteOffset: stored.byteOffset + $0 * 8, as: Int64.self))
            }
        }
    }
}
