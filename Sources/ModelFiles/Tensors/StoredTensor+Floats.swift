extension StoredTensor {
    /// All elements as float32, row-major.
    ///
    /// Booleans become 0 and 1; integers beyond 2^24 and doubles are rounded to the nearest float; a tensor quantised by rows is
    /// multiplied out. O(elements); the array is as large as the shape says, which the file was checked to justify.
    public func floats() throws(ModelFileError) -> [Float] {
        [Float](unsafeUninitializedCapacity: elementCount) { buffer, count in
            write(to: UnsafeMutableBufferPointer(rebasing: buffer[..<elementCount]))
            count = elementCount
        }
    }

    /// Writes all elements as float32, row-major; see ``floats()``.
    ///
    /// - Parameter destination: Exactly ``elementCount`` floats, which may be uninitialised memory.
    /// - Throws: ``ModelFileError`` if the destination has another size.
    public func copyFloats(to destination: UnsafeMutableBufferPointer<Float>) throws(ModelFileError) {
        guard destination.count == elementCount else {
            throw ModelFileError(
                .shapeMismatch, path: bytes.path, subject: "tensor \(name)",
                reason: "shape \(shape) has \(elementCount) elements, and \(destination.count) were expected")
        }
        write(to: destination)
    }

    private func write(to destination: UnsafeMutableBufferPointer<Float>) {
        guard elementCount > 0 else { return }
        bytes.withUnsafeBytes { bytes in
            let source = UnsafeRawBufferPointer(rebasing: bytes[byteOffset...])
            switch elementType {
            case .f32: gather(source, destination) { (bits: UInt32) in Float(bitPattern: UInt32(littleEndian: bits)) }
            case .f16:
                gather(source, destination) { (bits: UInt16) in FloatConversion.fromHalf(UInt16(littleEndian: bits)) }
            case .bf16:
                gather(source, destination) { (bits: UInt16) in
                    Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
                }
            case .f64:
                gather(source, destination) { (bits: UInt64) in Float(Double(bitPattern: UInt64(littleEndian: bits))) }
            case .i8: gather(source, destination) { (value: Int8) in Float(value) }
            case .u8: gather(source, destination) { (value: UInt8) in Float(value) }
            case .i16: gather(source, destination) { (value: Int16) in Float(Int16(littleEndian: value)) }
            case .u16: gather(source, destination) { (value: UInt16) in Float(UInt16(littleEndian: value)) }
            case .i32: gather(source, destination) { (value: Int32) in Float(Int32(littleEndian: value)) }
            case .u32: gather(source, destination) { (value: UInt32) in Float(UInt32(littleEndian: value)) }
            case .i64: gather(source, destination) { (value: Int64) in Float(Int64(littleEndian: value)) }
            case .u64: gather(source, destination) { (value: UInt64) in Float(UInt64(littleEndian: value)) }
            case .bool: gather(source, destination) { (value: UInt8) in value == 0 ? 0 : 1 }
            }
        }
        rowScales?.withUnsafeBytes { scales in
            let width = elementCount / shape[0]
            for row in 0..<shape[0] {
                let bits = scales.loadUnaligned(fromByteOffset: row * MemoryLayout<Float>.size, as: UInt32.self)
                let scale = Float(bitPattern: UInt32(littleEndian: bits))
                let values = UnsafeMutableBufferPointer(rebasing: destination[row * width..<(row + 1) * width])
                for column in 0..<width { values[column] *= scale }
            }
        }
    }

    /// Reads each element in row-major order.
    ///
    /// Inlined with its conversion into one loop per type, which the compiler vectorises.
    @inline(__always)
    private func gather<Stored: BitwiseCopyable>(
        _ source: UnsafeRawBufferPointer, _ destination: UnsafeMutableBufferPointer<Float>, _ convert: (Stored) -> Float
    ) {
        guard let source = source.baseAddress, let destination = destination.baseAddress else { return }
        let size = MemoryLayout<Stored>.size
        if isContiguous {
            for index in 0..<elementCount {
                destination[index] = convert(source.loadUnaligned(fromByteOffset: index &* size, as: Stored.self))
            }
            return
        }
        // An odometer over all dimensions but the last, which is the inner loop. Arithmetic wraps because the stride of a dimension of
        // size one may be anything: it is added and taken away again, and never used.
        let width = shape[shape.count - 1]
        let step = strides[shape.count - 1] &* size
        var index = [Int](repeating: 0, count: shape.count - 1)
        var start = 0
        for row in 0..<elementCount / width {
            for column in 0..<width {
                let offset = start &* size &+ column &* step
                destination[row &* width &+ column] = convert(
                    source.loadUnaligned(fromByteOffset: offset, as: Stored.self))
            }
            var dimension = index.count - 1
            while dimension >= 0 {
                index[dimension] += 1
                start &+= strides[dimension]
                if index[dimension] < shape[dimension] { break }
                start &-= index[dimension] &* strides[dimension]
                index[dimension] = 0
                dimension -= 1
            }
        }
    }
}
