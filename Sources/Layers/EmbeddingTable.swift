package import Tensors

/// One row for each token of a vocabulary, in memory as float32 or wherever and however a file holds them.
package struct EmbeddingTable: Sendable {
    private enum Storage: Sendable {
        case floats(FloatBuffer)
        case stored(StoredRows)
    }

    private let storage: Storage
    /// V, the number of rows.
    package let rows: Int
    /// H, the numbers in a row.
    package let width: Int

    /// Takes a row-major table of whole rows.
    package init(_ floats: FloatBuffer, width: Int) {
        precondition(width > 0 && floats.count.isMultiple(of: width), "a table has partial rows")
        storage = .floats(floats)
        rows = floats.count / width
        self.width = width
    }

    /// Takes rows where they are.
    ///
    /// - Parameter count: the first so many of them count.
    package init(_ stored: StoredRows, count: Int) {
        precondition(count <= stored.rows, "\(count) rows of \(stored.rows)")
        storage = .stored(stored)
        rows = count
        width = stored.width
    }

    /// Bytes of memory or of the mapped file.
    package var byteCount: Int {
        switch storage {
        case .floats(let floats): floats.count * MemoryLayout<Float>.stride
        case .stored(let stored): stored.byteCount
        }
    }

    /// Hands on a float32 table and row numbers in it that stand for `ids`; what is not float32 already is converted
    /// into the workspace.
    func withRows(
        _ ids: UnsafePointer<Int32>, count: Int, workspace: Workspace,
        _ body: (_ table: UnsafePointer<Float>, _ ids: UnsafePointer<Int32>) -> Void
    ) {
        switch storage {
        case .floats(let floats): body(floats.base, ids)
        case .stored(let stored):
            let mark = workspace.mark()
            defer { workspace.release(mark) }
            let table = workspace.floats(count * width)
            stored.gather(ids, count: count, into: table)
            let numbers = UnsafeMutableRawPointer(workspace.floats(count)).bindMemory(to: Int32.self, capacity: count)
            for row in 0..<count { numbers[row] = Int32(row) }
            body(table, numbers)
        }
    }

    /// The rows `range` as float32.
    package func floats(_ range: Range<Int>) -> [Float] {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        switch storage {
        case .floats(let floats):
            return Array(floats.values[range.lowerBound * width..<range.upperBound * width])
        case .stored(let stored):
            return [Float](unsafeUninitializedCapacity: range.count * width) { buffer, count in
                if let base = buffer.baseAddress, !range.isEmpty {
                    stored.gather(range.map(Int32.init), count: range.count, into: base)
                }
                count = range.count * width
            }
        }
    }

    /// Whether the rows take two bytes a number or fewer.
    package var isSmall: Bool {
        if case .stored(let stored) = storage { stored.storage != .f32 } else { false }
    }
}
