import JSON

/// The configuration of an encoder, read off its traced module: for archives of OpenSearch, whose descriptions of cross-encoders and of
/// sparse models say nothing of sizes.
///
/// Names of tensors tell the architecture and the number of layers, their shapes the sizes. Heads, activation and the epsilon of the
/// norms are in no tensor: they are taken from the constants in the module's code, where all places must agree.
struct TorchConfiguration {
    private static let families = ["bert", "distilbert", "roberta", "xlm_roberta", "mpnet"]

    private let code: TorchCode
    private let file: FileBytes
    private let weights: WeightArchive
    /// What is before the encoder's names.
    private let prefix: String

    /// The configuration of the module in a TorchScript file; nil if the file is another.
    ///
    /// - Throws: ``ModelFileError`` if it is no encoder that is known, or leaves something open; then only its `config.json` helps.
    static func read(_ file: FileBytes) throws(ModelFileError) -> JSONObject? {
        guard let code = try TorchCode(file) else { return nil }
        let weights = try WeightArchive.open(file)
        let anchor = "embeddings.word_embeddings.weight"
        let names = weights.names.filter { $0 == anchor || $0.hasSuffix("." + anchor) }
        guard let name = names.min(by: { ($0.utf8.count, $0) < ($1.utf8.count, $1) }) else {
            throw unknown("its architecture (no \(anchor))", file)
        }
        let configuration = TorchConfiguration(
            code: code, file: file, weights: weights, prefix: String(name.dropLast(anchor.utf8.count)))
        return try configuration.object()
    }

    private func object() throws(ModelFileError) -> JSONObject {
        let family = try family()
        let words = try shape("embeddings.word_embeddings.weight")
        let isDistilled = family == "distilbert"
        let list = isDistilled ? "transformer.layer." : "encoder.layer."
        let up = isDistilled ? ".ffn.lin1.weight" : ".intermediate.dense.weight"
        var layers = 0
        while weights[prefix + list + String(layers) + up] != nil { layers += 1 }
        let sizes: [(distilled: String, other: String, value: Int)] = [
            ("dim", "hidden_size", words[1]), ("n_layers", "num_hidden_layers", layers),
            ("n_heads", "num_attention_heads", try heads(hidden: words[1])),
            ("hidden_dim", "intermediate_size", try shape(list + "0" + up)[0]),
        ]
        var object: JSONObject = [
            "model_type": .string(family), "vocab_size": .number(JSONNumber(words[0])),
            "max_position_embeddings": .number(
                JSONNumber(try shape("embeddings.position_embeddings.weight")[0])),
        ]
        for size in sizes { object[isDistilled ? size.distilled : size.other] = .number(JSONNumber(size.value)) }
        object[isDistilled ? "activation" : "hidden_act"] = .string(try activation())
        if !isDistilled { object["layer_norm_eps"] = .number(JSONNumber(try epsilon())) }
        if let types = weights[prefix + "embeddings.token_type_embeddings.weight"]?.shape.first {
            object["type_vocab_size"] = .number(JSONNumber(types))
        }
        if family == "mpnet" {
            object["relative_attention_num_buckets"] = .number(
                JSONNumber(try shape("encoder.relative_attention_bias.weight")[0]))
        }
        addHead(to: &object, family)
        return object
    }

    private func shape(_ name: String) throws(ModelFileError) -> [Int] {
        guard let tensor = weights[prefix + name], tensor.shape.count == 2 else {
            throw unknown("its architecture (no matrix \(prefix + name))")
        }
        return tensor.shape
    }

    /// The architecture, as the source file of its classes is called.
    private func family() throws(ModelFileError) -> String {
        var found: Set<String> = []
        for name in code.names {
            for part in name.split(separator: "/") where part.hasPrefix("modeling_") {
                let family = part.dropFirst("modeling_".count).prefix { $0 != "." }
                if family != "utils" && family != "outputs" { found.insert(String(family)) }
            }
        }
        guard let family = found.first, found.count == 1, Self.families.contains(family) else {
            throw unknown("its architecture (the code names \(found.sorted().prefix(4)))")
        }
        return family == "xlm_roberta" ? "xlm-roberta" : family
    }

    /// The one number of heads that all splits of the hidden size agree on.
    private func heads(hidden: Int) throws(ModelFileError) -> Int {
        var found: Set<Int> = []
        for call in code.calls(of: "torch.view") + code.calls(of: "torch.reshape") {
            guard call.count == 2, let target = TorchCode.list(call[1]), target.count == 4, let size = target[3],
                size > 0, hidden.isMultiple(of: size)
            else { continue }
            let heads = hidden / size
            if let stated = target[2], stated > 0, stated != heads { continue }
            found.insert(heads)
        }
        guard let heads = found.first, found.count == 1 else { throw unknown("the number of attention heads") }
        return heads
    }

    private func activation() throws(ModelFileError) -> String {
        var found: Set<String> = []
        for call in code.calls(of: "torch.gelu") {
            found.insert(call.contains { $0.contains("tanh") } ? "gelu_pytorch_tanh" : "gelu")
        }
        if !code.calls(of: "torch.silu").isEmpty { found.insert("silu") }
        // What the first versions of transformers spelt out.
        if found.isEmpty, !code.calls(of: "torch.erf").isEmpty { found.insert("gelu") }
        guard let name = found.first, found.count == 1 else { throw unknown("its activation function") }
        return name
    }

    private func epsilon() throws(ModelFileError) -> Double {
        // An argument that has its default, 1e-5, is not written.
        let found = Set(code.calls(of: "torch.layer_norm").map { $0.count > 4 ? Double($0[4]) : 1e-5 })
        guard found.count == 1, let first = found.first, let value = first else {
            throw unknown("what its norms add to the variance")
        }
        return value
    }

    /// The class that a head makes of the encoder.
    private func addHead(to object: inout JSONObject, _ family: String) {
        let names: [String: String] = [
            "bert": "Bert", "distilbert": "DistilBert", "roberta": "Roberta", "xlm-roberta": "XLMRoberta",
            "mpnet": "MPNet",
        ]
        func head(_ suffix: String) -> StoredTensor? {
            weights.tensors.first { $0.name == suffix || $0.name.hasSuffix("." + suffix) }
        }
        var kind = "Model"
        if let classifier = head("classifier.weight") ?? head("classifier.out_proj.weight") {
            kind = "ForSequenceClassification"
            object["num_labels"] = .number(JSONNumber(classifier.shape.first ?? 0))
        } else if head("cls.predictions.transform.dense.weight") ?? head("vocab_transform.weight")
            ?? head("lm_head.dense.weight") != nil
        {
            kind = "ForMaskedLM"
        }
        object["architectures"] = [.string((names[family] ?? "") + kind)]
    }

    private func unknown(_ what: String) -> ModelFileError { Self.unknown(what, file) }

    private static func unknown(_ what: String, _ file: FileBytes) -> ModelFileError {
        ModelFileError(
            .missing, path: file.path,
            reason: "nothing describes this TorchScript module, and it does not tell \(what) with certainty",
            advice: "Give the config.json of the original model as model_config.all_config, or put it beside the file")
    }
}
