/// A tensor as it lies in a file: where its elements are and how they are to be read.
///
/// Nothing is copied until floats are asked for.
///
/// Element `[i, j, …]` lies at `byteOffset + (i * strides[0] + j * strides[1] + …) * elementType.byteCount` in ``bytes``; offsets need no
/// alignment. A scalar has an empty shape. The initialiser checks that every element lies within the bytes, so that reading cannot fail
/// later, and that there are no more elements than the bytes can hold, so that a small file cannot claim a large tensor.
public struct StoredTensor: Sendable {
    /// The name in the file.
    public let name: String
    /// How each element is stored.
    public let elementType: ElementType
    /// The size of each dimension, outermost first.
    public let shape: [Int]
    /// How far apart neighbours in each dimension are, in elements.
    public let strides: [Int]
    /// The bytes that hold the elements, and maybe others.
    public let bytes: FileBytes
    /// Where element zero starts in ``bytes``.
    public let byteOffset: Int
    /// How many elements there are: the product of the shape.
    public let elementCount: Int
    /// The factors of a tensor that was quantised by rows: one float32 for each index of the first dimension.
    ///
    /// The value of an element
    /// is its stored number times the factor of its row.
    public let rowScales: FileBytes?

    /// Describes a tensor.
    ///
    /// - Parameters:
    ///   - strides: In elements; row-major without gaps if `nil`.
    ///   - rowScales: `shape[0]` float32, for a tensor that was quantised by rows.
    /// - Throws: ``ModelFileError`` if an element would lie outside of the bytes or the sizes overflow.
    public init(
        name: String, elementType: ElementType, shape: [Int], strides: [Int]? = nil, bytes: FileBytes,
        byteOffset: Int = 0,
        rowScales: FileBytes? = nil
    ) throws(ModelFileError) {
        func fault(_ kind: ModelFileError.Kind, _ reason: String) -> ModelFileError {
            ModelFileError(kind, path: bytes.path, subject: "tensor \(name)", reason: reason)
        }
        guard let elementCount = Self.elementCount(shape), let rowMajor = Self.rowMajorStrides(shape) else {
            throw fault(.malformed, "the shape \(shape) is impossible")
        }
        let strides = strides ?? rowMajor
        guard strides.count == shape.count, strides.allSatisfy({ $0 >= 0 }) else {
            throw fault(.malformed, "strides \(strides) do not fit the shape \(shape)")
        }
        guard byteOffset >= 0, byteOffset <= bytes.count else {
            throw fault(.truncated, "it starts at byte \(byteOffset) of \(bytes.count)")
        }
        if elementCount > 0 {
            // The index of the last element, with overflow on the way treated as "too large".
            var last = 0
            for (size, stride) in zip(shape, strides) {
                let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
                let (sum, carried) = last.addingReportingOverflow(reach)
                guard !overflow, !carried else {
                    throw fault(.malformed, "strides \(strides) of shape \(shape) overflow")
                }
                last = sum
            }
            let available = (bytes.count - byteOffset) / elementType.byteCount
            guard last < available else {
                throw fault(
                    .truncated,
                    "shape \(shape) of \(elementType.rawValue) reaches element \(last) and \(available) are there")
            }
            guard elementCount <= available else {
                throw fault(
                    .unsupported, "shape \(shape) repeats elements: \(elementCount) of them from \(available) stored")
            }
        }
        if let rowScales {
            guard let rows = shape.first, rowScales.count == rows * MemoryLayout<Float>.size else {
                throw fault(.shapeMismatch, "there must be one float32 scale for each row of shape \(shape)")
            }
        }
        self.name = name
        self.elementType = elementType
        self.shape = shape
        self.strides = strides
        self.bytes = bytes
        self.byteOffset = byteOffset
        self.elementCount = elementCount
        self.rowScales = rowScales
    }

    /// Whether the elements lie one behind the other in row-major order.
    public var isContiguous: Bool {
        var expected = 1
        for (size, stride) in zip(shape, strides).reversed() where size != 1 {
            if stride != expected { return false }
            expected *= size
        }
        return true
    }

    /// How many bytes the elements take, without gaps.
    public var byteCount: Int { elementCount * elementType.byteCount }

    /// The same tensor under another name.
    public func renamed(_ name: String) -> StoredTensor { StoredTensor(self, name: name, rowScales: rowScales) }

    private init(_ other: StoredTensor, name: String, rowScales: FileBytes?) {
        self.name = name
        elementType = other.elementType
        shape = other.shape
        strides = other.strides
        bytes = other.bytes
        byteOffset = other.byteOffset
        elementCount = other.elementCount
        self.rowScales = rowScales
    }

    /// The product of the sizes; `nil` if one is negative or the product overflows.
    package static func elementCount(_ shape: [Int]) -> Int? {
        if shape.contains(where: { $0 < 0 }) { return nil }
        if shape.contains(0) { return 0 }
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            if overflow { return nil }
            count = product
        }
        return count
    }

    /// The strides of a shape without gaps, last dimension fastest; `nil` if they overflow.
    package static func rowMajorStrides(_ shape: [Int]) -> [Int]? {
        var strides = [Int](repeating: 1, count: shape.count)
        var step = 1
        for dimension in shape.indices.reversed() {
            strides[dimension] = step
            let (product, overflow) = step.multipliedReportingOverflow(by: max(1, shape[dimension]))
            if overflow { return nil }
            step = product
        }
        return strides
    }
}
