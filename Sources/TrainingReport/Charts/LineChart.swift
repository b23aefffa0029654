/// Curves over the steps of a run, as an SVG figure that takes its colours from the page.
struct LineChart {
    /// A curve of the chart.
    struct Line {
        /// What it shows, for the legend; empty for none.
        var name: String
        var curve: Curve
        /// How it is drawn: a class of the page's style.
        var style: Style
        /// Whether each value has a dot that tells step and value.
        var hasDots = false
    }

    enum Style: String {
        case faint
        case first
        case second
        case third
        case fourth
        case fifth
    }

    var title: String
    var lines: [Line]
    /// A dashed line at a value, with its name.
    var level: (name: String, value: Double)?
    /// Whether the vertical axis begins at 0.
    var startsAtZero = false
    /// The last step of the horizontal axis.
    var lastStep: Double
    /// Steps of an epoch, at whose ends lines stand; nil for none.
    var epochSteps: Double?

    private static let width = 640.0
    private static let height = 250.0
    private static let left = 58.0
    private static let right = 12.0
    private static let top = 10.0
    private static let bottom = 26.0

    /// The figure; empty if no curve has a value.
    var html: HTML {
        guard lines.contains(where: { !$0.curve.points.isEmpty }) else { return HTML() }
        let (vertical, hidden) = verticalScale
        let horizontal = AxisScale(0, max(1, lastStep), count: 6, isRounded: false)
        let plot = (width: Self.width - Self.left - Self.right, height: Self.height - Self.top - Self.bottom)
        func x(_ step: Double) -> Double { horizontal.share(step) * plot.width }
        func y(_ value: Double) -> Double { (1 - vertical.share(value)) * plot.height }

        var figure = HTML()
        figure.raw("<figure class=\"chart\"><figcaption>")
        figure.element("b", title)
        for line in lines where !line.name.isEmpty {
            figure.raw(" <span class=\"key \(line.style.rawValue)\"></span>")
            figure.text(line.name)
        }
        if let level {
            figure.raw(" <span class=\"key level\"></span>")
            figure.text(level.name)
        }
        if hidden > 0 { figure.element("i", " \(hidden) \(hidden == 1 ? "value lies" : "values lie") above the chart") }
        figure.raw(
            "</figcaption><svg viewBox=\"0 0 \(number(Self.width)) \(number(Self.height))\" role=\"img\" aria-label=\"")
        figure.text(title)
        figure.raw("\">")
        for tick in vertical.ticks {
            let height = number(Self.top + y(tick))
            figure.raw(
                "<line class=\"grid\" x1=\"\(number(Self.left))\" x2=\"\(number(Self.width - Self.right))\" y1=\"\(height)\" y2=\"\(height)\"/>"
                    + "<text class=\"tick end\" x=\"\(number(Self.left - 6))\" y=\"\(number(Self.top + y(tick) + 4))\">"
                    + "\(Figures.significant(tick))</text>")
        }
        for tick in horizontal.ticks {
            figure.raw(
                "<text class=\"tick\" x=\"\(number(Self.left + x(tick)))\" y=\"\(number(Self.height - 8))\">"
                    + "\(Figures.significant(tick, 9))</text>")
        }
        figure.raw(
            "<svg x=\"\(number(Self.left))\" y=\"\(number(Self.top))\" width=\"\(number(plot.width))\" height=\"\(number(plot.height))\">"
        )
        for step in epochEnds {
            figure.raw(
                "<line class=\"epoch\" x1=\"\(number(x(step)))\" x2=\"\(number(x(step)))\" y1=\"0\" y2=\"\(number(plot.height))\"/>"
            )
        }
        if let level {
            let height = number(y(level.value))
            figure.raw(
                "<line class=\"level\" x1=\"0\" x2=\"\(number(plot.width))\" y1=\"\(height)\" y2=\"\(height)\"/>")
        }
        for line in lines {
            let points = line.curve.thinned(to: 800).points
            let path = points.map { "\(number(x($0.x))),\(number(y($0.y)))" }.joined(separator: " ")
            figure.raw("<polyline class=\"\(line.style.rawValue)\" points=\"\(path)\"/>")
            for point in line.hasDots ? points : points.count == 1 ? points : [] {
                figure.raw(
                    "<circle class=\"\(line.style.rawValue)\" cx=\"\(number(x(point.x)))\" cy=\"\(number(y(point.y)))\" r=\"3\"><title>"
                )
                figure.text(
                    "\(line.name.isEmpty ? title : line.name), step \(Figures.significant(point.x, 9)): \(Figures.significant(point.y))"
                )
                figure.raw("</title></circle>")
            }
        }
        figure.raw("</svg></svg></figure>\n")
        return figure
    }

    /// The axis, and how many values of all lines it leaves out: single ones far above the rest would flatten everything else.
    private var verticalScale: (AxisScale, hidden: Int) {
        let all = Curve(lines.flatMap(\.curve.points))
        var low = all.points.map(\.y).min() ?? 0
        var high = all.points.map(\.y).max() ?? 1
        var hidden = 0
        if all.points.count >= 100, let usual = all.quantile(0.98), high > 4 * usual, usual > 0 {
            let limit = 1.5 * usual
            hidden = all.points.count { $0.y > limit }
            high = limit
        }
        if let level, level.value <= 2 * high {
            low = min(low, level.value)
            high = max(high, level.value)
        }
        if startsAtZero { low = min(0, low) }
        return (AxisScale(low, high, count: 5), hidden)
    }

    private var epochEnds: [Double] {
        guard let epochSteps, epochSteps >= 1, lastStep / epochSteps <= 40 else { return [] }
        return stride(from: epochSteps, to: lastStep, by: epochSteps).map { $0 }
    }

    /// A coordinate, a tenth fine.
    private func number(_ value: Double) -> String { Figures.significant((value * 10).rounded() / 10, 6) }
}
