import TrainingReport

/// How long things took, as bars.
struct TimeBars {
    let title: String
    let rows: [(name: String, seconds: Double)]

    private static let width = 1120.0
    private static let left = 380.0
    private static let right = 110.0
    private static let rowHeight = 26.0

    /// The figure; empty without rows.
    var html: HTML {
        guard let longest = rows.map(\.seconds).max() else { return HTML() }
        let height = Int(Self.rowHeight * Double(rows.count) + 8)
        var figure = HTML()
        figure.raw("<figure class=\"chart\"><figcaption>")
        figure.element("b", title)
        figure.raw("</figcaption><svg viewBox=\"0 0 \(Int(Self.width)) \(height)\" role=\"img\" aria-label=\"")
        figure.text(title)
        figure.raw("\">")
        for (number, row) in rows.enumerated() {
            let top = Self.rowHeight * Double(number) + 4
            let length = max(1, (Self.width - Self.left - Self.right) * row.seconds / max(longest, 1e-9))
            let middle = Figures.significant(top + 13, 6)
            figure.raw("<text class=\"label end\" x=\"\(Int(Self.left) - 10)\" y=\"\(middle)\">")
            figure.text(row.name)
            figure.raw(
                "</text><rect class=\"first\" x=\"\(Int(Self.left))\" y=\"\(Figures.significant(top, 6))\" "
                    + "width=\"\(Figures.significant(length, 6))\" height=\"18\" rx=\"3\"/>"
                    + "<text class=\"note\" x=\"\(Figures.significant(Self.left + length + 8, 6))\" y=\"\(middle)\">")
            figure.text(row.seconds < 10 ? "\(Figures.significant(row.seconds, 2)) s" : Figures.duration(row.seconds))
            figure.raw("</text>")
        }
        figure.raw("</svg></figure>\n")
        return figure
    }
}
