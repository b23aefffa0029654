/// Turns byte positions of a text into UTF-16 offsets; cheap when positions ascend.
struct OffsetCursor {
    private let text: UnsafePointer<UInt8>
    private var byte = 0
    private var unit = 0

    init(_ text: UnsafePointer<UInt8>) { self.text = text }

    /// The UTF-16 offset of a byte position at the beginning of a character.
    @inline(__always)
    mutating func offset(at position: Int) -> Int {
        if position < byte { (byte, unit) = (0, 0) }
        if position > byte {
            unit += UTF8Scalar.utf16Count(text + byte, position - byte)
            byte = position
        }
        return unit
    }
}
