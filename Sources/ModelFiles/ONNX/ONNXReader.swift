/// Reads the graph of an ONNX file: nodes and initialisers, not what runs them.
///
/// Subgraphs (If, Loop) and functions are skipped: encoders have none, and weights lie in the outer graph.
///
/// Source: `onnx/onnx.proto`, whose field numbers stand in the comments.
struct ONNXReader {
    private let file: FileBytes
    private let limits: ONNXLimits
    private var items = 0
    private var graph = ONNXGraph()

    /// ONNX allows any rank; no model has one near this.
    private static let maximumRank = 32

    /// Reads a model.
    static func read(_ file: FileBytes, limits: ONNXLimits = .standard) throws(ModelFileError) -> ONNXGraph {
        var reader = ONNXReader(file: file, limits: limits)
        try reader.readModel()
        return reader.graph
    }

    /// Whether the bytes can be an ONNX file: all writers begin with the version of the format, field 1, a small number.
    static func recognizes(_ file: FileBytes) -> Bool {
        file.withUnsafeBytes { $0.count > 2 && $0[0] == 0x08 && $0[1] > 0 && $0[1] < 0x40 }
    }

    private init(file: FileBytes, limits: ONNXLimits) {
        self.file = file
        self.limits = limits
    }

    private mutating func count(_ field: ProtobufReader.Field) throws(ModelFileError) {
        items += 1
        guard items <= limits.maximumItems else {
            throw file.failure(
                .limitExceeded, at: field.offset,
                "the graph has more nodes, operands and attributes than the limit of \(limits.maximumItems)",
                advice: "No text encoder needs that many: convert it to safetensors if you trust it")
        }
    }

    /// ModelProto.
    private mutating func readModel() throws(ModelFileError) {
        var model = ProtobufReader(file)
        var hasGraph = false
        var producer: [String] = []
        while let field = try model.next() {
            switch (field.number, field.value) {
            case (2, .bytes(let name, _)), (3, .bytes(let name, _)): producer.append(name.repairedText)
            case (7, .bytes(let bytes, let offset)):
                hasGraph = true
                try readGraph(bytes, at: offset)
            default: break
            }
        }
        guard hasGraph else {
            throw file.failure(
                .malformed, "the file has no graph", advice: "This is no ONNX model, or it is damaged: export it again")
        }
        graph.producer = producer.joined(separator: " ")
    }

