import ModelFiles

/// An ONNX file to be: nodes, initialisers, inputs and outputs of one graph.
///
/// Source: `onnx/onnx.proto`, whose field numbers stand in the comments.
struct ONNXModel {
    /// The operator set: the oldest with all that is used, so that old runtimes read it as well.
    static let operatorSet = 14
    /// The version of the format that came with it (ONNX 1.9).
    private static let formatVersion = 7
    /// A protobuf message has less than 2 GiB.
    static let largest = Int(Int32.max)

    enum Attribute {
        case integer(Int)
        case integers([Int])
        case float(Float)
    }

    struct Node {
        var operation: String
        var name: String
        var inputs: [String]
        var output: String
        var attributes: [(name: String, value: Attribute)]
    }

    /// A tensor of a graph's input or output: sizes that vary have names.
    struct Value {
        enum Size {
            case fixed(Int)
            case varying(String)
        }

        enum Element: Int {
            case float = 1
            case int64 = 7
        }

        var name: String
        var element: Element
        var shape: [Size]
    }

    var name: String
    var nodes: [Node] = []
    var inputs: [Value] = []
    var outputs: [Value] = []
    /// Weights.
    var tensors: [ExportedTensor] = []
    /// Small constants: whole numbers, as scalars or lists.
    var integers: [(name: String, values: [Int], isScalar: Bool)] = []
    /// Small constants: numbers.
    var floats: [(name: String, value: Float)] = []

    // MARK: Bytes

    /// A part of the file.
    private enum Part {
        case bytes([UInt8])
        case tensor(ExportedTensor)

        var count: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .tensor(let tensor): tensor.count * 4
            }
        }
    }

    /// Gives the bytes of the file in order.
    func forEachPart<Failure>(_ use: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        for part in parts {
            switch part {
            case .bytes(let bytes):
                try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in try use(UnsafeRawBufferPointer(bytes)) }
            case .tensor(let tensor):
                try tensor.forEachPart { (bytes) throws(Failure) in try use(bytes) }
            }
        }
    }

    /// The size of the file.
    var byteCount: Int { parts.reduce(0) { $0 + $1.count } }

    private var parts: [Part] {
        let graph = graphParts
        var model = ProtobufWriter()
        // ModelProto: ir_version, producer_name, opset_import, graph.
        model.integer(1, Self.formatVersion)
        model.text(2, "needletail")
        model.message(8) { $0.integer(2, Self.operatorSet) }
        model.begin(7, count: graph.reduce(0) { $0 + $1.count })
        return [.bytes(model.bytes)] + graph
    }

    /// GraphProto.
    private var graphParts: [Part] {
        var head = ProtobufWriter()
        for node in nodes { head.message(1) { Self.write(node, into: &$0) } }
        head.text(2, name)
        for constant in integers {
            head.message(5) { writer in
                if !constant.isScalar { writer.integer(1, constant.values.count) }
                writer.integer(2, Value.Element.int64.rawValue)
                writer.text(8, constant.name)
                writer.message(
                    9, constant.values.flatMap { value in withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) } }
                )
            }
        }
        for constant in floats {
            head.message(5) { writer in
                writer.integer(2, Value.Element.float.rawValue)
                writer.text(8, constant.name)
                writer.message(9, withUnsafeBytes(of: constant.value.bitPattern.littleEndian) { Array($0) })
            }
        }
        for value in inputs { head.message(11) { Self.write(value, into: &$0) } }
        for value in outputs { head.message(12) { Self.write(value, into: &$0) } }
        var parts = [Part.bytes(head.bytes)]
        for tensor in tensors {
            // TensorProto: dims, data_type, name, raw_data.
            var inner = ProtobufWriter()
            for size in tensor.shape { inner.integer(1, size) }
            inner.integer(2, Value.Element.float.rawValue)
            inner.text(8, tensor.name)
            inner.begin(9, count: tensor.count * 4)
            var outer = ProtobufWriter()
            outer.begin(5, count: inner.bytes.count + tensor.count * 4)
            parts.append(.bytes(outer.bytes + inner.bytes))
            parts.append(.tensor(tensor))
        }
        return parts
    }

    /// NodeProto.
    private static func write(_ node: Node, into writer: inout ProtobufWriter) {
        for input in node.inputs { writer.text(1, input) }
        writer.text(2, node.output)
        writer.text(3, node.name)
        writer.text(4, node.operation)
        for (name, value) in node.attributes {
            // AttributeProto: name, the value, type.
            writer.message(5) { writer in
                writer.text(1, name)
                switch value {
                case .float(let value):
                    writer.float(2, value)
                    writer.integer(20, 1)
                case .integer(let value):
                    writer.integer(3, value)
                    writer.integer(20, 2)
                case .integers(let values):
                    for value in values { writer.integer(8, value) }
                    writer.integer(20, 7)
                }
            }
        }
    }

    /// ValueInfoProto, with its TypeProto and TensorShapeProto.
    private static func write(_ value: Value, into writer: inout ProtobufWriter) {
        writer.text(1, value.name)
        writer.message(2) { type in
            type.message(1) { tensor in
                tensor.integer(1, value.element.rawValue)
                tensor.message(2) { shape in
                    for size in value.shape {
                        shape.message(1) { dimension in
                            switch size {
                            case .fixed(let count): dimension.integer(1, count)
                            case .varying(let name): dimension.text(2, name)
                            }
                        }
                    }
                }
            }
        }
    }
}
