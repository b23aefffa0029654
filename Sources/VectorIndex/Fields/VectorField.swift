import CKernels

/// What all vectors of a field have in common.
public struct VectorField: Sendable, Hashable {
    /// Values of a vector, 1...16,000; bits for ``VectorElement/binary``.
    public let dimension: Int
    /// What the values are.
    public let element: VectorElement
    /// How vectors are compared.
    public let space: VectorSpace

    /// The most values that a vector may have.
    public static let maximumDimension = 16_000

    /// Describes a field.
    ///
    /// - Throws: ``VectorFault`` for a dimension outside of 1...16,000, binary vectors that are not whole bytes, and spaces that
    ///   do not go with the elements.
    public init(dimension: Int, element: VectorElement = .float, space: VectorSpace) throws(VectorFault) {
        guard dimension > 0 else { throw VectorFault("Dimension value must be greater than 0") }
        guard dimension <= Self.maximumDimension else {
            throw VectorFault("Dimension value cannot be greater than \(Self.maximumDimension)")
        }
        guard element != .binary || dimension % 8 == 0 else {
            throw VectorFault("Dimension should be multiply of 8 for binary vector data type")
        }
        guard (element == .binary) == (space == .hamming) else {
            throw VectorFault("Space type [\(space.rawValue)] is not supported with [\(element.rawValue)] data type")
        }
        self.dimension = dimension
        self.element = element
        self.space = space
    }

    /// How many numbers a document or a query gives: one for each value, or for eight bits.
    public var givenCount: Int { element == .binary ? dimension / 8 : dimension }

    /// Bytes of a stored vector.
    var rowSize: Int {
        switch element {
        case .float: dimension * 4
        case .byte: codeSize
        case .binary: (dimension / 8 + 7) / 8 * 8
        }
    }

    /// Bytes of a vector with a byte for each value, as the kernels want it.
    var codeSize: Int {
        (dimension + Int(CK_CODE_ALIGNMENT) - 1) / Int(CK_CODE_ALIGNMENT) * Int(CK_CODE_ALIGNMENT)
    }

    /// Whether vectors are stored a second time, rounded to bytes, for all that need not be exact.
    ///
    /// Of up to 16 values that would not be less to read.
    var hasCodes: Bool {
        guard element == .float, 4 * dimension > codeSize else { return false }
        switch space {
        case .l2, .cosinesimil, .innerproduct: return true
        case .l1, .linf, .hamming: return false
        }
    }

    /// Checks a vector of a document.
    ///
    /// - Throws: ``VectorFault`` for another number of values, NaN, infinity, values that are no bytes, and a vector of zeros under
    ///   ``VectorSpace/cosinesimil``.
    public func checkDocument(_ vector: [Float]) throws(VectorFault) {
        try vector.withUnsafeBufferPointer { values throws(VectorFault) in try checkDocument(values) }
    }

    /// Checks a vector of a document that stands among others; throws as for an array.
    package func checkDocument(_ vector: UnsafeBufferPointer<Float>) throws(VectorFault) {
        guard vector.count == givenCount else {
            let given = element == .binary ? vector.count * 8 : vector.count
            throw VectorFault(
                element == .binary
                    ? "The dimension of the binary vector must be 8 times the length of the provided vector. Expected: \(dimension), Given: \(given)"
                    : "Vector dimension mismatch. Expected: \(dimension), Given: \(given)")
        }
        try checkValues(vector)
    }

    /// Checks the vector of a query; throws as ``checkDocument(_:)`` does.
    public func checkQuery(_ vector: [Float]) throws(VectorFault) {
        guard !vector.isEmpty else { throw VectorFault("[knn] query vector is empty") }
        guard vector.count == givenCount else {
            let given = element == .binary ? vector.count * 8 : vector.count
            throw VectorFault("Query vector has invalid dimension: \(given). Dimension should be: \(dimension)")
        }
        try vector.withUnsafeBufferPointer { values throws(VectorFault) in try checkValues(values) }
    }

    private func checkValues(_ vector: UnsafeBufferPointer<Float>) throws(VectorFault) {
        var squares = 0.0
        for value in vector {
            if value.isNaN { throw VectorFault("KNN vector values cannot be NaN") }
            if value.isInfinite { throw VectorFault("KNN vector values cannot be infinity") }
            squares += Double(value) * Double(value)
            guard element != .float else { continue }
            let setting =
                "[data_type] field was set as [\(element.rawValue)] in index mapping. But, KNN vector values are"
            guard value == value.rounded(.towardZero) else {
                throw VectorFault("\(setting) floats instead of byte integers")
            }
            guard value >= -128, value <= 127 else {
                throw VectorFault("\(setting) not within in the byte range [-128, 127]")
            }
        }
        // A length that float32 holds only with few bits, or not at all on threads that flush such numbers, gives no direction.
        if space == .cosinesimil, squares.squareRoot() < Double(Float.leastNormalMagnitude) {
            throw VectorFault("zero vector is not supported when space type is [\(space.rawValue)]")
        }
    }

    /// The largest distance of a query for all vectors within `max_distance`.
    ///
    /// - Throws: ``VectorFault`` when no vector can be so near.
    public func radius(maximumDistance: Float) throws(VectorFault) -> Float {
        guard maximumDistance >= 0 || space == .innerproduct && !maximumDistance.isNaN else {
            throw VectorFault("[knn] requires distance to be non-negative for space type: \(space.constantName)")
        }
        try checkRadialSearch()
        return maximumDistance
    }

    /// The largest distance of a query for all vectors with `min_score` or more.
    ///
    /// - Throws: ``VectorFault`` for a score that no vector can have.
    public func radius(minimumScore: Float) throws(VectorFault) -> Float {
        guard minimumScore > 0 else { throw VectorFault("[knn] requires minScore to be greater than 0") }
        guard minimumScore <= 1 || space == .innerproduct else {
            throw VectorFault("[knn] requires score to be in the range [0, 1] for space type: \(space.constantName)")
        }
        try checkRadialSearch()
        return try space.distance(ofScore: minimumScore)
    }

    private func checkRadialSearch() throws(VectorFault) {
        if element == .binary { throw VectorFault("Binary data type does not support radial search") }
    }
}
