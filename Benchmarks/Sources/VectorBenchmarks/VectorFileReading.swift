import FoundationEssentials

/// A matrix of float32 or int32 values in NumPy's file format, version 1.
struct NumPyMatrix {
    let rows: Int
    let columns: Int
    private let data: Data
    private let start: Int

    init(path: String) throws {
        data = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
        guard data.count > 10, data[0] == 0x93 else { throw BenchmarkFailure("\(path): not a NumPy file") }
        start = 10 + Int(data[8]) + Int(data[9]) << 8
        let header = String(decoding: data[10..<start], as: UTF8.self)
        let parts = header.split(separator: "(")
        guard parts.count > 1, header.contains("'<f4'") || header.contains("'<i4'") else {
            throw BenchmarkFailure("\(path): wants float32 or int32, not \(header)")
        }
        let shape = parts[1].split(separator: ")")[0].split(separator: ",").compactMap {
            Int($0.filter { $0.isNumber })
        }
        guard shape.count == 2, start + shape[0] * shape[1] * 4 <= data.count else {
            throw BenchmarkFailure("\(path): not a matrix, or cut off")
        }
        rows = shape[0]
        columns = shape[1]
    }

    func row<T: BitwiseCopyable>(_ index: Int, as type: T.Type = T.self) -> [T] {
        data.withUnsafeBytes { bytes in
            (0..<columns).map { bytes.loadUnaligned(fromByteOffset: start + (index * columns + $0) * 4, as: T.self) }
        }
    }
}

/// Why a measurement cannot be made.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
