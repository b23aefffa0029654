import Layers
import ModelFiles
import Tensors

/// The graphs of the four architectures, and of their heads.
///
/// Letters: B sequences, T tokens, H hidden size, A heads, D head size, V vocabulary, L labels.
struct EncoderGraph {
    private let shape: TransformerShape
    private let activation: Activation
    private let prefix: String
    private var graph: GraphBuilder
    private let ids: String
    private let mask: String
    private let types: String?
    /// [B][1][1][T], large below zero where there is no token; with MPNet's distances [B][A][T][T].
    private var attentionBias = ""

    /// What the inputs are called: ML Commons hands them over by name.
    struct InputNames {
        var ids: String
        var mask: String
        /// nil for none: the network then takes the first segment for all tokens.
        var types: String?
    }

    /// - Parameters:
    ///   - tensors: The weights, under the names of transformers.
    ///   - prefix: What stands before the names of the encoder, for example `bert.`.
    init(
        _ shape: TransformerShape, tensors: [ExportedTensor], prefix: String, inputs: InputNames, path: String
    ) throws(ExportError) {
        guard let activation = Activation(named: shape.activation) else {
            throw ExportError(
                .unsupported, path: path, subject: "field hidden_act",
                reason: "the activation \(shape.activation.debugDescription) has no operators here",
                advice: "Use a model with one of the GELU, ReLU or SiLU functions")
        }
        self.shape = shape
        self.activation = activation
        self.prefix = prefix
        graph = GraphBuilder(name: shape.modelType, weights: tensors)
        ids = graph.input(inputs.ids)
        mask = graph.input(inputs.mask)
        if let name = inputs.types { types = graph.input(name) } else { types = nil }
    }

    // MARK: Outputs

    /// The hidden state of every token: [B][T][H].
    consuming func hiddenStates() -> ONNXModel {
        let hidden = encoder()
        let sizes: [ONNXModel.Value.Size] = [.varying("batch"), .varying("sequence"), .fixed(shape.hiddenSize)]
        graph.output(hidden, "last_hidden_state", shape: sizes)
        return graph.model
    }

    /// The logits of a classification head: [B][L].
    consuming func logits(labels: Int) -> ONNXModel {
        let hidden = encoder()
        let first = graph.apply("Gather", hidden, graph.integer(0), with: ("axis", .integer(1)))
        let output: String
        switch shape.family {
        case .bert:
            output = graph.linear(graph.apply("Tanh", graph.linear(first, prefix + "pooler.dense")), "classifier")
        case .distilBert:
            output = graph.linear(graph.apply("Relu", graph.linear(first, "pre_classifier")), "classifier")
        case .roberta, .xlmRoberta, .mpnet:
            let inner = graph.apply("Tanh", graph.linear(first, "classifier.dense"))
            output = graph.linear(inner, "classifier.out_proj")
        }
        graph.output(output, "logits", shape: [.varying("batch"), .fixed(labels)])
        return graph.model
    }

    /// The pooled weights of all vocabulary tokens: [B][V].
    consuming func tokenWeights(_ pooling: ModelModule.SpladePooling, hasOwnDecoder: Bool) -> ONNXModel {
        let hidden = encoder()
        let names = VocabularyHeadNames(shape.family)
        // RoBERTa's and MPNet's heads have the one function, whatever the configuration says.
        let isFixed = shape.family == .roberta || shape.family == .xlmRoberta || shape.family == .mpnet
        let inner = graph.linear(hidden, names.transform)
        let active = graph.activate(inner, isFixed ? .gelu : activation) ?? inner
        let normal = graph.layerNorm(active, names.norm, epsilon: shape.normEpsilon)
        let decoder = graph.weight(hasOwnDecoder ? names.decoder : prefix + "embeddings.word_embeddings.weight")
        let bias = graph.weight(names.bias)
        let logits = graph.inside("decoder") { $0.product(normal, transposed: decoder, bias: bias) }
        let isToken = graph.apply("Cast", mask, with: ("to", .integer(ONNXModel.Value.Element.float.rawValue)))
        let column = graph.apply("Unsqueeze", isToken, graph.integers([2]))
        let positive = graph.apply("Relu", graph.apply("Mul", logits, column))
        let weights: String
        switch pooling.strategy {
        case .max:
            // The logarithm keeps the order, so it is taken of the largest only.
            let largest = graph.apply(
                "ReduceMax", positive, with: ("axes", .integers([1])), ("keepdims", .integer(0)))
            weights = saturated(largest, pooling.activation)
        case .sum:
            weights = graph.apply(
                "ReduceSum", saturated(positive, pooling.activation), graph.integers([1]),
                with: ("keepdims", .integer(0)))
        }
        graph.output(weights, "output", shape: [.varying("batch"), .fixed(shape.vocabularySize)])
        return graph.model
    }

    private mutating func saturated(_ x: String, _ activation: ModelModule.SpladePooling.Activation) -> String {
        let once = graph.logOnePlus(x)
        return activation == .relu ? once : graph.logOnePlus(once)
    }

    // MARK: Encoder

    private mutating func encoder() -> String {
        prepareAttention()
        var hidden = embeddings()
        let names = LayerNames(shape.family)
        for number in 0..<shape.layerCount { hidden = layer(hidden, "\(prefix)\(names.list).\(number).", names) }
        return hidden
    }

