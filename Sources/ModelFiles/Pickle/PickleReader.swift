/// Interprets the opcodes of a pickle (protocols 0 to 5) and keeps what they say as a ``PickleTree``.
///
/// Nothing is executed.
///
/// Memory is bounded by the number of opcodes, which ``PickleLimits`` and the length of the file bound; the interpreter does
/// not recurse, so nesting costs no stack.
///
/// Source: `Lib/pickletools.py` of CPython 3.12, the opcodes' reference.
package struct PickleReader {
    private let file: FileBytes
    private let limits: PickleLimits
    private var position: Int
    private var operations = 0
    private var tree = PickleTree()
    private var stack: [PickleTree.Reference] = []
    /// For each open MARK the height of the stack at that point.
    private var marks: [Int] = []
    private var memo: [UInt32: PickleTree.Reference] = [:]

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

    // MARK: - Reading the stream

    private var what: String { "a pickle" }

    private mutating func take<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(ModelFileError)
        -> Value
    {
        let value = try file.integer(Value.self, at: position, of: what)
        position += MemoryLayout<Value>.size
        return value
    }

    private mutating func take(count: Int) throws(ModelFileError) -> FileBytes {
        let slice = try file.slice(at: position, count: count, of: what)
        position += count
        return slice
    }

    private mutating func takeCount64() throws(ModelFileError) -> Int {
        let start = position
        guard let count = Int(exactly: try take(UInt64.self)) else {
            throw file.malformed(at: start, "a pickle claims a value of more than 2^63 bytes")
        }
        return count
    }

    /// The bytes up to the next line feed, which is consumed.
    private mutating func takeLine() throws(ModelFileError) -> String {
        let start = position
        let length = file.withUnsafeBytes { $0[start...].firstIndex(of: 0x0A).map { $0 - start } }
        guard let length else { throw file.malformed(at: start, "a text argument of a pickle has no end") }
        defer { position += 1 }
        return try take(count: length).repairedText
    }

    private mutating func takeText(count: Int) throws(ModelFileError) -> PickleTree.Node {
        // Python writes lone surrogates as three bytes that are not UTF-8; they become U+FFFD.
        .string(try take(count: count).repairedText)
    }

    // MARK: - The stack

    private mutating func push(_ node: PickleTree.Node) {
        stack.append(tree.add(node))
    }

    private mutating func pop() throws(ModelFileError) -> PickleTree.Reference {
        guard stack.count > (marks.last ?? 0), let top = stack.popLast() else {
            throw file.malformed(at: position - 1, "an opcode takes a value from an empty stack")
        }
        return top
    }

    private func top() throws(ModelFileError) -> PickleTree.Reference {
        guard stack.count > (marks.last ?? 0), let top = stack.last else {
            throw file.malformed(at: position - 1, "an opcode looks at an empty stack")
        }
        return top
    }

    private mutating func popToMark() throws(ModelFileError) -> [PickleTree.Reference] {
        guard let mark = marks.popLast() else { throw file.malformed(at: position - 1, "an opcode without its MARK") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func popPairsToMark() throws(ModelFileError) -> [(
        key: PickleTree.Reference, value: PickleTree.Reference
    )] {
        let flat = try popToMark()
        guard flat.count % 2 == 0 else {
            throw file.malformed(at: position - 1, "a dictionary has a key without a value")
        }
        return stride(from: 0, to: flat.count, by: 2).map { (flat[$0], flat[$0 + 1]) }
    }

    private mutating func pushTuple(_ count: Int) throws(ModelFileError) {
        var elements: [PickleTree.Reference] = []
        for _ in 0..<count { elements.append(try pop()) }
        push(.tuple(elements.reversed()))
    }

    private func recall(_ index: UInt32) throws(ModelFileError) -> PickleTree.Reference {
        guard let value = memo[index] else {
            throw file.malformed(at: position - 1, "a pickle refers to value \(index), which it has not stored")
        }
        return value
    }

    private mutating func takeMemoIndex() throws(ModelFileError) -> UInt32 {
        let start = position
        guard let index = UInt32(try takeLine()) else { throw file.malformed(at: start, "a memo index is no number") }
        return index
    }

    // MARK: - Opcodes

    /// Carries out one opcode.
    ///
    /// False after STOP.
    private mutating func step() throws(ModelFileError) -> Bool {
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

    private func checkOperations(at start: Int) throws(ModelFileError) {
        guard operations <= limits.maximumOperations else {
            throw file.failure(
                .limitExceeded, at: start,
                "the pickle has more opcodes than the limit of \(limits.maximumOperations)",
                advice: "No checkpoint of weights needs that many: convert it to safetensors if you trust it")
        }
    }

    /// Opcodes that push one plain value.
    private mutating func pushScalar(_ opcode: UInt8, at start: Int) throws(ModelFileError) -> Bool {
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
    private mutating func stepContainer(_ opcode: UInt8, at start: Int) throws(ModelFileError) -> Bool {
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
    private mutating func stepMemo(_ opcode: UInt8) throws(ModelFileError) -> Bool {
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

    // MARK: - Globals, calls and objects

    private mutating func pushGlobal(module: String, name: String, at start: Int) throws(ModelFileError) {
        guard PickleGlobals.role(module: module, name: name) != nil else {
            throw file.failure(
                .unsupported, at: start,
                "the pickle refers to \((module + "." + name).debugDescription), which is no part of a file of weights",
                advice:
                    "Nothing of it was run. Save only the model's state_dict(), or convert the weights to safetensors")
        }
        push(.global(module: module, name: name))
    }

    private func role(of reference: PickleTree.Reference) -> PickleGlobals.Role? {
        guard case .global(let module, let name) = tree[reference] else { return nil }
        return PickleGlobals.role(module: module, name: name)
    }

    private mutating func reduce(at start: Int) throws(ModelFileError) {
        let arguments = try pop()
        let function = try pop()
        guard case .tuple(let values) = tree[arguments] else {
            throw file.malformed(at: start, "a call whose arguments are no tuple")
        }
        switch role(of: function) {
        case .dictionary:
            guard let source = values.first else { return stack.append(tree.addDictionary([])) }
            stack.append(tree.addDictionary(try dictionaryPairs(from: source, at: start)))
        case .passesFirstArgument:
            guard let first = values.first else { throw file.malformed(at: start, "a call without its argument") }
            stack.append(first)
        case .stateHolder, .opaque: push(.call(function: function, arguments: arguments))
        case nil: throw file.malformed(at: start, "a call of what is no function")
        }
    }

    /// `OrderedDict([(key, value), …])`.
    private mutating func dictionaryPairs(
        from source: PickleTree.Reference, at start: Int
    ) throws(ModelFileError) -> [(key: PickleTree.Reference, value: PickleTree.Reference)] {
        var pairs: [(key: PickleTree.Reference, value: PickleTree.Reference)] = []
        let elements = tree.elements(of: source) ?? []
        // Copies of one long list, again and again, must not cost more than the limit either.
        operations += elements.count
        try checkOperations(at: start)
        for element in elements {
            guard let pair = tree.elements(of: element), pair.count == 2 else {
                throw file.malformed(at: start, "an OrderedDict is made of something else than pairs")
            }
            pairs.append((pair[0], pair[1]))
        }
        return pairs
    }

    private mutating func newObject(_ opcode: UInt8, at start: Int) throws(ModelFileError) {
        if opcode == 0x92 { _ = try pop() }  // NEWOBJ_EX: keyword arguments
        _ = try pop()  // arguments
        let type = try pop()
        switch role(of: type) {
        case .dictionary: stack.append(tree.addDictionary([]))
        case nil: throw file.malformed(at: start, "an object of what is no class")
        default: stack.append(tree.addInstance(of: type))
        }
    }

    private mutating func build(at start: Int) throws(ModelFileError) {
        let state = try pop()
        let object = try top()
        if tree.setState(state, of: object) { return }
        switch tree[object] {
        // Attributes of an OrderedDict (`_metadata` of a state dict) or of a rebuilt tensor: not weights.
        case .dictionary, .call: return
        default: throw file.malformed(at: start, "BUILD on what is no object")
        }
    }

    // MARK: - Arguments

    private func require(_ condition: Bool, _ reason: String, at start: Int) throws(ModelFileError) {
        guard condition else { throw file.malformed(at: start, reason) }
    }

    private func decimal(_ text: String, at start: Int) throws(ModelFileError) -> PickleTree.Node {
        if let value = Int(text) { return .integer(value) }
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw file.malformed(at: start, "an integer of a pickle is no number")
        }
        return .hugeInteger
    }

    /// Two's complement, little endian, as many bytes as it needs.
    private mutating func takeLong(count: Int) throws(ModelFileError) -> PickleTree.Node {
        let bytes = try take(count: count)
        guard count <= 8 else { return .hugeInteger }
        return bytes.withUnsafeBytes { bytes in
            var value: Int64 = (bytes.last ?? 0) & 0x80 != 0 ? -1 : 0
            for byte in bytes.reversed() { value = value << 8 | Int64(byte) }
            return .integer(Int(value))
        }
    }

    private mutating func takeBytes(count: Int) throws(ModelFileError) -> PickleTree.Node {
        let start = position
        _ = try take(count: count)
        return .bytes(start..<position)
    }

    /// Protocol 0 strings are Python literals.
    ///
    /// Names of tensors need no escapes; others are kept as they are.
    private mutating func takeQuoted(at start: Int) throws(ModelFileError) -> String {
        let text = try takeLine()
        guard let quote = text.utf8.first, quote == text.utf8.last, text.utf8.count >= 2,
            quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
        else { throw file.malformed(at: start, "a string of a pickle has no quotes") }
        return String(text.dropFirst().dropLast())
    }
}
