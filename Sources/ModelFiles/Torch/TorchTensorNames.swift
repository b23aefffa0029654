/// Walks what a PyTorch pickle holds and names each tensor by the way to it: `bert.encoder.layer.0.attention.self.query.weight`.
///
/// Modules may be shared and, in a hostile file, may contain themselves: the walk is bounded in depth, steps and length of names.
struct TorchTensorNames {
    private static let maximumDepth = 64
    private static let maximumSteps = 1_000_000
    private static let maximumTensors = 65_536
    private static let maximumNameLength = 1_024
    /// Keys under which training frameworks put the weights beside the state of the optimiser.
    private static let wrappers = ["state_dict", "model_state_dict", "module", "model"]

    private var reader: TorchTensorReader
    private let file: FileBytes
    private var steps = 0
    private var tensors: [StoredTensor] = []

    private init(_ reader: TorchTensorReader, in file: FileBytes) {
        self.reader = reader
        self.file = file
    }

    /// The tensors of a state dict: a dictionary from names to tensors, maybe wrapped in one that holds more.
    static func stateDict(_ reader: TorchTensorReader, in file: FileBytes) throws(ModelFileError) -> [StoredTensor] {
        var walk = TorchTensorNames(reader, in: file)
        var root = reader.tree.root
        for _ in 0..<3 {
            guard let pairs = reader.tree.pairs(of: root) else { break }
            for pair in pairs {
                guard let name = reader.tree.string(pair.key) else { continue }
                try walk.visit(pair.value, name: name, depth: maximumDepth)
            }
            if !walk.tensors.isEmpty { return walk.tensors }
            let inner = wrappers.lazy.compactMap { wrapper in
                pairs.first { reader.tree.string($0.key) == wrapper && reader.tree.pairs(of: $0.value) != nil }
            }.first
            guard let inner else { break }
            root = inner.value
        }
        throw file.failure(
            .unsupported, "the pickle holds no dictionary of tensors",
            advice: "Save the model's state_dict() with torch.save, or convert it to safetensors")
    }

    /// The tensors of a TorchScript module: attributes of attributes.
    static func module(_ reader: TorchTensorReader, in file: FileBytes) throws(ModelFileError) -> [StoredTensor] {
        var walk = TorchTensorNames(reader, in: file)
        try walk.visit(reader.tree.root, name: "", depth: 0)
        return walk.tensors
    }

    private mutating func visit(_ value: PickleTree.Reference, name: String, depth: Int) throws(ModelFileError) {
        steps += 1
        guard steps <= Self.maximumSteps, depth <= Self.maximumDepth, name.utf8.count <= Self.maximumNameLength else {
            throw file.failure(
                .limitExceeded,
                "at \(String(name.prefix(80)).debugDescription) the modules are nested in \(depth) levels after \(steps) steps; "
                    + "\(Self.maximumDepth) levels, \(Self.maximumSteps) steps and names of \(Self.maximumNameLength) bytes are read",
                advice: "The modules contain themselves or are no model: save the model's state_dict() instead")
        }
        if let tensor = try reader.tensor(value, named: name) {
            guard tensors.count < Self.maximumTensors else {
                throw file.failure(
                    .limitExceeded, "the file names more than \(Self.maximumTensors) tensors",
                    advice: "No encoder has that many: save the model's state_dict() instead")
            }
            return tensors.append(tensor)
        }
        // A state dict is flat: what is nested in it is the state of something else.
        guard depth < Self.maximumDepth else {
            if reader.tree.instance(value) == nil { return }
            throw file.failure(
                .limitExceeded, "modules are nested deeper than \(Self.maximumDepth) levels",
                advice: "The modules contain themselves or are no model: save the model's state_dict() instead")
        }
        let tree = reader.tree
        if let instance = tree.instance(value) {
            // Classes with a state of their own making (packed parameters of quantised layers) are no dictionary.
            if let state = instance.state, tree.pairs(of: state) != nil {
                try visitPairs(of: state, name: name, depth: depth)
            }
        } else if tree.pairs(of: value) != nil {
            try visitPairs(of: value, name: name, depth: depth)
        } else if let elements = tree.elements(of: value) {
            for (index, element) in elements.enumerated() {
                try visit(element, name: join(name, String(index)), depth: depth + 1)
            }
        }
    }

    private mutating func visitPairs(of value: PickleTree.Reference, name: String, depth: Int) throws(ModelFileError) {
        for pair in reader.tree.pairs(of: value) ?? [] {
            guard let key = reader.tree.string(pair.key) else { continue }
            try visit(pair.value, name: join(name, key), depth: depth + 1)
        }
    }

    private func join(_ name: String, _ key: String) -> String {
        name.isEmpty ? key : name + "." + key
    }
}
