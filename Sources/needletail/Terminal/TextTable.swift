/// Rows in aligned columns; the last column is cut to the width of the terminal.
struct TextTable {
    enum Alignment {
        case left
        case right
    }

    struct Column {
        let title: String
        let alignment: Alignment

        init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    /// A cell, and how it is shown where colour is used.
    struct Cell: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        var text: String
        var style: Terminal.Style?

        init(_ text: String, _ style: Terminal.Style? = nil) {
            self.text = text
            self.style = style
        }

        init(stringLiteral value: String) {
            self.init(value)
        }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    mutating func add(_ row: [Cell]) {
        precondition(row.count == columns.count, "one cell for each column")
        rows.append(row)
    }

    /// The table as lines, headed by the titles unless all are empty.
    ///
    /// A column but the last takes at most 48 columns of the terminal.
    func rendered(for terminal: Terminal) -> String {
        let head = columns.map { Cell($0.title, .dim) }
        let all = columns.allSatisfy(\.title.isEmpty) ? rows : [head] + rows
        var text = ""
        var cells: [[Cell]] = all.map { row in
            row.enumerated().map { index, cell in
                Cell(DisplayWidth.fitted(cell.text, to: index == columns.count - 1 ? .max : 48), cell.style)
            }
        }
        let widths = columns.indices.map { index in cells.map { DisplayWidth.of($0[index].text) }.max() ?? 0 }
        let before = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        let last = max(10, terminal.width - before)
        for row in cells.indices {
            var line = ""
            for (index, column) in columns.enumerated() {
                if index == columns.count - 1 {
                    cells[row][index].text = DisplayWidth.fitted(cells[row][index].text, to: last)
                }
                let isLast = index == columns.count - 1
                let cell = cells[row][index]
                let right = column.alignment == .right
                let padded =
                    isLast && !right
                    ? cell.text
                    : DisplayWidth.padded(
                        cell.text, to: isLast ? min(last, widths[index]) : widths[index], right: right)
                line += cell.style.map { terminal.styled(padded, $0) } ?? padded
                if !isLast { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }
}
