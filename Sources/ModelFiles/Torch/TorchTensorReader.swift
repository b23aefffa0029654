/// Turns the calls by which a pickle would rebuild tensors into descriptions of where their elements lie.
///
/// Source: `torch/_utils.py` (`_rebuild_tensor_v2` and its kin), `torch/serialization.py` (`persistent_id`).
struct TorchTensorReader {
    let tree: PickleTree
    private let file: FileBytes
    private var storages: TorchStorages

    /// - Parameter file: the pickle, for errors.
    init(_ tree: PickleTree, in file: FileBytes, storages: TorchStorages) {
        self.tree = tree
        self.file = file
        self.storages = storages
    }

    /// The tensor that a value stands for; nil when it is none.
    mutating func tensor(_ value: PickleTree.Reference, named name: String) throws(ModelFileError) -> StoredTensor? {
        guard let (rebuilder, arguments) = rebuilding(value) else { return nil }
        guard arguments.count >= 4, case .persistent(let id) = tree[arguments[0]],
            let offset = tree.integer(arguments[1]),
            let shape = integers(arguments[2]), let strides = integers(arguments[3])
        else { throw fault(.malformed, name, "the arguments of \(rebuilder) are not those of a tensor") }
        if let metadata = arguments.dropFirst(rebuilder == "_rebuild_tensor_v3" ? 7 : 6).first,
            let flags = tree.pairs(of: metadata), !flags.isEmpty
        {
            throw fault(
                .unsupported, name, "it is a conjugated or negated view",
                advice: "Save it after resolve_conj() and resolve_neg()")
        }
        let storage = try storage(id, for: name)
        var dtype = storage.dtype
        if rebuilder == "_rebuild_tensor_v3" {
            guard arguments.count >= 7, case .global("torch", let given) = tree[arguments[6]] else {
                throw fault(.malformed, name, "\(rebuilder) does not say its dtype")
            }
            dtype = given
        }
        guard let dtype, let elementType = PickleGlobals.dtypes[dtype] ?? nil else {
            throw fault(
                .unsupported, name, "its elements are of type \(dtype ?? "unknown")",
                advice: "Convert the model to float32 (`model.float()`) and save it again")
        }
        let (start, overflow) = offset.multipliedReportingOverflow(by: elementType.byteCount)
        guard !overflow, offset >= 0 else { throw fault(.malformed, name, "it begins at element \(offset)") }
        let (first, tooFar) = start.addingReportingOverflow(storage.viewOffset)
        guard !tooFar else { throw fault(.malformed, name, "it begins at element \(offset)") }
        return try StoredTensor(
            name: name, elementType: elementType, shape: shape, strides: strides, bytes: storage.bytes,
            byteOffset: first)
    }

    /// The innermost function that makes a tensor, and its arguments: parameters are wrapped around tensors.
    private func rebuilding(_ value: PickleTree.Reference) -> (name: String, arguments: [PickleTree.Reference])? {
        var value = value
        // Parameter around subclass around tensor is the deepest that PyTorch writes.
        for _ in 0..<4 {
            guard case .call(let function, let argumentTuple) = tree[value],
                case .global(let module, let name) = tree[function], let arguments = tree.elements(of: argumentTuple)
            else { return nil }
            switch (module, name) {
            case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"),
                ("torch.nn.parameter", _):
                guard let inner = arguments.first else { return nil }
                value = inner
            case ("torch._tensor", "_rebuild_from_type_v2"):
                guard arguments.count >= 3, case .global("torch._utils", let inner) = tree[arguments[0]],
                    PickleGlobals.tensorRebuilders.contains(inner), let given = tree.elements(of: arguments[2])
                else { return nil }
                return (inner, given)
            case ("torch._utils", _): return (name, arguments)
            default: return nil
            }
        }
        return nil
    }

    private struct Storage {
        var bytes: FileBytes
        var dtype: String?
        /// Bytes before the view in its storage (format before 1.6 only).
        var viewOffset: Int
    }

    /// `('storage', type, key, location, count[, view])`.
    private mutating func storage(_ id: PickleTree.Reference, for name: String) throws(ModelFileError) -> Storage {
        guard let parts = tree.elements(of: id), parts.count >= 5, tree.string(parts[0]) == "storage",
            case .global(let module, let type) = tree[parts[1]], let key = tree.string(parts[2]),
            let count = tree.integer(parts[4]), count >= 0
        else { throw fault(.malformed, name, "its storage is not described as PyTorch does it") }
        let dtype: String?
        if module == "torch.storage", type == "UntypedStorage" {
            dtype = nil
        } else if module == "torch", let known = PickleGlobals.storageElements[type] {
            dtype = known
        } else {
            throw fault(.malformed, name, "\(module).\(type) is no storage")
        }
        let elementSize: Int
        if let dtype {
            guard let elementType = PickleGlobals.dtypes[dtype] ?? nil else {
                throw fault(
                    .unsupported, name, "its elements are of type \(dtype)",
                    advice:
                        "Convert the model to float32 (`model.float()`, for quantised ones the original) and save it again"
                )
            }
            elementSize = elementType.byteCount
        } else {
            elementSize = 1
        }
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: elementSize)
        guard !overflow else { throw fault(.malformed, name, "its storage claims \(count) elements") }
        var viewOffset = 0
        if parts.count >= 6, let view = tree.elements(of: parts[5]) {
            guard view.count == 3, let offset = tree.integer(view[1]), offset >= 0 else {
                throw fault(.malformed, name, "its storage is a view that is not described as PyTorch does it")
            }
            let (bytes, overflow) = offset.multipliedReportingOverflow(by: elementSize)
            guard !overflow else { throw fault(.malformed, name, "its storage is a view from element \(offset)") }
            viewOffset = bytes
        }
        let bytes = try storages.bytes(of: key, byteCount: byteCount)
        return Storage(bytes: bytes, dtype: dtype, viewOffset: viewOffset)
    }

    private func integers(_ reference: PickleTree.Reference) -> [Int]? {
        guard let elements = tree.elements(of: reference) else { return nil }
        var values: [Int] = []
        for element in elements {
            guard let value = tree.integer(element) else { return nil }
            values.append(value)
        }
        return values
    }

    private func fault(
        _ kind: ModelFileError.Kind, _ name: String, _ reason: String,
        advice: String = "The file is damaged: fetch or save it again"
    ) -> ModelFileError {
        file.failure(kind, subject: "tensor \(name)", reason, advice: advice)
    }
}
