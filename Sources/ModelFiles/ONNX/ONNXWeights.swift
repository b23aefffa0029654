/// Finds the weights of a model in its exported graph, under the names and in the layout that they had before.
///
/// Exporters keep most names, but not those of the weights of linear layers: they are transposed ([N, K] to [K, N]) while
/// exporting and get made-up names. Such a weight is named by the bias that is added to its product, or by the path in the name
/// of its node, and handed out transposed back, as a view. Equal tensors that were merged (Identity nodes), Transpose and Cast of
/// constants, Gemm, and the integer products of ONNX Runtime's dynamic quantisation are followed as well.
struct ONNXWeights {
    private typealias Node = ONNXGraph.Node

    private let file: FileBytes
    private let external: ONNXExternalData
    private let graph: ONNXGraph
    /// Constants that were in the file, until somebody needs them.
    private var stored: [String: ONNXTensor] = [:]
    /// Constants by the name of the value in the graph.
    private var constants: [String: StoredTensor] = [:]
    /// The nodes that read a value.
    private var consumers: [String: [Int]] = [:]
    /// What was found, by its name in the model.
    private var found: [String: StoredTensor] = [:]
    private var order: [String] = []
    /// Constants that are in `found` under a name that the graph implied.
    private var named: Set<String> = []

    /// Elements that were dequantised into memory.
    private var dequantizedCount = 0

    private static let quantizedSuffix = "_quantized"

    /// The tensors of an ONNX model.
    static func read(
        _ file: FileBytes, siblings: SiblingFiles?, limits: ONNXLimits = .standard
    ) throws(ModelFileError) -> WeightArchive {
        let graph = try ONNXReader.read(file, limits: limits)
        var weights = ONNXWeights(graph, in: file, external: ONNXExternalData(siblings))
        try weights.refuseFusedGraphs()
        try weights.collect()
        guard !weights.order.isEmpty else {
            throw file.failure(
                .unsupported, "the graph has no initialisers",
                advice: "Export the model with its weights inside (export_params=True)")
        }
        let metadata = graph.producer.isEmpty ? [:] : ["producer": graph.producer]
        let tensors = weights.order.compactMap { weights.found[$0] }
        return try WeightArchive(path: file.path, format: .onnx, tensors: tensors, metadata: metadata)
    }

    private init(_ graph: ONNXGraph, in file: FileBytes, external: ONNXExternalData) {
        self.graph = graph
        self.file = file
        self.external = external
    }

    /// Operations into which ONNX Runtime's optimiser folds several layers and their weights.
    private static let fusedOperations: Set<String> = [
        "Attention", "QAttention", "MultiHeadAttention", "PackedAttention", "EmbedLayerNormalization",
        "QEmbedLayerNormalization", "SkipLayerNormalization", "BiasGelu", "FusedMatMul", "MatMulNBits",
        "DynamicQuantizeMatMul",
        "MatMulIntegerToFloat",
    ]

    private func refuseFusedGraphs() throws(ModelFileError) {
        for node in graph.nodes where node.domain == "com.microsoft" && Self.fusedOperations.contains(node.operation) {
            throw file.failure(
                .unsupported, at: node.offset, subject: "node \(node.name)",
                "the graph was fused by ONNX Runtime's optimiser (\(node.operation)), so its weights are no longer those of the model",
                advice: "Use the file before optimisation, mostly called model.onnx, or one of level O1")
        }
    }

    // MARK: - Constants

    private mutating func collect() throws(ModelFileError) {
        for tensor in graph.initializers {
            guard stored.updateValue(tensor, forKey: tensor.name) == nil else {
                throw file.failure(
                    .malformed, at: tensor.offset, subject: "tensor \(tensor.name)", "the name occurs twice",
                    advice: "The file is damaged: fetch or export it again")
            }
        }
        var outputs: Set<String> = []
        for (index, node) in graph.nodes.enumerated() {
            for output in node.outputs where !output.isEmpty && !outputs.insert(output).inserted {
                throw file.malformed(at: node.offset, "two nodes compute the value \(output.debugDescription)")
            }
            for input in node.inputs where !input.isEmpty { consumers[input, default: []].append(index) }
        }
        // Nodes stand in the order of computation, so one pass knows every constant before it is used.
        for node in graph.nodes { try fold(node) }
        for node in graph.nodes { try nameWeight(of: node) }
        for tensor in graph.initializers { try keep(tensor) }
        for node in graph.nodes where node.operation == "Identity" {
            // A merged tensor under its own name.
            guard let output = node.outputs.first, !ONNXNames.isMadeUp(output),
                let constant = try constant(node.inputs.first)
            else { continue }
            add(constant, named: output)
        }
    }

