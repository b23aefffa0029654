/// How far a document moved: an arrow with the number of places.
struct RankMove {
    let from: Int
    let to: Int

    /// `▲3`, `▼12`, or `=`.
    var text: String {
        from == to ? "=" : from > to ? "▲\(from - to)" : "▼\(to - from)"
    }

    var cell: TextTable.Cell {
        TextTable.Cell(text, from == to ? .dim : from > to ? .green : .red)
    }
}
