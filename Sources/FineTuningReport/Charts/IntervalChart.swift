import TrainingReport

/// Differences with their intervals on one axis, as an SVG figure.
struct IntervalChart {
    struct Row {
        let name: String
        let value: Double
        let interval: ClosedRange<Double>
    }

    let title: String
    let rows: [Row]
    /// A dashed line, with its name.
    let limit: (name: String, value: Double)?

    private static let width = 1120.0
    private static let left = 380.0
    private static let right = 24.0
    private static let rowHeight = 28.0

    /// The figure; empty without rows.
    ///
    /// Values beyond a million are no differences of figures, and would leave nothing to see.
    var html: HTML {
        let rows = rows.filter {
            max(abs($0.value), abs($0.interval.lowerBound), abs($0.interval.upperBound)) < 1e6
        }
        guard !rows.isEmpty else { return HTML() }
        var values = [0, limit?.value ?? 0]
        for row in rows { values += [row.interval.lowerBound, row.interval.upperBound] }
        let low = values.min() ?? 0
        let high = max(values.max() ?? 1, low + 1e-6)
        let scale = AxisScale(low, high, count: 6)
        let height = Self.rowHeight * Double(rows.count) + 34
        func x(_ value: Double) -> String {
            Figures.significant(Self.left + scale.share(value) * (Self.width - Self.left - Self.right), 6)
        }
        var figure = HTML()
        figure.raw("<figure class=\"chart\"><figcaption>")
        figure.element("b", title)
        if let limit {
            figure.raw(" <span class=\"key limit\"></span>")
            figure.text(limit.name)
        }
        figure.raw("</figcaption><svg viewBox=\"0 0 \(Int(Self.width)) \(Int(height))\" role=\"img\" aria-label=\"")
        figure.text(title)
        figure.raw("\">")
        let bottom = Int(height) - 26
        for tick in scale.ticks {
            figure.raw(
                "<line class=\"grid\" x1=\"\(x(tick))\" x2=\"\(x(tick))\" y1=\"0\" y2=\"\(bottom)\"/>"
                    + "<text class=\"tick\" x=\"\(x(tick))\" y=\"\(bottom + 16)\">\(Figures.significant(tick))</text>")
        }
        figure.raw("<line class=\"zero\" x1=\"\(x(0))\" x2=\"\(x(0))\" y1=\"0\" y2=\"\(bottom)\"/>")
        if let limit {
            figure.raw(
                "<line class=\"limit\" x1=\"\(x(limit.value))\" x2=\"\(x(limit.value))\" y1=\"0\" y2=\"\(bottom)\"/>")
        }
        for (number, row) in rows.enumerated() {
            let middle = Figures.significant(Self.rowHeight * (Double(number) + 0.5), 6)
            figure.raw("<text class=\"label end\" x=\"\(Int(Self.left) - 10)\" y=\"\(middle)\" dy=\"4\">")
            figure.text(row.name)
            figure.raw(
                "</text><line class=\"span\" x1=\"\(x(row.interval.lowerBound))\" x2=\"\(x(row.interval.upperBound))\" "
                    + "y1=\"\(middle)\" y2=\"\(middle)\"/><circle class=\"first\" cx=\"\(x(row.value))\" cy=\"\(middle)\" r=\"5\"><title>"
            )
            figure.text("\(row.name): \(Figures.signed(row.value, 4))")
            figure.raw("</title></circle>")
        }
        figure.raw("</svg></figure>\n")
        return figure
    }
}
