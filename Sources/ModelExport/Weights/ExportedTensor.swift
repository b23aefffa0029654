import ModelFiles

/// A tensor on its way into a file.
struct ExportedTensor {
    enum Values {
        /// Of the caller.
        case floats(UnsafePointer<Float>)
        /// Of the source.
        case stored(StoredTensor)
    }

    var name: String
    var shape: [Int]
    var values: Values

    var count: Int { StoredTensor.elementCount(shape) ?? 0 }

    /// Gives the floats, little-endian, in parts of at most a few megabytes.
    func forEachPart<Failure>(_ use: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        switch values {
        case .floats(let pointer): try use(UnsafeRawBufferPointer(start: pointer, count: count * 4))
        case .stored(let tensor):
            if tensor.elementType == .f32, tensor.isContiguous, tensor.rowScales == nil {
                try tensor.bytes.withUnsafeBytes { (bytes) throws(Failure) in
                    let end = tensor.byteOffset + tensor.byteCount
                    try use(UnsafeRawBufferPointer(rebasing: bytes[tensor.byteOffset..<end]))
                }
                return
            }
            let floats = tensor.convertedFloats()
            try floats.withUnsafeBufferPointer { (floats) throws(Failure) in try use(UnsafeRawBufferPointer(floats)) }
        }
    }
}

extension StoredTensor {
    /// All elements as floats; sizes always agree.
    fileprivate func convertedFloats() -> [Float] {
        guard let floats = try? floats() else { preconditionFailure("a tensor has as many elements as its shape says") }
        return floats
    }
}
