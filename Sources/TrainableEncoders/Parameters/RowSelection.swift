/// Which rows of a parameter something is about.
public enum RowSelection: Sendable, Hashable {
    /// All of so many.
    case all(Int)
    /// These, ascending.
    case some([Int32])

    /// How many rows that is.
    public var count: Int {
        switch self {
        case .all(let count): count
        case .some(let rows): rows.count
        }
    }
}

/// Which rows of a table have had gradients.
struct TableRows {
    /// Rows by number, and a list of them that is sorted when it is asked for.
    private struct Marks {
        var isMarked: [Bool]
        var rows: [Int32] = []
        var isSorted = true
        var isAll = false

        init(count: Int) {
            isMarked = [Bool](repeating: false, count: count)
        }

        mutating func mark(_ selection: RowSelection) {
            switch selection {
            case .all: isAll = true
            case .some(let rows):
                if isAll { return }
                for row in rows where !isMarked[Int(row)] {
                    isMarked[Int(row)] = true
                    isSorted = isSorted && (self.rows.last ?? -1) < row
                    self.rows.append(row)
                }
            }
        }

        mutating func clear() {
            for row in rows { isMarked[Int(row)] = false }
            rows.removeAll(keepingCapacity: true)
            isSorted = true
            isAll = false
        }

        mutating func selection() -> RowSelection {
            if isAll { return .all(isMarked.count) }
            if !isSorted {
                rows.sort()
                isSorted = true
            }
            return .some(rows)
        }
    }

    private var touchedMarks: Marks
    private var activeMarks: Marks

    init(count: Int) {
        touchedMarks = Marks(count: count)
        activeMarks = Marks(count: count)
    }

    mutating func touch(_ rows: RowSelection) {
        touchedMarks.mark(rows)
        activeMarks.mark(rows)
    }

    mutating func activate(_ rows: RowSelection) { activeMarks.mark(rows) }
    mutating func clear() { touchedMarks.clear() }
    mutating func touched() -> RowSelection { touchedMarks.selection() }
    mutating func active() -> RowSelection { activeMarks.selection() }
}
