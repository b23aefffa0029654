/// The names that a pickle of weights may mention, and what becomes of a call of each.
///
/// Anything else ends the reading. That is not what keeps a hostile pickle from running (nothing here can run); it makes sure
/// that a file whose meaning we do not know is refused instead of half understood.
///
/// Sources: `torch/_weights_only_unpickler.py` (the names that `torch.load(weights_only=True)` accepts) and
/// `torch/csrc/jit/serialization/{pickler,unpickler}.cpp` (what TorchScript writes).
enum PickleGlobals {
    /// What a name stands for.
    enum Role {
        /// A dictionary when called.
        case dictionary
        /// Gives back its first argument when called: a marker around a list or a typed value.
        case passesFirstArgument
        /// A class whose instances only hold state.
        case stateHolder
        /// Kept as a name or an unexecuted call.
        case opaque
    }

    /// nil when the name is not on the list.
    static func role(module: String, name: String) -> Role? {
        switch module {
        case "collections":
            return name == "OrderedDict" ? .dictionary : nil
        case "torch._utils":
            return tensorRebuilders.contains(name) ? .opaque : nil
        case "torch._tensor":
            return name == "_rebuild_from_type_v2" ? .opaque : nil
        case "torch.nn.parameter":
            return name == "Parameter" || name == "Buffer" ? .opaque : nil
        case "torch.jit._pickle":
            if ["build_intlist", "build_boollist", "build_doublelist", "build_tensorlist", "restore_type_tag"].contains(
                name)
            {
                return .passesFirstArgument
            }
            return name == "build_tensor_from_id" ? .opaque : nil
        case "torch":
            return storageElements[name] != nil || dtypes[name] != nil || ["Tensor", "device", "Size"].contains(name)
                ? .opaque : nil
        case "torch.storage":
            return ["UntypedStorage", "TypedStorage"].contains(name) ? .opaque : nil
        case "torch.serialization":
            return name == "_get_layout" ? .opaque : nil
        case "builtins", "__builtin__":
            return ["set", "frozenset", "complex", "bytearray", "int", "float", "bool", "str", "list", "dict", "tuple"]
                .contains(name) ? .opaque : nil
        case "_codecs":
            return name == "encode" ? .opaque : nil
        default:
            // Classes of a TorchScript module: they exist only in the file, which we do not run.
            return module == "__torch__" || module.hasPrefix("__torch__.") ? .stateHolder : nil
        }
    }

    /// Functions that make a tensor from a storage.
    static let tensorRebuilders: Set<String> = [
        "_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_parameter",
        "_rebuild_parameter_with_state",
    ]

    /// Storage classes of module `torch`: the dtype of their elements; nil inside means bytes without a type.
    static let storageElements: [String: String?] = [
        "FloatStorage": "float32", "HalfStorage": "float16", "BFloat16Storage": "bfloat16", "DoubleStorage": "float64",
        "CharStorage": "int8", "ByteStorage": "uint8", "ShortStorage": "int16", "IntStorage": "int32",
        "LongStorage": "int64", "BoolStorage": "bool", "UntypedStorage": nil,
        "ComplexFloatStorage": "complex64", "ComplexDoubleStorage": "complex128", "QInt8Storage": "qint8",
        "QUInt8Storage": "quint8", "QInt32Storage": "qint32",
    ]

    /// Element types by the name that torch gives them: nil inside means one that this reader does not convert.
    static let dtypes: [String: ElementType?] = [
        "float32": .f32, "float": .f32, "float16": .f16, "half": .f16, "bfloat16": .bf16, "float64": .f64,
        "double": .f64,
        "int8": .i8, "uint8": .u8, "int16": .i16, "short": .i16, "int32": .i32, "int": .i32, "int64": .i64,
        "long": .i64,
        "bool": .bool, "complex64": nil, "complex128": nil, "qint8": nil, "quint8": nil, "qint32": nil, "uint16": .u16,
        "uint32": .u32, "uint64": .u64, "float8_e4m3fn": nil, "float8_e5m2": nil, "float8_e4m3fnuz": nil,
        "float8_e5m2fnuz": nil, "strided": nil, "sparse_coo": nil,
    ]
}
