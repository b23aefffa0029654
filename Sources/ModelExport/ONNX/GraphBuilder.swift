import Tensors

/// Builds a graph node by node; each operation returns the name of its value.
///
/// Names are those of PyTorch's exporter: a path of the modules, then the operation, so that tools show which layer a node belongs to.
struct GraphBuilder {
    private(set) var model: ONNXModel
    private var scope: [String] = []
    private var uses: [String: Int] = [:]
    private var known: Set<String> = []
    private let weights: [String: ExportedTensor]

    /// - Parameter weights: The tensors that the graph may use; those that it does are written.
    init(name: String, weights: [ExportedTensor]) {
        model = ONNXModel(name: name)
        self.weights = Dictionary(weights.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Graph

    mutating func input(_ name: String) -> String {
        model.inputs.append(
            ONNXModel.Value(name: name, element: .int64, shape: [.varying("batch"), .varying("sequence")]))
        return name
    }

    /// Names a value as the graph's output.
    mutating func output(_ value: String, _ name: String, shape: [ONNXModel.Value.Size]) {
        model.nodes.append(
            ONNXModel.Node(operation: "Identity", name: "/" + name, inputs: [value], output: name, attributes: []))
        model.outputs.append(ONNXModel.Value(name: name, element: .float, shape: shape))
    }

    /// Operations inside are named by this part of the path.
    mutating func inside<Result>(_ part: String, _ build: (inout GraphBuilder) -> Result) -> Result {
        scope.append(part)
        defer { scope.removeLast() }
        return build(&self)
    }

    // MARK: Constants

    mutating func weight(_ name: String) -> String {
        if known.insert(name).inserted {
            guard let tensor = weights[name] else { preconditionFailure("\(name) is not among the weights") }
            model.tensors.append(tensor)
        }
        return name
    }

    mutating func integer(_ value: Int) -> String {
        let name = "integer.\(value)"
        if known.insert(name).inserted { model.integers.append((name, [value], true)) }
        return name
    }

    mutating func integers(_ values: [Int], name: String? = nil) -> String {
        let name = name ?? "integers." + values.map(String.init).joined(separator: ".")
        if known.insert(name).inserted { model.integers.append((name, values, false)) }
        return name
    }

    mutating func number(_ value: Float) -> String {
        let name = "number.\(value)"
        if known.insert(name).inserted { model.floats.append((name, value)) }
        return name
    }

    // MARK: Operations

    mutating func apply(
        _ operation: String, _ inputs: String..., with attributes: (name: String, value: ONNXModel.Attribute)...
    ) -> String {
        let path = (scope.isEmpty ? "" : "/" + scope.joined(separator: "/")) + "/" + operation
        let use = uses[path, default: 0]
        uses[path] = use + 1
        let name = use == 0 ? path : "\(path)_\(use)"
        let output = name + "_output_0"
        model.nodes.append(
            ONNXModel.Node(operation: operation, name: name, inputs: inputs, output: output, attributes: attributes))
        return output
    }

    /// x W^T + b; `name.weight` is [outputs][inputs], as PyTorch stores it.
    mutating func linear(_ x: String, _ name: String) -> String {
        let matrix = weight(name + ".weight")
        let bias = weight(name + ".bias")
        return inside(Self.path(name)) { graph in graph.product(x, transposed: matrix, bias: bias) }
    }

    /// x W^T + b.
    mutating func product(_ x: String, transposed weight: String, bias: String) -> String {
        let turned = apply("Transpose", weight, with: ("perm", .integers([1, 0])))
        return apply("Add", apply("MatMul", x, turned), bias)
    }

    /// The operator of its own is newer than the operator set.
    mutating func layerNorm(_ x: String, _ name: String, epsilon: Float) -> String {
        let gamma = weight(name + ".weight")
        let beta = weight(name + ".bias")
        return inside(Self.path(name)) { graph in
            let axes = ("axes", ONNXModel.Attribute.integers([-1]))
            let centred = graph.apply("Sub", x, graph.apply("ReduceMean", x, with: axes))
            let squared = graph.apply("Pow", centred, graph.number(2))
            let variance = graph.apply("ReduceMean", squared, with: axes)
            let deviation = graph.apply("Sqrt", graph.apply("Add", variance, graph.number(epsilon)))
            let normal = graph.apply("Div", centred, deviation)
            return graph.apply("Add", graph.apply("Mul", normal, gamma), beta)
        }
    }

    /// The path of a module, in one part.
    private static func path(_ name: String) -> String {
        var path = ""
        for part in name.split(separator: ".") {
            // Numbers belong to the list before them: `layer.0`.
            let isNumber = part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            path += (path.isEmpty ? "" : isNumber ? "." : "/") + part
        }
        return path
    }
}
