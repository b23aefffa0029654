/// Interprets the opcodes of a pickle (protocols 0 to 5) and keeps what they say as a ``PickleTree``.
///
/// Nothing is executed.
///
/// Memory is bounded by the number of opcodes, which ``PickleLimits`` and the length of the file bound; the interpreter does
/// not recurse, so nesting costs no stack.
///
/// Source: `Lib/pickletools.py` of CPython 3.12, the opcodes' reference.
package struct PickleReader {
    let file: FileBytes
    let limits: PickleLimits
    var position: Int
    var operations = 0
    var tree = PickleTree()
    var stack: [PickleTree.Reference] = []
    /// For each open MARK the height of the stack at that point.
    var marks: [Int] = []
    var memo: [UInt32: PickleTree.Reference] = [:]

    private init(_ file: FileBytes, at offset: Int, limits: PickleLimits) {
        self.file = file
        self.limits = limits
        position = offset
    }

    /// Reads the pickle that begins at `offset`; ``PickleTree/end`` says where it ends.
    package static func read(
        _ file: FileBytes, at offset: Int = 0, limits: PickleLimits = .standard
    ) throws(ModelFileError) -> PickleTree {
        var reader = PickleReader(file, at: offset, limits: limits)
        while try reader.step() {}
        return reader.tree
    }

    // MARK: - The stack

    mutating func push(_ node: PickleTree.Node) {
        stack.append(tree.add(node))
    }

    mutating func pop() throws(ModelFileError) -> PickleTree.Reference {
        guard stack.count > (marks.last ?? 0), let top = stack.popLast() else {
            throw file.malformed(at: position - 1, "an opcode takes a value from an empty stack")
        }
        return top
    }

    func top() throws(ModelFileError) -> PickleTree.Reference {
        guard stack.count > (marks.last ?? 0), let top = stack.last else {
            throw file.malformed(at: position - 1, "an opcode looks at an empty stack")
        }
        return top
    }

    mutating func popToMark() throws(ModelFileError) -> [PickleTree.Reference] {
        guard let mark = marks.popLast() else { throw file.malformed(at: position - 1, "an opcode without its MARK") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    mutating func popPairsToMark() throws(ModelFileError) -> [(
        key: PickleTree.Reference, value: PickleTree.Reference
    )] {
        let flat = try popToMark()
        guard flat.count % 2 == 0 else {
            throw file.malformed(at: position - 1, "a dictionary has a key without a value")
        }
        return stride(from: 0, to: flat.count, by: 2).map { (flat[$0], flat[$0 + 1]) }
    }

    mutating func pushTuple(_ count: Int) throws(ModelFileError) {
        var elements: [PickleTree.Reference] = []
        for _ in 0..<count { elements.append(try pop()) }
        push(.tuple(elements.reversed()))
    }

    func recall(_ index: UInt32) throws(ModelFileError) -> PickleTree.Reference {
        guard let value = memo[index] else {
            throw file.malformed(at: position - 1, "a pickle refers to value \(index), which it has not stored")
        }
        return value
    }

    mutating func takeMemoIndex() throws(ModelFileError) -> UInt32 {
        let start = position
        guard let index = UInt32(try takeLine()) else { throw file.malformed(at: start, "a memo index is no number") }
        return index
    }

    // MARK: - Opcodes

    /// Carries out one opcode.
    ///
    /// False after STOP.
    mutating func step() throws(ModelFileError) -> Bool {
        let start = position
        operations += 1
        try checkOperations(at: start)
        let opcode = try take(UInt8.self)
        switch opcode {
        case 0x80:  // PROTO
            let version = try take(UInt8.self)
            guard version <= 5 else {
                throw file.failure(
                    .unsupported, at: start, "pickle protocol \(version)",
                    advice: "Protocols 0 to 5 are read: save the model with torch.save's default")
            }
        case 0x95: _ = try takeCount64()  // FRAME: a hint for buffering
        case UInt8(ascii: "."):  // STOP
            tree.root = try pop()
            tree.end = position
            return false
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"):  // POP, which also removes a MARK
            if let mark = marks.last, stack.count == mark { marks.removeLast() } else { _ = try pop() }
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "2"): stack.append(try top())
        case UInt8(ascii: "Q"): push(.persistent(try pop()))
        case UInt8(ascii: "P"):
            let id = tree.add(.string(try takeLine()))
            push(.persistent(id))
        case UInt8(ascii: "R"): try reduce(at: start)
        case 0x81, 0x92: try newObject(opcode, at: start)
        case UInt8(ascii: "b"): try build(at: start)
        case UInt8(ascii: "c"):
            let module = try takeLine()
            try pushGlobal(module: module, name: try takeLine(), at: start)
        case 0x93:  // STACK_GLOBAL
            let name = try pop()
            let module = try pop()
            guard let module = tree.string(module), let name = tree.string(name) else {
                throw file.malformed(at: start, "a global whose name is no text")
            }
            try pushGlobal(module: module, name: name, at: start)
        default:
            if try pushScalar(opcode, at: start) { break }
            if try stepContainer(opcode, at: start) { break }
            guard try stepMemo(opcode) else {
                throw file.failure(
                    .unsupported, at: start,
                    "pickle opcode 0x\(String(opcode, radix: 16)) has no place in a file of weights",
                    advice: "Save the model's state_dict() with torch.save, or convert it to safetensors")
            }
        }
        return true
    }

    func checkOperations(at start: Int) throws(ModelFileError) {
        guard operations <= limits.maximumOperations else {
            throw file.failure(
                .limitExceeded, at: start,
                "the pickle has more opcodes than the limit of \(limits.maximumOperations)",
                advice: "No checkpoint of weights needs that many: convert it to safetensors if you trust it")
        }
    }

    /// Opcodes that push one plain value.
    mutating func pushScalar(_ opcode: UInt8, at start: Int) throws(ModelFileError) -> Bool {
        switch opcode {
        case UInt8(ascii: "N"): push(.none)
        case 0x88: push(.bool(true))
        case 0x89: push(.bool(false))
        case UInt8(ascii: "J"): push(.integer(Int(try take(Int32.self))))
        case UInt8(ascii: "K"): push(.integer(Int(try take(UInt8.self))))
        case UInt8(ascii: "M"): push(.integer(Int(try take(UInt16.self))))
        case 0x8A: push(try takeLong(count: Int(try take(UInt8.self))))
        case 0x8B: push(try takeLong(count: Int(try take(Int32.self))))
        case UInt8(ascii: "I"):
            let text = try takeLine()
            // Protocol 0 writes booleans as these two numbers.
            push(text == "01" ? .bool(true) : text == "00" ? .bool(false) : try decimal(text, at: start))
        case UInt8(ascii: "L"):
            let text = try takeLine()
            push(try decimal(text.hasSuffix("L") ? String(text.dropLast()) : text, at: start))
        case UInt8(ascii: "G"): push(.float(Double(bitPattern: try take(UInt64.self).byteSwapped)))
        case UInt8(ascii: "F"):
            guard let value = Double(try takeLine()) else {
                throw file.malformed(at: start, "a float of a pickle is no number")
            }
            push(.float(value))
        case UInt8(ascii: "X"): push(try takeText(count: Int(try take(UInt32.self))))
        case 0x8C: push(try takeText(count: Int(try take(UInt8.self))))
        case 0x8D: push(try takeText(count: try takeCount64()))
        // Python 2's str: names of old checkpoints.
        case UInt8(ascii: "U"): push(try takeText(count: Int(try take(UInt8.self))))
        case UInt8(ascii: "T"): push(try takeText(count: Int(try take(Int32.self))))
        case UInt8(ascii: "V"): push(.string(try takeLine()))
        case UInt8(ascii: "S"): push(.string(try takeQuoted(at: start)))
        case UInt8(ascii: "C"): push(try takeBytes(count: Int(try take(UInt8.self))))
        case UInt8(ascii: "B"): push(try takeBytes(count: Int(try take(UInt32.self))))
        case 0x8E, 0x96: push(try takeBytes(count: try takeCount64()))
        default: return false
        }
        return true
    }

    /// Opcodes that make or fill tuples, lists, dictionaries and sets.
    mutating func stepContainer(_ opcode: UInt8, at start: Int) throws(ModelFileError) -> Bool {
        switch opcode {
        case UInt8(ascii: ")"): push(.tuple([]))
        case UInt8(ascii: "t"): push(.tuple(try popToMark()))
        case 0x85, 0x86, 0x87: try pushTuple(Int(opcode) - 0x84)
        case UInt8(ascii: "]"), 0x8F: stack.append(tree.addList([]))
        case UInt8(ascii: "l"), 0x91: stack.append(tree.addList(try popToMark()))
        case UInt8(ascii: "}"): stack.append(tree.addDictionary([]))
        case UInt8(ascii: "d"): stack.append(tree.addDictionary(try popPairsToMark()))
        // What is changed is looked up first: reading the reader while its tree changes would copy the tree.
        case UInt8(ascii: "a"):
            let element = try pop()
            let list = try top()
            let isList = tree.append(CollectionOfOne(element), to: list)
            try require(isList, "APPEND to what is no list", at: start)
        case UInt8(ascii: "e"), 0x90:
            let elements = try popToMark()
            let list = try top()
            let isList = tree.append(elements, to: list)
            try require(isList, "APPENDS to what is no list", at: start)
        case UInt8(ascii: "s"):
            let value = try pop()
            let key = try pop()
            let dictionary = try top()
            let isDictionary = tree.append(pairs: [(key, value)], to: dictionary)
            try require(isDictionary, "SETITEM on what is no dictionary", at: start)
        case UInt8(ascii: "u"):
            let pairs = try popPairsToMark()
            let dictionary = try top()
            let isDictionary = tree.append(pairs: pairs, to: dictionary)
            try require(isDictionary, "SETITEMS on what is no dictionary", at: start)
        default: return false
        }
        return true
    }

    /// Opcodes that store and recall values.
    mutating func stepMemo(_ opcode: UInt8) throws(ModelFileError) -> Bool {
        switch opcode {
        case UInt8(ascii: "q"): memo[UInt32(try take(UInt8.self))] = try top()
        case UInt8(ascii: "r"): memo[try take(UInt32.self)] = try top()
        case UInt8(ascii: "p"): memo[try takeMemoIndex()] = try top()
        case 0x94: memo[UInt32(memo.count)] = try top()
        case UInt8(ascii: "h"): stack.append(try recall(UInt32(try take(UInt8.self))))
        case UInt8(ascii: "j"): stack.append(try recall(try take(UInt32.self)))
        case UInt8(ascii: "g"): stack.append(try recall(try takeMemoIndex()))
        default: return false
        }
        return true
    }
}
