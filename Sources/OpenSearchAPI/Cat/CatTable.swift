internal import HTTPTypes
internal import JSON
internal import Querying

/// What a `_cat` operation answers: rows for people, or the same as a document.
struct CatTable: Sendable {
    /// A column that a table can have.
    struct Column: Sendable {
        let name: String
        let aliases: [String]
        let description: String
        /// Whether it is shown unless others are asked for.
        let isDefault: Bool
        let alignsRight: Bool

        init(
            _ name: String, _ aliases: [String] = [], _ description: String, isDefault: Bool = true,
            right: Bool = false
        ) {
            self.name = name
            self.aliases = aliases
            self.description = description
            self.isDefault = isDefault
            alignsRight = right
        }
    }

    /// A value.
    enum Cell: Sendable {
        case text(String)
        case integer(Int)
        case real(Double)
        case bytes(Int)
        case time(Duration)
        case none
    }

    private var headers: [(title: String, column: Column)] = []
    private var rows: [[String?]] = []
    private var showsHeader = false
    private var help: String?

    /// The parameters of every table.
    static let parameters = [
        "h", "s", "v", "help", "bytes", "time", "size", "local", "cluster_manager_timeout", "master_timeout", "timeout",
    ]

    /// Lays out rows as a request asks.
    ///
    /// - Parameters:
    ///   - columns: all that there are, in order.
    ///   - rows: values by the columns' names; what is missing is empty.
    init(_ columns: [Column], _ rows: [[String: Cell]], for request: RestRequest) throws(OpenSearchError) {
        if try request.flag("help") {
            help = Self.help(columns)
            return
        }
        showsHeader = try request.flag("v")
        let byteUnit = request.text("bytes")
        if let byteUnit, ByteSize.text(0, in: byteUnit) == nil {
            throw .illegalArgument("No enum constant of byte units is [\(byteUnit)]: use b, kb, mb, gb, tb or pb")
        }
        let timeUnit = request.text("time")
        headers = Self.selected(columns, request.list("h"))
        var rows = rows
        if let keys = request.list("s") { try Self.sort(&rows, by: keys, columns) }
        self.rows = rows.map { row in
            headers.map { Self.text(row[$0.column.name] ?? .none, byteUnit, timeUnit) }
        }
    }

    private static func selected(_ columns: [Column], _ wanted: [String]?) -> [(String, Column)] {
        guard let wanted else { return columns.filter(\.isDefault).map { ($0.name, $0) } }
        var chosen: [(String, Column)] = []
        for name in wanted {
            if Wildcard.isPattern(name) {
                for column in columns
                where Wildcard.matches(name, column.name) && !chosen.contains(where: { $0.1.name == column.name }) {
                    chosen.append((column.name, column))
                }
            } else if let column = columns.first(where: { $0.name == name || $0.aliases.contains(name) }) {
                chosen.append((name, column))
            }
        }
        return chosen
    }

    private static func sort(
        _ rows: inout [[String: Cell]], by keys: [String], _ columns: [Column]
    ) throws(OpenSearchError) {
        var orders: [(name: String, isDescending: Bool)] = []
        for key in keys {
            let parts = key.split(separator: ":", maxSplits: 1).map(String.init)
            guard let name = parts.first,
                let column = columns.first(where: { $0.name == name || $0.aliases.contains(name) })
            else {
                throw OpenSearchError(
                    500, "unsupported_operation_exception", "Unable to sort by unknown sort key `\(key)`")
            }
            orders.append((column.name, parts.count > 1 && parts[1].lowercased() == "desc"))
        }
        rows = rows.enumerated().sorted { left, right in
            for order in orders {
                let comparison = compare(left.element[order.name] ?? .none, right.element[order.name] ?? .none)
                if comparison != 0 { return order.isDescending ? comparison > 0 : comparison < 0 }
            }
            return left.offset < right.offset
        }.map(\.element)
    }

    private static func compare(_ left: Cell, _ right: Cell) -> Int {
        if case .text(let left) = left, case .text(let right) = right {
            return left < right ? -1 : left > right ? 1 : 0
        }
        let (left, right) = (magnitude(left), magnitude(right))
        return left < right ? -1 : left > right ? 1 : 0
    }

    private static func magnitude(_ cell: Cell) -> Double {
        switch cell {
        case .none: -.infinity
        case .text: .infinity
        case .integer(let value), .bytes(let value): Double(value)
        case .real(let value): value
        case .time(let duration): Double(duration.nanoseconds)
        }
    }

    private static func text(_ cell: Cell, _ byteUnit: String?, _ timeUnit: String?) -> String? {
        switch cell {
        case .none: return nil
        case .text(let text): return text
        case .integer(let value): return "\(value)"
        case .real(let value):
            let hundredths = Int((value * 100).rounded())
            return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
        case .bytes(let count): return byteUnit.flatMap { ByteSize.text(count, in: $0) } ?? ByteSize.text(count)
        case .time(let duration):
            let nanoseconds = duration.nanoseconds
            return switch timeUnit {
            case "nanos": "\(nanoseconds)"
            case "micros": "\(nanoseconds / 1000)"
            case "ms": "\(nanoseconds / 1_000_000)"
            case "s": "\(nanoseconds / 1_000_000_000)"
            case "m": "\(nanoseconds / 60_000_000_000)"
            case "h": "\(nanoseconds / 3_600_000_000_000)"
            case "d": "\(nanoseconds / 86_400_000_000_000)"
            default: TimeValue.text(duration)
            }
        }
    }

    /// The table as an array of objects; all values are strings or null.
    var document: JSONValue {
        .array(
            rows.map { row in
                .object(
                    JSONObject(
                        zip(headers, row).map { (key: $0.title, value: $1.map { .string($0) } ?? .null) }))
            })
    }

    /// The table as text.
    var text: String {
        if let help { return help }
        var lines: [[String]] = showsHeader ? [headers.map(\.title)] : []
        lines += rows.map { $0.map { $0 ?? "" } }
        var widths = [Int](repeating: 0, count: headers.count)
        for line in lines { for (index, cell) in line.enumerated() { widths[index] = max(widths[index], cell.count) } }
        return lines.map { line in
            line.enumerated().map { index, cell in
                let fill = String(repeating: " ", count: widths[index] - cell.count)
                if headers[index].column.alignsRight { return fill + cell }
                return index == line.count - 1 ? cell : cell + fill
            }.joined(separator: " ") + "\n"
        }.joined()
    }

    private static func help(_ columns: [Column]) -> String {
        let cells = columns.map { [$0.name, $0.aliases.joined(separator: ","), $0.description] }
        let first = cells.map { $0[0].count }.max() ?? 0
        let second = cells.map { $0[1].count }.max() ?? 0
        return cells.map { cell in
            cell[0] + String(repeating: " ", count: first - cell[0].count) + " | " + cell[1]
                + String(repeating: " ", count: second - cell[1].count) + " | " + cell[2] + "\n"
        }.joined()
    }
}
