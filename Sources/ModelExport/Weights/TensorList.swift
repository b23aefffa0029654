import ModelFiles

/// The tensors that a model of an architecture and a task has, under the names that transformers gives them.
struct TensorList {
    struct Entry {
        /// Without the encoder's prefix; heads keep their whole name.
        var name: String
        var shape: [Int]
        var isHead = false
        /// Whether the model does without it.
        var isOptional = false
    }

    private(set) var entries: [Entry] = []

    /// - Parameter labels: The outputs of a cross-encoder's head.
    init(_ shape: TransformerShape, task: ModelTask, labels: Int) {
        let width = shape.hiddenSize
        add("embeddings.word_embeddings.weight", [shape.vocabularySize, width])
        add("embeddings.position_embeddings.weight", [shape.positionCount, width])
        if shape.typeCount > 0 { add("embeddings.token_type_embeddings.weight", [shape.typeCount, width]) }
        norm("embeddings.LayerNorm", width)
        let names = LayerNames(shape.family)
        for number in 0..<shape.layerCount {
            let prefix = "\(names.list).\(number)."
            for name in [names.query, names.key, names.value, names.output] { linear(prefix + name, width, width) }
            norm(prefix + names.attentionNorm, width)
            linear(prefix + names.up, shape.intermediateSize, width)
            linear(prefix + names.down, width, shape.intermediateSize)
            norm(prefix + names.outputNorm, width)
        }
        if shape.relativeBuckets > 0 {
            add("encoder.relative_attention_bias.weight", [shape.relativeBuckets, shape.headCount])
        }
        head(shape, task, labels)
    }

    private mutating func head(_ shape: TransformerShape, _ task: ModelTask, _ labels: Int) {
        let width = shape.hiddenSize
        switch (task, shape.family) {
        case (.dense, .bert), (.dense, .mpnet), (.dense, .roberta), (.dense, .xlmRoberta):
            linear("pooler.dense", width, width, isOptional: true)
        case (.dense, .distilBert), (.sparseQuery, _): break
        case (.crossEncoder, .bert):
            linear("pooler.dense", width, width)
            linear("classifier", labels, width, isHead: true)
        case (.crossEncoder, .distilBert):
            linear("pre_classifier", width, width, isHead: true)
            linear("classifier", labels, width, isHead: true)
        case (.crossEncoder, _):
            linear("classifier.dense", width, width, isHead: true)
            linear("classifier.out_proj", labels, width, isHead: true)
        case (.sparse, let family):
            let names = VocabularyHeadNames(family)
            linear(names.transform, width, width, isHead: true)
            norm(names.norm, width, isHead: true)
            add(names.bias, [shape.vocabularySize], isHead: true)
            add(names.decoder, [shape.vocabularySize, width], isHead: true, isOptional: shape.tiesDecoder)
        }
    }

    private mutating func linear(
        _ name: String, _ outputs: Int, _ inputs: Int, isHead: Bool = false, isOptional: Bool = false
    ) {
        add(name + ".weight", [outputs, inputs], isHead: isHead, isOptional: isOptional)
        add(name + ".bias", [outputs], isHead: isHead, isOptional: isOptional)
    }

    private mutating func norm(_ name: String, _ width: Int, isHead: Bool = false) {
        add(name + ".weight", [width], isHead: isHead)
        add(name + ".bias", [width], isHead: isHead)
    }

    private mutating func add(_ name: String, _ shape: [Int], isHead: Bool = false, isOptional: Bool = false) {
        entries.append(Entry(name: name, shape: shape, isHead: isHead, isOptional: isOptional))
    }
}

/// What a family calls the parts of a layer, without `.weight` and `.bias`.
struct LayerNames {
    let list, query, key, value, output, attentionNorm, up, down, outputNorm: String

    init(_ family: TransformerFamily) {
        switch family {
        case .bert, .roberta, .xlmRoberta:
            list = "encoder.layer"
            (query, key, value) = ("attention.self.query", "attention.self.key", "attention.self.value")
            (output, attentionNorm) = ("attention.output.dense", "attention.output.LayerNorm")
            (up, down, outputNorm) = ("intermediate.dense", "output.dense", "output.LayerNorm")
        case .mpnet:
            list = "encoder.layer"
            (query, key, value) = ("attention.attn.q", "attention.attn.k", "attention.attn.v")
            (output, attentionNorm) = ("attention.attn.o", "attention.LayerNorm")
            (up, down, outputNorm) = ("intermediate.dense", "output.dense", "output.LayerNorm")
        case .distilBert:
            list = "transformer.layer"
            (query, key, value) = ("attention.q_lin", "attention.k_lin", "attention.v_lin")
            (output, attentionNorm) = ("attention.out_lin", "sa_layer_norm")
            (up, down, outputNorm) = ("ffn.lin1", "ffn.lin2", "output_layer_norm")
        }
    }
}

/// What a family calls the parts of its masked-language head.
struct VocabularyHeadNames {
    let transform, norm, decoder, bias: String

    init(_ family: TransformerFamily) {
        switch family {
        case .bert:
            (transform, norm) = ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm")
            (decoder, bias) = ("cls.predictions.decoder.weight", "cls.predictions.bias")
        case .distilBert:
            (transform, norm) = ("vocab_transform", "vocab_layer_norm")
            (decoder, bias) = ("vocab_projector.weight", "vocab_projector.bias")
        case .roberta, .xlmRoberta, .mpnet:
            (transform, norm) = ("lm_head.dense", "lm_head.layer_norm")
            (decoder, bias) = ("lm_head.decoder.weight", "lm_head.bias")
        }
    }
}
