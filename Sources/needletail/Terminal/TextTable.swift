/// Rows in aligned columns; a last column of text is cut to the width of the terminal.
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
    /// A last column of text is cut to what the terminal has left, any other column to 64 columns; nothing is cut where the
    /// width is without limit.
    func rendered(for terminal: Terminal) -> String {
        let last = columns.count - 1
        func fitted(_ row: [Cell], _ room: (Int) -> Int) -> [Cell] {
            row.enumerated().map { Cell(DisplayWidth.fitted($1.text, to: room($0)), $1.style) }
        }
        let head = columns.map { Cell($0.title, .dim) }
        var lines = (columns.allSatisfy(\.title.isEmpty) ? rows : [head] + rows).map {
            fitted($0) { $0 < last && terminal.width < .max ? 64 : .max }
        }
        func width(_ index: Int) -> Int { lines.map { DisplayWidth.of($0[index].text) }.max() ?? 0 }
        if columns[last].alignment == .left, terminal.width < .max {
            let before = (0..<last).reduce(0) { $0 + width($1) + 2 }
            lines = lines.map { fitted($0) { $0 < last ? .max : max(10, terminal.width - before) } }
        }
        let widths = columns.indices.map(width)
        return lines.map { row in
            let cells = columns.indices.map { index in
                let isRight = columns[index].alignment == .right
                let needsPadding = index < last || isRight
                let text =
                    needsPadding
                    ? DisplayWidth.padded(row[index].text, to: widths[index], right: isRight) : row[index].text
                return row[index].style.map { terminal.styled(text, $0) } ?? text
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }
}
