import Glibc

/// Sparse vectors as make_vectors.py writes them.
final class VectorFile {
    let count: Int
    private let memory: UnsafeRawBufferPointer

    init(path: String) throws {
        let file = open(path, O_RDONLY)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0, status.st_size >= 4,
            let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED
        else { throw BenchmarkFailure("\(path) cannot be read; peers/sparse/make_vectors.py makes it") }
        close(file)
        memory = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
        count = Int(memory.load(as: UInt32.self))
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: memory.baseAddress!), memory.count) }

    /// All vectors, in order.
    func forEach(
        _ body: (_ number: Int, _ terms: UnsafeBufferPointer<UInt32>, _ weights: UnsafeBufferPointer<Float>) throws ->
            Void
    ) throws {
        var at = 4
        for number in 0..<count {
            guard at + 4 <= memory.count else { throw BenchmarkFailure("the file of vectors was cut off") }
            let length = Int(memory.load(fromByteOffset: at, as: UInt32.self))
            guard at + 4 + 8 * length <= memory.count else { throw BenchmarkFailure("the file of vectors was cut off") }
            let terms = (memory.baseAddress! + at + 4).assumingMemoryBound(to: UInt32.self)
            let weights = (memory.baseAddress! + at + 4 + 4 * length).assumingMemoryBound(to: Float.self)
            try body(
                number, UnsafeBufferPointer(start: terms, count: length),
                UnsafeBufferPointer(start: weights, count: length))
            at += 4 + 8 * length
        }
    }
}

/// Why a benchmark cannot go on.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
