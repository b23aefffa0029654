public import ModelFiles

/// What a run of a harness gets: bytes, copied so that a read beyond their end is seen.
public enum FuzzInput {
    /// The input as a program's own array.
    public static func array(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
        [UInt8](UnsafeBufferPointer(start: start, count: count))
    }

    /// The input, behind `prefix`, as the bytes of a model file.
    public static func file(
        _ start: UnsafePointer<UInt8>?, _ count: Int, behind prefix: [UInt8] = []
    ) -> FileBytes {
        FileBytes(prefix + array(start, count), path: "input")
    }

    /// Reads every element of every tensor: what opening let through must be readable.
    public static func readAll(_ archive: WeightArchive) throws(ModelFileError) {
        for tensor in archive.tensors {
            let floats = try tensor.floats()
            precondition(floats.count == tensor.elementCount)
            precondition(archive[tensor.name] != nil)
        }
    }
}
