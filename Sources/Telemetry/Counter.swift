import Synchronization

/// A number that only grows.
///
/// Adding is one atomic instruction.
public final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    init() {}

    /// Adds to the number.
    public func add(_ amount: Int = 1) { count.wrappingAdd(amount, ordering: .relaxed) }

    /// The number.
    public var value: Int { count.load(ordering: .relaxed) }
}

/// A number that goes up and down.
public final class Gauge: Sendable {
    private let number = Atomic<Int>(0)

    init() {}

    /// Replaces the number.
    public func set(_ value: Int) { number.store(value, ordering: .relaxed) }
    /// Adds to the number, or takes from it.
    public func add(_ amount: Int) { number.wrappingAdd(amount, ordering: .relaxed) }

    /// The number.
    public var value: Int { number.load(ordering: .relaxed) }
}
