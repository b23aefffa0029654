extension WeightArchive {
    /// A digest that tells these weights from others by a few kilobytes of each tensor: a millisecond whatever their size.
    ///
    /// Over names, types, shapes, and of each tensor four blocks of 1 KiB spread over it (all of a small one). Whoever trains
    /// a model on changes all of its tensors; a change of single numbers is for ``digest()`` to find.
    package func fingerprint() -> String { digest(blocks: 4) }

    /// A digest over all bytes of all tensors with their names, types and shapes, whatever the files that hold them.
    package func digest() -> String { digest(blocks: nil) }

    private func digest(blocks: Int?) -> String {
        var hash = SHA256()
        for tensor in tensors.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            hash.add(tensor.name)
            hash.add("\(tensor.elementType.rawValue) \(tensor.shape) \(tensor.strides)")
            tensor.bytes.withUnsafeBytes { bytes in
                // Elements with strides are taken with what lies between them.
                let end = tensor.isContiguous ? tensor.byteOffset + tensor.byteCount : bytes.count
                Self.add(UnsafeRawBufferPointer(rebasing: bytes[tensor.byteOffset..<end]), blocks, to: &hash)
            }
            tensor.rowScales?.withUnsafeBytes { Self.add($0, blocks, to: &hash) }
        }
        return hash.hexadecimal()
    }

    private static func add(_ bytes: UnsafeRawBufferPointer, _ blocks: Int?, to hash: inout SHA256) {
        let size = 1024
        guard let blocks, bytes.count > blocks * size else {
            hash.add(bytes)
            return
        }
        for block in 0..<blocks {
            let start = (bytes.count - size) / (blocks - 1) * block
            hash.add(UnsafeRawBufferPointer(rebasing: bytes[start..<start + size]))
        }
    }
}
