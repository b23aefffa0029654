/// What a vector is made of: `data_type` of a `knn_vector` field.
public enum VectorElement: String, Sendable, Hashable, CaseIterable {
    /// 32-bit numbers.
    case float
    /// Whole numbers from -128 to 127.
    case byte
    /// Bits; given as signed bytes of eight bits each.
    case binary
}
