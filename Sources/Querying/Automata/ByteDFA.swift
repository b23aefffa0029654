/// A deterministic automaton over bytes, made of a ``ByteNFA`` step by step as terms ask for it.
///
/// Belongs to one thread.
///
/// States are bounded: a pattern that needs more is refused, whatever the terms are.
final class ByteDFA {
    /// The state in which nothing can match any more.
    static let dead: Int32 = -1
    private static let unknown: Int32 = -2

    private let nfa: ByteNFA
    private let limit: Int
    /// States from which acceptance can be reached.
    private let live: [Bool]
    private var sets: [[Int32]] = []
    /// Members of all sets together.
    private var held = 0
    /// 80 MB, beside a kilobyte for each state.
    private static let mostMembers = 20_000_000
    private var ids: [[Int32]: Int32] = [:]
    private var table: [Int32] = []
    private var values: [Int32] = []
    /// The first state.
    private(set) var start: Int32 = ByteDFA.dead
    /// Whether more states were needed than allowed.
    private(set) var isExhausted = false
    private var marks: [Int32]
    private var mark: Int32 = 0

    /// - Parameter limit: how many states there may be.
    init(_ nfa: ByteNFA, start first: Int32, limit: Int = 10_000) {
        self.nfa = nfa
        self.limit = limit
        marks = [Int32](repeating: 0, count: nfa.count)
        live = Self.reaching(nfa)
        start = id(closure([first]))
    }

    private static func reaching(_ nfa: ByteNFA) -> [Bool] {
        var sources = [[Int32]](repeating: [], count: nfa.count)
        for state in 0..<nfa.count {
            for edge in nfa.edges[state] { sources[Int(edge.target)].append(Int32(state)) }
            for target in nfa.jumps[state] { sources[Int(target)].append(Int32(state)) }
        }
        var live = nfa.accepts.map { $0 >= 0 }
        var stack = live.indices.filter { live[$0] }
        while let state = stack.popLast() {
            for source in sources[state] where !live[Int(source)] {
                live[Int(source)] = true
                stack.append(Int(source))
            }
        }
        return live
    }

    /// All live states that are reached without a byte, sorted.
    private func closure(_ states: [Int32]) -> [Int32] {
        mark += 1
        var result: [Int32] = []
        var stack = states
        while let state = stack.popLast() {
            if marks[Int(state)] == mark || !live[Int(state)] { continue }
            marks[Int(state)] = mark
            result.append(state)
            stack.append(contentsOf: nfa.jumps[Int(state)])
        }
        result.sort()
        return result
    }

    private func id(_ set: [Int32]) -> Int32 {
        if set.isEmpty { return Self.dead }
        if let known = ids[set] { return known }
        held += set.count
        if sets.count >= limit || held > Self.mostMembers {
            isExhausted = true
            return Self.dead
        }
        let id = Int32(sets.count)
        ids[set] = id
        sets.append(set)
        table.append(contentsOf: repeatElement(Self.unknown, count: 256))
        var value: Int32 = -1
        for state in set {
            let accepts = nfa.accepts[Int(state)]
            if accepts >= 0, value < 0 || accepts < value { value = accepts }
        }
        values.append(value)
        return id
    }

    /// The state behind a byte, or ``dead``.
    func step(_ state: Int32, _ byte: UInt8) -> Int32 {
        let place = Int(state) << 8 | Int(byte)
        let known = table[place]
        if known != Self.unknown { return known }
        var targets: [Int32] = []
        for member in sets[Int(state)] {
            for edge in nfa.edges[Int(member)] where edge.low <= byte && byte <= edge.high {
                targets.append(edge.target)
            }
        }
        let next = id(closure(targets))
        table[place] = next
        return next
    }

    /// The value with which a state accepts; -1: it does not.
    func value(_ state: Int32) -> Int32 { state < 0 ? -1 : values[Int(state)] }

    /// The value with which a whole string is accepted; -1: it is not.
    func run(_ bytes: some Sequence<UInt8>) -> Int32 {
        var state = start
        for byte in bytes {
            if state < 0 { return -1 }
            state = step(state, byte)
        }
        return value(state)
    }

    /// Makes all states: `transitions[state][byte]`, -1 for dead.
    ///
    /// `nil` when there are too many.
    func exhaust() -> (transitions: [[Int32]], accepts: [Bool])? {
        var done = 0
        while done < sets.count {
            for byte in 0...255 { _ = step(Int32(done), UInt8(byte)) }
            done += 1
            if isExhausted { return nil }
        }
        return ((0..<sets.count).map { Array(table[$0 << 8..<($0 + 1) << 8]) }, values.map { $0 >= 0 })
    }
}
