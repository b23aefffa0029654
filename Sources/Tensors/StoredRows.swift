import CKernels

/// Rows of float32, bfloat16 or scaled int8 numbers where they lie, in a mapped file for instance; only read.
///
/// A row becomes float32 when it is asked for. All three are exact: the values are those that the file means.
package struct StoredRows: @unchecked Sendable {
    /// How a number is stored.
    package enum Storage: UInt32, Sendable, Hashable {
        case f32 = 0
        case bf16 = 1
        /// With one float32 factor for each row.
        case int8 = 2

        /// Bytes of one number.
        package var byteCount: Int {
            switch self {
            case .f32: 4
            case .bf16: 2
            case .int8: 1
            }
        }
    }

    /// The number of rows.
    package let rows: Int
    /// Numbers in a row.
    package let width: Int
    /// How they are stored.
    package let storage: Storage

    private let base: UnsafeRawPointer
    private let scales: UnsafeRawPointer?
    private let owner: any AnyObject & Sendable

    /// Takes numbers where they are; they need no alignment.
    ///
    /// - Parameters:
    ///   - base: `rows * width` numbers, row-major.
    ///   - scales: `rows` float32, for int8.
    ///   - owner: what keeps the memory in place.
    package init(
        _ base: UnsafeRawPointer, scales: UnsafeRawPointer? = nil, storage: Storage, rows: Int, width: Int,
        keptBy owner: any AnyObject & Sendable
    ) {
        precondition((scales != nil) == (storage == .int8), "int8 rows have scales, others have none")
        self.rows = rows
        self.width = width
        self.storage = storage
        self.base = base
        self.scales = scales
        self.owner = owner
    }

    /// Bytes of numbers and scales.
    package var byteCount: Int { rows * width * storage.byteCount + (scales == nil ? 0 : 4 * rows) }

    /// Copies some rows as float32 to `target` [count][width]; ids must be in range.
    package func gather(_ ids: UnsafePointer<Int32>, count: Int, into target: UnsafeMutablePointer<Float>) {
        ck_gather_rows(ck_row_storage(rawValue: storage.rawValue), base, scales, ids, count, width, target)
    }
}