    /// The constant of a name, nil if the value is computed.
    private mutating func constant(_ name: String?) throws(ModelFileError) -> StoredTensor? {
        guard let name, !name.isEmpty else { return nil }
        if let known = constants[name] { return known }
        guard let tensor = stored[name], tensor.elementType != nil else {
            return try quantized(name)
        }
        let constant = try tensor.stored(in: file, external: external)
        constants[name] = constant
        return constant
    }

    /// `X` for which the file has `X_quantized`, `X_scale` and `X_zero_point`; columns of a product have their own scales.
    private mutating func quantized(_ name: String) throws(ModelFileError) -> StoredTensor? {
        guard stored[name + "_scale"] != nil, stored[name + Self.quantizedSuffix] != nil,
            let weights = try constant(name + Self.quantizedSuffix), let scale = try constant(name + "_scale")
        else { return nil }
        let tensor = try dequantize(
            weights, scale, zeroPoint: try constant(name + "_zero_point"), axis: quantizedAxis(of: name), named: name)
        constants[name] = tensor
        return tensor
    }

    /// - Parameter axis: which dimension has scales of its own, counted from the end if negative.
    private mutating func dequantize(
        _ weights: StoredTensor, _ scale: StoredTensor, zeroPoint: StoredTensor?, axis: Int, named name: String
    ) throws(ModelFileError) -> StoredTensor {
        // Once for each weight is what the files justify; a hostile graph could ask again and again for the same one.
        dequantizedCount += weights.elementCount
        guard dequantizedCount <= file.count + external.byteCount else {
            throw file.failure(
                .malformed, subject: "tensor \(name)", "the graph turns more weights into floats than its files hold",
                advice: "The file is damaged: fetch or export it again")
        }
        let dimension = axis < 0 ? axis &+ weights.shape.count : axis
        return try ONNXDequantizer.dequantize(weights, scale: scale, zeroPoint: zeroPoint, axis: dimension, named: name)
    }

    /// Which dimension has scales of its own: DequantizeLinear says it, products have one for each column.
    private func quantizedAxis(of name: String) -> Int {
        for index in consumers[name + "_scale"] ?? [] where graph.nodes[index].operation == "DequantizeLinear" {
            return Int(truncatingIfNeeded: graph.nodes[index].integers["axis"] ?? 1)
        }
        return -1
    }

    /// Nodes whose result is constant and the same tensor, maybe seen from another side.
    private mutating func fold(_ node: Node) throws(ModelFileError) {
        guard let output = node.outputs.first, !output.isEmpty else { return }
        switch node.operation {
        case "Constant":
            guard let tensor = node.constant, tensor.elementType != nil else { return }
            constants[output] = try tensor.stored(in: file, external: external)
        case "Identity":
            if let constant = try constant(node.inputs.first) { constants[output] = constant }
        case "Cast":
            // float16 files cast to float where they need it; the value stays.
            if node.integers["to"] == 1, let constant = try constant(node.inputs.first),
                constant.elementType.isFloatingPoint
            {
                constants[output] = constant
            }
        case "Transpose":
            if let constant = try constant(node.inputs.first) {
                constants[output] = try transposed(constant, node.permutation, at: node)
            }
        case "DequantizeLinear":
            guard node.inputs.count >= 2, let weights = try constant(node.inputs[0]),
                weights.elementType == .i8 || weights.elementType == .u8, let scale = try constant(node.inputs[1])
            else { return }
            constants[output] = try dequantize(
                weights, scale, zeroPoint: try constant(node.inputs.dropFirst(2).first),
                axis: Int(truncatingIfNeeded: node.integers["axis"] ?? 1), named: weights.name)
        default: break
        }
    }

    private func transposed(
        _ tensor: StoredTensor, _ permutation: [Int64]? = nil, at node: Node
    ) throws(ModelFileError) -> StoredTensor {
        let rank = tensor.shape.count
        let order = permutation?.map { Int($0) } ?? (0..<rank).reversed()
        guard order.sorted() == Array(0..<rank) else {
            throw file.malformed(at: node.offset, "a Transpose of shape \(tensor.shape) in the order \(order)")
        }
        return try StoredTensor(
            name: tensor.name, elementType: tensor.elementType, shape: order.map { tensor.shape[$0] },
            strides: order.map { tensor.strides[$0] }, bytes: tensor.bytes, byteOffset: tensor.byteOffset)
    }

    // MARK: - Names

    private mutating func add(_ tensor: StoredTensor, named name: String) {
        guard found[name] == nil else { return }
        found[name] = tensor.renamed(name)
        order.append(name)
    }