    private mutating func embeddings() -> String {
        let words = graph.weight(prefix + "embeddings.word_embeddings.weight")
        let table = graph.weight(prefix + "embeddings.position_embeddings.weight")
        var sum = graph.apply("Gather", words, ids)
        if shape.typeCount > 0 {
            let segments = graph.weight(prefix + "embeddings.token_type_embeddings.weight")
            // RoBERTa's tokenizers tell no segments apart.
            let row = shape.family == .bert ? types ?? graph.integer(0) : graph.integer(0)
            sum = graph.apply("Add", sum, graph.apply("Gather", segments, row))
        }
        let positions: String
        if shape.family.positionsFollowPadding {
            let isPadding = graph.apply("Equal", ids, graph.integer(shape.paddingID))
            let counts = graph.apply(
                "Cast", graph.apply("Not", isPadding), with: ("to", .integer(ONNXModel.Value.Element.int64.rawValue)))
            let numbers = graph.apply("Mul", graph.apply("CumSum", counts, graph.integer(1)), counts)
            positions = graph.apply("Gather", table, graph.apply("Add", numbers, graph.integer(shape.paddingID)))
        } else {
            positions = graph.apply("Slice", table, graph.integers([0]), length(), graph.integers([0]))
        }
        sum = graph.apply("Add", sum, positions)
        return graph.layerNorm(sum, prefix + "embeddings.LayerNorm", epsilon: shape.normEpsilon)
    }

    /// T, as a list of one number.
    private mutating func length() -> String {
        graph.apply("Slice", graph.apply("Shape", ids), graph.integers([1]), graph.integers([2]), graph.integers([0]))
    }

    private mutating func prepareAttention() {
        let isToken = graph.apply("Cast", mask, with: ("to", .integer(ONNXModel.Value.Element.float.rawValue)))
        let keys = graph.apply("Unsqueeze", isToken, graph.integers([1, 2]))
        let isAbsent = graph.apply("Sub", graph.number(1), keys)
        attentionBias = graph.apply("Mul", isAbsent, graph.number(-1e30))
        guard shape.relativeBuckets > 0 else { return }
        let largest = shape.maximumTokens - 1
        let buckets = (-largest...largest).map { RelativePositionBias.bucket(of: $0, buckets: 32, maxDistance: 128) }
        let count = graph.apply("Squeeze", length(), graph.integers([0]))
        let line = graph.apply("Range", graph.integer(0), count, graph.integer(1))
        let distance = graph.apply(
            "Sub", graph.apply("Unsqueeze", line, graph.integers([0])),
            graph.apply("Unsqueeze", line, graph.integers([1])))
        let row = graph.apply("Add", distance, graph.integer(largest))
        let bucket = graph.apply("Gather", graph.integers(buckets, name: "relative_position_buckets"), row)
        let table = graph.weight(prefix + "encoder.relative_attention_bias.weight")
        let heads = graph.apply(
            "Transpose", graph.apply("Gather", table, bucket), with: ("perm", .integers([2, 0, 1])))
        attentionBias = graph.apply("Add", attentionBias, graph.apply("Unsqueeze", heads, graph.integers([0])))
    }

    private mutating func layer(_ x: String, _ prefix: String, _ names: LayerNames) -> String {
        let attended = attention(x, prefix, names)
        let middle = graph.layerNorm(
            graph.apply("Add", attended, x), prefix + names.attentionNorm, epsilon: shape.normEpsilon)
        let up = graph.linear(middle, prefix + names.up)
        let down = graph.linear(graph.activate(up, activation) ?? up, prefix + names.down)
        return graph.layerNorm(
            graph.apply("Add", down, middle), prefix + names.outputNorm, epsilon: shape.normEpsilon)
    }

    private mutating func attention(_ x: String, _ prefix: String, _ names: LayerNames) -> String {
        let size = shape.hiddenSize / shape.headCount
        // [B][T][H] to [B][A][T][D], or with the last two turned.
        func heads(_ name: String, _ order: [Int], _ graph: inout GraphBuilder) -> String {
            let flat = graph.linear(x, prefix + name)
            let split = graph.apply("Reshape", flat, graph.integers([0, 0, shape.headCount, size]))
            return graph.apply("Transpose", split, with: ("perm", .integers(order)))
        }
        let query = heads(names.query, [0, 2, 1, 3], &graph)
        let key = heads(names.key, [0, 2, 3, 1], &graph)
        let value = heads(names.value, [0, 2, 1, 3], &graph)
        let products = graph.apply("MatMul", query, key)
        let scores = graph.apply("Div", products, graph.number(Float(size).squareRoot()))
        let weights = graph.apply(
            "Softmax", graph.apply("Add", scores, attentionBias), with: ("axis", .integer(-1)))
        let mixed = graph.apply(
            "Transpose", graph.apply("MatMul", weights, value), with: ("perm", .integers([0, 2, 1, 3])))
        let joined = graph.apply("Reshape", mixed, graph.integers([0, 0, shape.hiddenSize]))
        return graph.linear(joined, prefix + names.output)
    }
}
