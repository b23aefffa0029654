/// Results of pieces of work that run on several threads: each writes its own.
final class ResultTable<Value: Sendable>: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Value>
    private let count: Int

    init(count: Int, initial: Value) {
        self.count = count
        base = .allocate(capacity: max(1, count))
        base.initialize(repeating: initial, count: count)
    }

    deinit {
        base.deinitialize(count: count)
        base.deallocate()
    }

    subscript(index: Int) -> Value {
        get {
            precondition(index >= 0 && index < count, "result \(index) of \(count)")
            return base[index]
        }
        set {
            precondition(index >= 0 && index < count, "result \(index) of \(count)")
            base[index] = newValue
        }
    }

    /// All results, once the work has ended.
    var values: [Value] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
