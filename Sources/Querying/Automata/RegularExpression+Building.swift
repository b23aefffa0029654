extension RegularExpression {
    /// Turns the tree of an expression into an automaton.
    struct Builder {
        var nfa = ByteNFA()
        let bothCases: Bool
        let maxStates: Int

        init(bothCases: Bool, maxStates: Int) {
            self.bothCases = bothCases
            self.maxStates = maxStates
        }

        mutating func build(_ node: Node, _ from: Int32, _ to: Int32) throws {
            // A bound on the work before determinisation, in the spirit of Lucene's effort limit.
            if nfa.count > maxStates * 20 { throw TermPattern.tooComplex }
            switch node {
            case .nothing: break
            case .empty: nfa.jump(from, to)
            case .scalar(let scalar): nfa.scalar(scalar, from: from, to: to, bothCases: bothCases)
            case .any: nfa.anyScalar(from: from, to: to)
            case .anyString:
                let loop = nfa.state()
                nfa.jump(from, loop)
                nfa.edge(loop, 0, 255, loop)
                nfa.jump(loop, to)
            case .ranges(let ranges, let negated):
                let all = bothCases ? Self.inBothCases(ranges) : ranges
                for range in negated ? RegularExpression.inverted(all) : all {
                    nfa.scalars(range, from: from, to: to)
                }
            case .sequence(let parts):
                var at = from
                for part in parts {
                    let next = nfa.state()
                    try build(part, at, next)
                    at = next
                }
                nfa.jump(at, to)
            case .choice(let parts):
                for part in parts { try build(part, from, to) }
            case .repetition(let part, let low, let high): try repetition(part, low, high, from, to)
            case .intersection(let left, let right):
                embed(try product(try determinised(left), try determinised(right)), from, to)
            case .complement(let part):
                var dfa = try determinised(part)
                // Complete it: the dead state becomes a state that accepts everything.
                let sink = Int32(dfa.transitions.count)
                dfa.transitions = dfa.transitions.map { $0.map { $0 < 0 ? sink : $0 } }
                dfa.transitions.append([Int32](repeating: sink, count: 256))
                dfa.accepts = dfa.accepts.map { !$0 } + [true]
                embed(dfa, from, to)
            case .interval(let low, let high, let digits): interval(low, high, digits, from, to)
            }
        }

        private static func inBothCases(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
            var all = ranges
            for letter in UInt32(65)...90 {
                if ranges.contains(where: { $0.contains(letter) }) { all.append(letter + 32...letter + 32) }
                if ranges.contains(where: { $0.contains(letter + 32) }) { all.append(letter...letter) }
            }
            return all
        }

        private mutating func repetition(
            _ part: Node, _ low: Int, _ high: Int?, _ from: Int32, _ to: Int32
        ) throws {
            var at = from
            for _ in 0..<low {
                let next = nfa.state()
                try build(part, at, next)
                at = next
            }
            guard let high else {
                let loop = nfa.state()
                let back = nfa.state()
                nfa.jump(at, loop)
                try build(part, loop, back)
                nfa.jump(back, loop)
                nfa.jump(loop, to)
                return
            }
            nfa.jump(at, to)
            for _ in low..<max(low, high) {
                let next = nfa.state()
                try build(part, at, next)
                nfa.jump(next, to)
                at = next
            }
        }

        typealias Complete = (transitions: [[Int32]], accepts: [Bool])

        private func determinised(_ node: Node) throws -> Complete {
            var builder = Builder(bothCases: bothCases, maxStates: maxStates)
            let start = builder.nfa.state()
            let end = builder.nfa.state()
            try builder.build(node, start, end)
            builder.nfa.accept(end)
            let dfa = ByteDFA(builder.nfa, start: start, limit: maxStates)
            if dfa.start < 0 { return ([[Int32](repeating: -1, count: 256)], [false]) }
            guard let complete = dfa.exhaust() else { throw TermPattern.tooComplex }
            return complete
        }

        private func product(_ left: Complete, _ right: Complete) throws -> Complete {
            var ids: [Int64: Int32] = [0: 0]
            var pairs: [(Int32, Int32)] = [(0, 0)]
            var transitions: [[Int32]] = []
            var at = 0
            while at < pairs.count {
                let (a, b) = pairs[at]
                var row = [Int32](repeating: -1, count: 256)
                for byte in 0..<256 {
                    let x = left.transitions[Int(a)][byte], y = right.transitions[Int(b)][byte]
                    if x < 0 || y < 0 { continue }
                    let key = Int64(x) << 32 | Int64(y)
                    if let known = ids[key] {
                        row[byte] = known
                    } else {
                        if pairs.count >= maxStates { throw TermPattern.tooComplex }
                        row[byte] = Int32(pairs.count)
                        ids[key] = row[byte]
                        pairs.append((x, y))
                    }
                }
                transitions.append(row)
                at += 1
            }
            return (transitions, pairs.map { left.accepts[Int($0.0)] && right.accepts[Int($0.1)] })
        }

        /// Adds a deterministic automaton whose first state is 0.
        private mutating func embed(_ dfa: Complete, _ from: Int32, _ to: Int32) {
            var states: [Int32] = []
            for _ in dfa.transitions { states.append(nfa.state()) }
            nfa.jump(from, states[0])
            for (i, row) in dfa.transitions.enumerated() {
                if dfa.accepts[i] { nfa.jump(states[i], to) }
                var byte = 0
                while byte < 256 {
                    let target = row[byte]
                    var last = byte
                    while last + 1 < 256, row[last + 1] == target { last += 1 }
                    if target >= 0 { nfa.edge(states[i], UInt8(byte), UInt8(last), states[Int(target)]) }
                    byte = last + 1
                }
            }
        }

        /// Decimal numbers between two, with leading zeros to a fixed number of digits or any.
        private mutating func interval(_ low: Int, _ high: Int, _ digits: Int, _ from: Int32, _ to: Int32) {
            func text(_ value: Int, _ width: Int) -> [UInt8] {
                let plain = Array(String(value).utf8)
                return [UInt8](repeating: 48, count: max(0, width - plain.count)) + plain
            }
            func power(_ exponent: Int) -> Int { (0..<min(exponent, 18)).reduce(1) { value, _ in value * 10 } }
            var at = from
            if digits == 0 {
                at = nfa.state()
                nfa.jump(from, at)
                nfa.edge(at, 48, 48, at)
            }
            let widths = digits > 0 ? [digits] : Array(String(low).utf8.count...String(high).utf8.count)
            for width in widths {
                let least = digits > 0 || width == 1 ? 0 : power(width - 1)
                let a = max(low, least), b = min(high, power(width) - 1)
                if a <= b { decimals(text(a, width)[...], text(b, width)[...], at, to) }
            }
        }

        private mutating func decimals(
            _ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>, _ from: Int32, _ to: Int32
        ) {
            guard let a = low.first, let b = high.first else {
                nfa.jump(from, to)
                return
            }
            // All numbers of this many digits are one path; without it the paths would double with every digit.
            if low.allSatisfy({ $0 == 48 }), high.allSatisfy({ $0 == 57 }) {
                var at = from
                for _ in low {
                    let next = nfa.state()
                    nfa.edge(at, 48, 57, next)
                    at = next
                }
                nfa.jump(at, to)
                return
            }
            let lowRest = low.dropFirst(), highRest = high.dropFirst()
            let nines = ArraySlice([UInt8](repeating: 57, count: lowRest.count))
            let zeros = ArraySlice([UInt8](repeating: 48, count: lowRest.count))
            let first = nfa.state()
            nfa.edge(from, a, a, first)
            if a == b {
                decimals(lowRest, highRest, first, to)
                return
            }
            decimals(lowRest, nines, first, to)
            let last = nfa.state()
            nfa.edge(from, b, b, last)
            decimals(zeros, highRest, last, to)
            if a + 1 <= b - 1 {
                let middle = nfa.state()
                nfa.edge(from, a + 1, b - 1, middle)
                decimals(zeros, nines, middle, to)
            }
        }
    }
}
