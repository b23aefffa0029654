import Glibc

/// Prints aligned lines.
enum Table {
    /// One line: a name and figures.
    static func row(_ cells: [String]) {
        print(
            cells.enumerated().map { index, cell in
                let space = String(repeating: " ", count: max(1, (index == 0 ? 28 : 14) - cell.count))
                return index == 0 ? cell + space : space + cell
            }.joined())
    }

    /// A number with so many digits behind the point.
    static func fixed(_ value: Double, _ digits: Int = 2) -> String {
        let scale = pow(10, Double(digits))
        let rounded = (value * scale).rounded() / scale
        return digits == 0 ? "\(Int(rounded))" : "\(rounded)"
    }
}
