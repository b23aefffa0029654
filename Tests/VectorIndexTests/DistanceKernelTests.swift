import CKernels
import Tensors
import Testing

/// All builds of the distance kernels against the plain loops.
@Suite struct DistanceKernelTests {
    static let sizes = [1, 2, 7, 8, 15, 16, 17, 33, 63, 64, 65, 127, 130, 384, 385, 770, 16_000]
    static let comparisons = [CK_PRODUCT, CK_SQUARES, CK_ABSOLUTE, CK_LARGEST]

    @Test(arguments: KernelVariant.allCases)
    func equalThePlainLoops(variant: KernelVariant) throws {
        guard let kernels = Kernels(variant) else { return }
        let table = kernels.table.pointee.distances
        for n in Self.sizes {
            var stream = NumberStream(seed: UInt64(n))
            let stride = (n + 63) / 64 * 64, rowCount = 6
            let query = stream.vector(n), rows = stream.vector(n * rowCount)
            let codeQuery = (0..<stride).map { $0 < n ? Int8(stream.next() * 127.9) : 0 }
            let codes = (0..<stride * rowCount).map { _ in UInt8(128 + stream.next() * 127.9) }
            let numbers: [UInt32] = [3, 0, 5, 5, 1, 2, 4, 0, 3]
            let ids = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: numbers.count)
            defer { ids.deallocate() }
            _ = ids.initialize(from: numbers)
            var floats = [Float](repeating: 0, count: ids.count)
            var integers = [Int32](repeating: 0, count: ids.count)
            for comparison in Self.comparisons {
                rows.withUnsafeBytes {
                    var list = ck_row_list(
                        rows: $0.baseAddress, stride: 4 * n, ids: ids.baseAddress, first: 0, count: ids.count)
                    table.floats(comparison, query, &list, n, &floats)
                }
                codes.withUnsafeBytes {
                    var list = ck_row_list(
                        rows: $0.baseAddress, stride: stride, ids: ids.baseAddress, first: 0, count: ids.count)
                    table.bytes(comparison, codeQuery, &list, n, &integers)
                }
                for (i, id) in ids.enumerated() {
                    let expected = ck_reference_floats(comparison, query, Array(rows[Int(id) * n..<Int(id + 1) * n]), n)
                    let tolerance = 1e-6 * abs(expected) + 2e-6 * Double(n).squareRoot()
                    let difference = abs(Double(floats[i]) - expected)
                    #expect(difference <= tolerance, "floats, n \(n)")
                    let row = Array(codes[Int(id) * stride..<Int(id + 1) * stride])
                    #expect(Int64(integers[i]) == ck_reference_bytes(comparison, codeQuery, row, n), "bytes, n \(n)")
                }
            }
            codes.withUnsafeBytes { bytes in
                let words = [UInt8](codes[0..<stride])
                var list = ck_row_list(
                    rows: bytes.baseAddress, stride: stride, ids: ids.baseAddress, first: 0, count: ids.count)
                table.bits(words, &list, stride, &integers)
                for (i, id) in ids.enumerated() {
                    let row = Array(codes[Int(id) * stride..<Int(id + 1) * stride])
                    #expect(Int64(integers[i]) == ck_reference_bits(words, row, stride), "bits, n \(n)")
                }
            }
        }
    }

    @Test func roundedVectorsStayWithinTheirRest() {
        for (n, scale) in [(1, 1), (7, 1e-3), (64, 1e-30), (385, 1e30), (1000, 1)] as [(Int, Float)] {
            var stream = NumberStream(seed: UInt64(n))
            let values = stream.vector(n).map { $0 * scale }
            let stride = (n + 63) / 64 * 64
            var codes = [UInt8](repeating: 0, count: stride)
            var rest: Float = 0
            let step = ck_encode_row(values, n, &codes, stride, &rest)
            let squares = zip(values, codes).reduce(0.0) {
                let difference = Double($1.0) - Double(step) * Double(Int($1.1) - 128)
                return $0 + difference * difference
            }
            #expect(squares.squareRoot() <= Double(rest), "n \(n)")
            #expect(Double(rest) <= squares.squareRoot() * 1.01 + 1e-36, "n \(n)")
            #expect(codes[n...].allSatisfy { $0 == 128 })
            #expect(codes[..<n].contains { $0 == 1 || $0 == 255 })
        }
        var codes = [UInt8](repeating: 0, count: 64)
        var rest: Float = 1
        #expect(ck_encode_row([0, 0, 0], 3, &codes, 64, &rest) == 0)
        #expect(rest < 1e-36 && codes.allSatisfy { $0 == 128 })
    }
}
