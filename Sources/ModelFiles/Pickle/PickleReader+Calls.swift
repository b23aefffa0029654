/// Globals, calls and objects: what a pickle would have Python make.
extension PickleReader {
    mutating func pushGlobal(module: String, name: String, at start: Int) throws(ModelFileError) {
        guard PickleGlobals.role(module: module, name: name) != nil else {
            throw file.failure(
                .unsupported, at: start,
                "the pickle refers to \((module + "." + name).debugDescription), which is no part of a file of weights",
                advice:
                    "Nothing of it was run. Save only the model's state_dict(), or convert the weights to safetensors")
        }
        push(.global(module: module, name: name))
    }

    func role(of reference: PickleTree.Reference) -> PickleGlobals.Role? {
        guard case .global(let module, let name) = tree[reference] else { return nil }
        return PickleGlobals.role(module: module, name: name)
    }

    mutating func reduce(at start: Int) throws(ModelFileError) {
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
    mutating func dictionaryPairs(
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

    mutating func newObject(_ opcode: UInt8, at start: Int) throws(ModelFileError) {
        if opcode == 0x92 { _ = try pop() }  // NEWOBJ_EX: keyword arguments
        _ = try pop()  // arguments
        let type = try pop()
        switch role(of: type) {
        case .dictionary: stack.append(tree.addDictionary([]))
        case nil: throw file.malformed(at: start, "an object of what is no class")
        default: stack.append(tree.addInstance(of: type))
        }
    }

    mutating func build(at start: Int) throws(ModelFileError) {
        let state = try pop()
        let object = try top()
        if tree.setState(state, of: object) { return }
        switch tree[object] {
        // Attributes of an OrderedDict (`_metadata` of a state dict) or of a rebuilt tensor: not weights.
        case .dictionary, .call: return
        default: throw file.malformed(at: start, "BUILD on what is no object")
        }
    }
}
