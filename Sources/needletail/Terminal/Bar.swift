/// A horizontal bar of block characters, an eighth of a column fine.
enum Bar {
    static func text(_ share: Float, columns: Int) -> String {
        let eighths = Int((max(0, min(1, share)) * Float(columns * 8)).rounded())
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return String(repeating: "█", count: eighths / 8) + (eighths == 0 ? "▏" : partial)
    }
}
