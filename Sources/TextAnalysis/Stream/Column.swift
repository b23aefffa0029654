/// A growing column of plain values in memory of its own: an append is a store, without uniqueness checks.
///
/// Eight values of slack lie behind the capacity, so that short copies may be made in whole words.
struct Column<Element: BitwiseCopyable>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var capacity: Int
    var count = 0

    private static var slack: Int { 64 }

    init(capacity: Int = 64) {
        self.capacity = capacity
        base = .allocate(capacity: capacity + Self.slack)
    }

    deinit { base.deallocate() }

    @inline(__always)
    subscript(index: Int) -> Element {
        get { base[index] }
        set { base[index] = newValue }
    }

    var isEmpty: Bool { count == 0 }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow(to: count + 1) }
        base[count] = element
        count += 1
    }

    /// Makes room for `extra` more elements.
    @inline(__always)
    mutating func reserve(_ extra: Int) {
        if count + extra > capacity { grow(to: count + extra) }
    }

    @inline(__always)
    mutating func append(_ source: UnsafePointer<Element>, _ length: Int) {
        reserve(length)
        (base + count).update(from: source, count: length)
        count += length
    }

    mutating func removeAll() { count = 0 }

    /// Removes everything and gives memory back that an unusually long text has taken.
    mutating func reset() {
        count = 0
        if capacity * MemoryLayout<Element>.stride > 8 << 20 {
            base.deallocate()
            capacity = 64
            base = .allocate(capacity: capacity + Self.slack)
        }
    }

    @inline(never)
    private mutating func grow(to needed: Int) {
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger + Self.slack)
        moved.update(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
    }
}

extension Column where Element == UInt8 {
    /// Appends the UTF-8 of a scalar; surrogates become U+FFFD.
    @inline(__always)
    mutating func append(scalar: UInt32) {
        reserve(4)
        count += UTF8Scalar.encode(scalar, to: base + count)
    }
}
