/// Prints measurements as the lines of one aligned table; `--json` on the command line gives one JSON object per line.
public struct MeasurementTable {
    private let asJSON: Bool

    /// A table with a title, printed right away.
    public init(_ title: String) {
        asJSON = CommandLine.arguments.contains("--json")
        if !asJSON {
            print("\n" + title)
            print(Self.pad("", 44) + Self.left("median ms", 12) + Self.left("min ms", 12) + Self.left("rate", 24))
        }
    }

    /// Prints one line.
    public func add(_ measurement: Measurement) {
        let median = Self.fixed(measurement.median * 1e3, 3)
        let minimum = Self.fixed(measurement.minimum * 1e3, 3)
        if asJSON {
            print(
                #"{"name":"\#(measurement.name)","median_ms":\#(median),"min_ms":\#(minimum),"#
                    + #""runs":\#(measurement.seconds.count),"unit":"\#(measurement.unit)","rate":\#(measurement.rate)}"#
            )
        } else {
            print(
                Self.pad(measurement.name, 44) + Self.left(median, 12) + Self.left(minimum, 12)
                    + Self.left("\(Self.scaled(measurement.rate)) \(measurement.unit)/s", 24))
        }
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private static func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }

    /// A number with SI prefix: 12.3 M.
    private static func scaled(_ value: Double) -> String {
        for (factor, prefix) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= factor {
            return fixed(value / factor, 2) + " " + prefix
        }
        return fixed(value, 2) + " "
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64(value * scale + 0.5)
        let whole = scaled / Int64(scale)
        let fraction = String(scaled % Int64(scale))
        return "\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
