import Synchronization
import Tensors

/// Watches the inputs of one matrix while texts go through the network: the largest value of each column, and some rows.
///
/// What is kept depends on the texts only, not on the order in which threads bring them: of all rows, those whose hashes are
/// the smallest.
final class ColumnRecorder: Sendable {
    /// Rows that are kept at most.
    static let rowLimit = 256

    /// What was seen.
    struct Columns: Sendable {
        /// [K] the largest absolute value of each column.
        var largest: [Float]
        /// Rows [K], by hash.
        var rows: [(hash: UInt64, values: [Float])] = []
    }

    private let state: Mutex<Columns>

    /// - Parameter inputs: K.
    init(inputs: Int) {
        state = Mutex(Columns(largest: [Float](repeating: 0, count: inputs)))
    }

    /// What was seen so far.
    var columns: Columns { state.withLock { $0 } }

    /// Takes the rows of one product.
    func observe(_ input: MatrixView) {
        state.withLock { columns in
            for row in 0..<input.rows {
                let values = input[row]
                columns.largest.withUnsafeMutableBufferPointer { largest in
                    for column in 0..<values.count { largest[column] = max(largest[column], abs(values[column])) }
                }
                keep(values, in: &columns)
            }
        }
    }

    private func keep(_ values: UnsafeMutableBufferPointer<Float>, in columns: inout Columns) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for value in values.prefix(16) {
            hash = (hash ^ UInt64(value.bitPattern)) &* 0x9e37_79b9_7f4a_7c15
            hash ^= hash >> 29
        }
        if columns.rows.count == Self.rowLimit, hash >= columns.rows[Self.rowLimit - 1].hash { return }
        let place = columns.rows.firstIndex { $0.hash >= hash } ?? columns.rows.count
        if place < columns.rows.count, columns.rows[place].hash == hash { return }
        columns.rows.insert((hash, Array(values)), at: place)
        if columns.rows.count > Self.rowLimit { columns.rows.removeLast() }
    }
}
