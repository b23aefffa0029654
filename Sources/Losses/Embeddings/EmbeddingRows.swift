import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The rows of all columns of a batch, numbered column by column: row i of column c is c * B + i.
///
/// Rows that are mostly zeros (learned sparse vectors) are read through lists of their other places.
struct EmbeddingRows {
    let columns: [MatrixView]
    let batch: Int
    let width: Int
    /// The length that a row is divided by; empty for the dot product.
    private let lengths: [Double]
    /// Rows that are as short as zero for the similarity: their length does not depend on them.
    private let smallest: Double
    /// For each row, the places that are not zero, or nil when there are too many to be worth it.
    private let places: [[Int32]?]

    /// - Parameter smallest: what shorter rows are divided by.
    init(_ columns: [MatrixView], similarity: Similarity, smallest: Double = 1e-12) {
        self.columns = columns
        self.smallest = smallest
        batch = columns[0].rows
        width = columns[0].columns
        var lengths: [Double] = []
        var places: [[Int32]?] = []
        for column in columns {
            for index in 0..<column.rows {
                let row = column[index]
                guard let base = row.baseAddress else { continue }
                places.append(Self.places(row))
                guard similarity == .cosine else { continue }
                lengths.append(max(VectorArithmetic.dot(base, base, row.count).squareRoot(), smallest))
            }
        }
        self.lengths = lengths
        self.places = places
    }

    /// The places of a sparse row that are not zero; nil for a dense one.
    private static func places(_ row: UnsafeMutableBufferPointer<Float>) -> [Int32]? {
        let limit = row.count / 4
        guard row.count >= 256 else { return nil }
        var places: [Int32] = []
        for (index, value) in row.enumerated() where value != 0 {
            guard places.count < limit else { return nil }
            places.append(Int32(index))
        }
        return places
    }

    private func base(_ row: Int) -> UnsafeMutablePointer<Float> {
        let column = columns[row / batch]
        return column.base + (row % batch) * column.stride
    }

    /// The similarity of two rows.
    func similarity(_ a: Int, _ b: Int) -> Double {
        let (x, y) = (base(a), base(b))
        var product = 0.0
        switch (places[a], places[b]) {
        case (let first?, let second?):
            for place in first.count <= second.count ? first : second {
                product += Double(x[Int(place)]) * Double(y[Int(place)])
            }
        case (let some?, nil), (nil, let some?):
            for place in some { product += Double(x[Int(place)]) * Double(y[Int(place)]) }
        case (nil, nil): product = VectorArithmetic.dot(x, y, width)
        }
        return lengths.isEmpty ? product : product / (lengths[a] * lengths[b])
    }

    /// Writes the gradient of one row: the sum of the derivatives by each similarity it takes part in.
    ///
    /// - Parameters:
    ///   - scratch: `width` values to compute in.
    ///   - gradient: the gradient's row.
    ///   - pairs: calls its argument for each other row with the derivative of the loss by their similarity, in a fixed order.
    func writeGradient(
        of row: Int, scratch: UnsafeMutablePointer<Double>, to gradient: UnsafeMutableBufferPointer<Float>,
        pairs: ((_ derivative: Double, _ other: Int) -> Void) -> Void
    ) {
        scratch.update(repeating: 0, count: width)
        pairs { derivative, other in
            guard derivative != 0 else { return }
            let factor = lengths.isEmpty ? derivative : derivative / lengths[other]
            let y = base(other)
            if let places = places[other] {
                for place in places { scratch[Int(place)] += factor * Double(y[Int(place)]) }
            } else {
                VectorArithmetic.add(factor, y, to: scratch, width)
            }
        }
        if !lengths.isEmpty { throughLength(of: row, scratch) }
        for index in 0..<width { gradient[index] = Float(scratch[index]) }
    }

    /// Turns the derivative by the row of length 1 into the derivative by the row.
    private func throughLength(of row: Int, _ derivative: UnsafeMutablePointer<Double>) {
        let x = base(row)
        let length = lengths[row]
        if length > smallest {
            var along = 0.0
            for index in 0..<width { along += derivative[index] * Double(x[index]) }
            VectorArithmetic.add(-along / (length * length), x, to: derivative, width)
        }
        for index in 0..<width { derivative[index] /= length }
    }
}