    /// Keeps an initialiser under its own name, unless the graph has named it or it is a number that the exporter needed.
    private mutating func keep(_ tensor: ONNXTensor) throws(ModelFileError) {
        guard !named.contains(tensor.name), tensor.elementType != nil else { return }
        if let base = quantizedBase(tensor.name) {
            guard tensor.name.hasSuffix(Self.quantizedSuffix), !named.contains(base), let constant = try constant(base)
            else {
                return
            }
            if !ONNXNames.isMadeUp(base) || constant.shape.count == 2 { add(constant, named: base) }
            return
        }
        guard let constant = try constant(tensor.name) else { return }
        let isWeight = constant.elementType.isFloatingPoint && constant.shape.count >= 2
        if isWeight || !ONNXNames.isMadeUp(tensor.name) { add(constant, named: tensor.name) }
    }

    /// `X` of `X_quantized`, `X_scale` and `X_zero_point`, if the file has all that belong together.
    private func quantizedBase(_ name: String) -> String? {
        for suffix in [Self.quantizedSuffix, "_scale", "_zero_point"] where name.hasSuffix(suffix) {
            let base = String(name.dropLast(suffix.count))
            if stored[base + Self.quantizedSuffix] != nil, stored[base + "_scale"] != nil { return base }
        }
        return nil
    }

    private mutating func nameWeight(of node: Node) throws(ModelFileError) {
        guard node.inputs.count >= 2 else { return }
        switch node.operation {
        case "MatMul":
            guard let weight = try constant(node.inputs[1]), weight.shape.count == 2 else { return }
            let bias = try bias(addedTo: node.outputs.first)
            try name(weight, node.inputs[1], isTransposed: true, bias: bias, node)
        case "MatMulInteger":
            // The quantised weight by its own name: its scale is multiplied in two nodes later.
            guard let base = quantizedBase(node.inputs[1]), node.inputs[1].hasSuffix(Self.quantizedSuffix),
                let weight = try constant(base), weight.shape.count == 2
            else { return }
            let bias = try bias(addedTo: product(behind: node))
            try name(weight, base, isTransposed: true, bias: bias, node)
        case "Gemm":
            guard let weight = try constant(node.inputs[1]), weight.shape.count == 2,
                node.floats["alpha"] ?? 1 == 1, node.floats["beta"] ?? 1 == 1
            else { return }
            let isTransposed = node.integers["transB"] ?? 0 == 0
            try name(weight, node.inputs[1], isTransposed: isTransposed, bias: node.inputs.dropFirst(2).first, node)
        default: break
        }
    }

    /// Decides the name of the weight of a linear layer, and turns it to [outputs, inputs].
    ///
    /// - Parameters:
    ///   - value: its name in the graph.
    ///   - isTransposed: whether the node uses it as [inputs, outputs].
    private mutating func name(
        _ weight: StoredTensor, _ value: String, isTransposed: Bool, bias: String?, _ node: Node
    ) throws(ModelFileError) {
        let module = ONNXNames.module(ofNode: node.name, operations: ["MatMul", "Gemm"])
        let implied: String
        if !ONNXNames.isMadeUp(value) {
            // Named already. A product that uses it directly sees it from the other side than PyTorch's `weight` does.
            guard isTransposed, value.hasSuffix(".weight"),
                stored[value] != nil || quantizedBase(value + "_scale") != nil
            else {
                return
            }
            implied = value
        } else if let bias, let besideBias = ONNXNames.weight(besideBias: bias) {
            // The decoder of a masked language model has its bias one level up: then the path of the node knows better.
            if let module, bias.hasSuffix(".bias"), module + ".weight" != besideBias {
                guard !named.contains(value), found[module + ".weight"] == nil else { return }
                implied = module + ".weight"
                if let bias = try constant(bias) { add(bias, named: module + ".bias") }
            } else {
                implied = besideBias
            }
        } else if let module {
            implied = module + ".weight"
        } else {
            return
        }
        // A weight that is both embedding and product (tied) keeps its own name for the embedding.
        add(isTransposed ? try transposed(weight, at: node) : weight, named: implied)
        named.insert(value)
    }

    /// The bias that an Add joins to a value: its other operand, if that is a constant with a name.
    private mutating func bias(addedTo value: String?) throws(ModelFileError) -> String? {
        guard let value else { return nil }
        for index in consumers[value] ?? [] where graph.nodes[index].operation == "Add" {
            for input in graph.nodes[index].inputs where input != value && !ONNXNames.isMadeUp(input) {
                if let bias = try constant(input), bias.shape.count == 1 { return input }
            }
        }
        return nil
    }

    /// The float product behind an integer one: Cast, then Mul by the scales.
    private func product(behind node: Node) -> String? {
        guard let output = node.outputs.first else { return nil }
        for index in consumers[output] ?? [] where graph.nodes[index].operation == "Cast" {
            guard let cast = graph.nodes[index].outputs.first else { continue }
            for index in consumers[cast] ?? [] where graph.nodes[index].operation == "Mul" {
                return graph.nodes[index].outputs.first
            }
        }
        return nil
    }
}