    /// GraphProto.
    private mutating func readGraph(_ bytes: FileBytes, at base: Int) throws(ModelFileError) {
        var message = ProtobufReader(bytes, at: base)
        while let field = try message.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let bytes, let offset)):
                try count(field)
                graph.nodes.append(try readNode(bytes, at: offset))
            case (5, .bytes(let bytes, let offset)):
                try count(field)
                graph.initializers.append(try readTensor(bytes, at: offset))
            case (15, .bytes):
                throw file.failure(
                    .unsupported, at: field.offset, "the graph has sparse initialisers",
                    advice: "Export the model with dense weights")
            default: break
            }
        }
    }

    /// NodeProto.
    private mutating func readNode(_ bytes: FileBytes, at base: Int) throws(ModelFileError) -> ONNXGraph.Node {
        var message = ProtobufReader(bytes, at: base)
        var node = ONNXGraph.Node()
        node.offset = base
        while let field = try message.next() {
            guard case .bytes(let bytes, let offset) = field.value else { continue }
            switch field.number {
            case 1:
                try count(field)
                node.inputs.append(bytes.repairedText)
            case 2:
                try count(field)
                node.outputs.append(bytes.repairedText)
            case 3: node.name = bytes.repairedText
            case 4: node.operation = bytes.repairedText
            case 5:
                try count(field)
                try readAttribute(bytes, at: offset, into: &node)
            case 7: node.domain = bytes.repairedText
            default: break
            }
        }
        return node
    }

    /// AttributeProto.
    private mutating func readAttribute(
        _ bytes: FileBytes, at base: Int, into node: inout ONNXGraph.Node
    ) throws(ModelFileError) {
        var message = ProtobufReader(bytes, at: base)
        var name = ""
        var integers: [Int64] = []
        while let field = try message.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let bytes, _)): name = bytes.repairedText
            case (2, .fixed32(let bits)): node.floats[name] = Float(bitPattern: bits)
            case (3, .varint(let value)): node.integers[name] = Int64(bitPattern: value)
            case (5, .bytes(let bytes, let offset)) where node.operation == "Constant" && name == "value":
                node.constant = try readTensor(bytes, at: offset)
            case (8, _) where name == "perm":
                try readIntegers(field, in: message) { integers.append($0) }
                guard integers.count <= Self.maximumRank else {
                    throw message.malformed(field, "a permutation of more than \(Self.maximumRank) dimensions")
                }
            default: break
            }
        }
        if name == "perm" { node.permutation = integers }
    }

    /// TensorProto.
    private mutating func readTensor(_ bytes: FileBytes, at base: Int) throws(ModelFileError) -> ONNXTensor {
        var message = ProtobufReader(bytes, at: base)
        var tensor = ONNXTensor()
        tensor.offset = base
        var external: [String: String] = [:]
        var isExternal = false
        var raw: FileBytes?
        var varints: (chunks: [FileBytes], single: [UInt64]) = ([], [])
        var fixed: (chunks: [FileBytes], single: [UInt8]) = ([], [])
        while let field = try message.next() {
            switch (field.number, field.value) {
            case (1, _):
                var dimensions = tensor.dimensions
                try readIntegers(field, in: message) { dimensions.append(Int($0)) }
                guard dimensions.count <= Self.maximumRank, dimensions.allSatisfy({ $0 >= 0 }) else {
                    throw message.malformed(
                        field, "a tensor of negative size or of more than \(Self.maximumRank) dimensions")
                }
                tensor.dimensions = dimensions
            case (2, .varint(let type)): tensor.dataType = Int(truncatingIfNeeded: type)
            case (3, _): throw message.malformed(field, "a tensor in segments, which no reader of ONNX supports")
            case (8, .bytes(let name, _)): tensor.name = name.repairedText
            case (9, .bytes(let data, _)): raw = data
            // float_data and double_data
            case (4, .bytes(let data, _)), (10, .bytes(let data, _)):
                guard fixed.single.isEmpty else {
                    throw message.malformed(field, "a tensor mixes packed and single numbers")
                }
                try count(field)
                fixed.chunks.append(data)
            case (4, .fixed32(let bits)): withUnsafeBytes(of: bits.littleEndian) { fixed.single.append(contentsOf: $0) }
            case (10, .fixed64(let bits)):
                withUnsafeBytes(of: bits.littleEndian) { fixed.single.append(contentsOf: $0) }
            // int32_data, int64_data and uint64_data
            case (5, .bytes(let data, _)), (7, .bytes(let data, _)), (11, .bytes(let data, _)):
                guard varints.single.isEmpty else {
                    throw message.malformed(field, "a tensor mixes packed and single numbers")
                }
                try count(field)
                varints.chunks.append(data)
            case (5, .varint(let value)), (7, .varint(let value)), (11, .varint(let value)):
                varints.single.append(value)
            case (13, .bytes(let entry, let offset)):
                try count(field)
                try readEntry(entry, at: offset, into: &external)
            case (14, .varint(let location)): isExternal = location == 1
            default: break
            }
        }
        tensor.elements =
            if isExternal { .external(external) } else if let raw {
                .raw(raw)
            } else if !varints.chunks.isEmpty
                || !varints.single.isEmpty
            {
                .varints(chunks: varints.chunks, single: varints.single)
            } else if !fixed.chunks.isEmpty || !fixed.single.isEmpty {
                .fixed(chunks: fixed.chunks, single: fixed.single)
            } else { .none }
        return tensor
    }

    /// StringStringEntryProto.
    private func readEntry(
        _ bytes: FileBytes, at base: Int, into entries: inout [String: String]
    ) throws(ModelFileError) {
        var message = ProtobufReader(bytes, at: base)
        var key = ""
        var value = ""
        while let field = try message.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let text, _)): key = text.repairedText
            case (2, .bytes(let text, _)): value = text.repairedText
            default: break
            }
        }
        entries[key] = value
    }

    /// A repeated integer field: one number, or packed ones.
    private func readIntegers(
        _ field: ProtobufReader.Field, in message: ProtobufReader, _ body: (Int64) -> Void
    ) throws(ModelFileError) {
        switch field.value {
        case .varint(let value): body(Int64(bitPattern: value))
        case .bytes(let packed, _):
            let isComplete = packed.withUnsafeBytes { bytes in
                var position = 0
                while position < bytes.count {
                    let (value, length) = ProtobufReader.varint(bytes, at: position)
                    guard length > 0 else { return false }
                    body(Int64(bitPattern: value))
                    position += length
                }
                return true
            }
            guard isComplete else { throw message.malformed(field, "the last of the packed numbers is cut off") }
        default: throw message.malformed(field, "field \(field.number) should hold whole numbers")
        }
    }
}
