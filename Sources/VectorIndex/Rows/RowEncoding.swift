import CKernels

/// How vectors become the bytes of rows.
enum RowEncoding {
    /// Writes `field.rowSize` bytes; the vector was checked.
    static func write(_ vector: UnsafePointer<Float>, of field: VectorField, to row: UnsafeMutableRawPointer) {
        switch field.element {
        case .float: row.copyMemory(from: vector, byteCount: field.rowSize)
        case .byte:
            let bytes = row.assumingMemoryBound(to: UInt8.self)
            for i in 0..<field.dimension { bytes[i] = UInt8(truncatingIfNeeded: Int(vector[i]) + 128) }
            for i in field.dimension..<field.codeSize { bytes[i] = 128 }
        case .binary:
            let bytes = row.assumingMemoryBound(to: UInt8.self)
            for i in 0..<field.givenCount { bytes[i] = UInt8(truncatingIfNeeded: Int(vector[i])) }
            for i in field.givenCount..<field.rowSize { bytes[i] = 0 }
        }
    }

    /// The numbers that a row was made of.
    static func read(_ row: UnsafeRawPointer, of field: VectorField) -> [Float] {
        switch field.element {
        case .float: return (0..<field.dimension).map { row.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        case .byte: return (0..<field.dimension).map { Float(Int(row.load(fromByteOffset: $0, as: UInt8.self)) - 128) }
        case .binary: return (0..<field.givenCount).map { Float(row.load(fromByteOffset: $0, as: Int8.self)) }
        }
    }

    /// The Euclidean norm of a row.
    static func norm(_ row: UnsafeRawPointer, of field: VectorField) -> Float {
        var squares = 0.0
        switch field.element {
        case .float:
            let values = row.assumingMemoryBound(to: Float.self)
            for i in 0..<field.dimension { squares += Double(values[i]) * Double(values[i]) }
        case .byte:
            let bytes = row.assumingMemoryBound(to: UInt8.self)
            var sum = 0
            for i in 0..<field.dimension {
                let value = Int(bytes[i]) - 128
                sum += value * value
            }
            squares = Double(sum)
        case .binary: return 0
        }
        return Float(squares.squareRoot())
    }
}
