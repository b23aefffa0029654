import NegativeMining
import TestSupport
import Testing

@Suite("Which candidates become negatives")
struct SelectionTests {
    /// A query with random scores, some of them equal, and random options.
    private struct Example {
        var scores: [Float]
        var dropped: [DropReason?]
        var positives: [Float]
        var options = MiningOptions()

        init(seed: Int) {
            var generator = SeededGenerator(seed: UInt64(seed))
            // In hundredths, so that scores are equal to one another and to bounds.
            let score: (inout SeededGenerator) -> Float = { Float(Int.random(in: -100...100, using: &$0)) / 100 }
            let count = Int.random(in: 0...30, using: &generator)
            scores = (0..<count).map { _ in score(&generator) }
            dropped = (0..<count).map { _ in Int.random(in: 0..<6, using: &generator) == 0 ? .nearDuplicate : nil }
            positives = (0..<Int.random(in: 1...3, using: &generator)).map { _ in score(&generator) }
            options.negatives = Int.random(in: 1...5, using: &generator)
            options.rangeMin = Bool.random(using: &generator) ? 0 : Int.random(in: 0...4, using: &generator)
            if Bool.random(using: &generator) {
                options.rangeMax = options.rangeMin + options.negatives + Int.random(in: 0...8, using: &generator)
            }
            func perhaps(_ range: ClosedRange<Int>, _ generator: inout SeededGenerator) -> Float? {
                Int.random(in: 0..<3, using: &generator) > 0
                    ? nil : Float(Int.random(in: range, using: &generator)) / 100
            }
            options.absoluteMargin = perhaps(-10...30, &generator)
            options.relativeMargin = perhaps(-10...50, &generator)
            options.maximumScore = perhaps(-20...90, &generator)
            options.minimumScore = perhaps(-90 ... -30, &generator)
        }

        func select(key: UInt64 = 1) -> CandidateSelection {
            CandidateSelection(scores: scores, dropped: dropped, positives: positives, options: options, key: key)
        }

        /// The rules of the documentation, one candidate at a time.
        func isAdmissible(_ place: Int) -> Bool {
            let (score, lowest) = (scores[place], positives.min()!)
            var isFine = dropped[place] == nil
            if let margin = options.absoluteMargin { isFine = isFine && score + margin <= lowest }
            if let margin = options.relativeMargin { isFine = isFine && score <= lowest - abs(lowest) * margin }
            if let bound = options.maximumScore { isFine = isFine && score <= bound }
            if let bound = options.minimumScore { isFine = isFine && score >= bound }
            return isFine
        }

        var window: [Int] {
            let left = scores.indices.filter(isAdmissible).sorted { (scores[$0], $1) > (scores[$1], $0) }
            return Array(left.prefix(options.rangeMax ?? 1000).dropFirst(options.rangeMin))
        }
    }

    @Test("The best of the window, as the rules say")
    func top() {
        var chosen = 0
        for seed in 0..<3000 {
            let example = Example(seed: seed)
            let selection = example.select()
            #expect(selection.chosen == Array(example.window.prefix(example.options.negatives)), "seed \(seed)")
            #expect(selection.admissible == example.scores.indices.count(where: example.isAdmissible), "seed \(seed)")
            #expect(
                selection.reasons.indices.filter { selection.reasons[$0] == nil }.sorted() == selection.chosen.sorted())
            chosen += selection.chosen.count
        }
        #expect(chosen > 3000)
    }

    @Test("Each reason is the first that applies")
    func reasons() {
        for seed in 0..<1000 {
            let example = Example(seed: seed)
            for (place, reason) in example.select().reasons.enumerated() {
                guard let reason else { continue }
                var relaxed = example
                switch reason {
                case .nearDuplicate: relaxed.dropped[place] = nil
                case .absoluteMargin: relaxed.options.absoluteMargin = nil
                case .relativeMargin: relaxed.options.relativeMargin = nil
                case .maximumScore: relaxed.options.maximumScore = nil
                case .minimumScore: relaxed.options.minimumScore = nil
                case .rangeMin: relaxed.options.rangeMin = 0
                case .rangeMax: relaxed.options.rangeMax = nil
                case .notChosen: relaxed.options.negatives = 100
                default: Issue.record("\(reason)")
                }
                let again = relaxed.select().reasons[place]
                #expect(again != reason, "seed \(seed)")
                let order = DropReason.allCases
                #expect(again.map { order.firstIndex(of: $0)! > order.firstIndex(of: reason)! } ?? true, "seed \(seed)")
            }
        }
    }

    @Test("Margins below and above a positive of either sign", arguments: [0.8, 0.0, -0.4] as [Float])
    func margins(_ positive: Float) {
        let scores: [Float] = [
            positive + 0.01, positive, positive - abs(positive) * 0.05, positive - 0.1, positive - 0.5,
        ]
        func kept(_ change: (inout MiningOptions) -> Void) -> [Int] {
            let options = MiningOptions.with {
                $0.negatives = 10
                change(&$0)
            }
            return CandidateSelection(
                scores: scores, dropped: scores.map { _ in nil }, positives: [positive, positive + 5], options: options,
                key: 0
            ).chosen
        }
        #expect(kept { $0.relativeMargin = 0.05 } == (positive == 0 ? [1, 2, 3, 4] : [2, 3, 4]))
        #expect(kept { $0.relativeMargin = 0 } == [1, 2, 3, 4])
        #expect(kept { $0.absoluteMargin = 0.3 } == [4])
        #expect(kept { _ in } == [0, 1, 2, 3, 4])
    }

    @Test("Spread choices are few of the best and some of all depths")
    func spread() {
        // Seven of a hundred ranks: the ends of the runs grow by a factor of about two.
        let ends = [1, 3, 7, 14, 27, 52, 100]
        var places = Set<Int>()
        for key in 0..<2000 {
            let options = MiningOptions.with { ($0.negatives, $0.sampling) = (7, .spread(seed: 7)) }
            let scores = (0..<100).map { Float(100 - $0) }
            let chosen = CandidateSelection(
                scores: scores, dropped: scores.map { _ in nil }, positives: [1000], options: options,
                key: UInt64(key)
            ).chosen
            for (place, (start, end)) in zip(chosen, zip([0] + ends, ends)) { #expect((start..<end).contains(place)) }
            #expect(chosen.count == 7)
            places.formUnion(chosen)
        }
        #expect(places.count == 100)
        for seed in 0..<1000 {
            var example = Example(seed: seed)
            example.options.sampling = .spread(seed: 7)
            let chosen = example.select(key: UInt64(seed)).chosen
            #expect(chosen == example.select(key: UInt64(seed)).chosen)
            #expect(chosen.count == min(example.options.negatives, example.window.count), "seed \(seed)")
            #expect(chosen == example.window.filter(Set(chosen).contains), "seed \(seed)")
        }
    }

    @Test("Random choices are admissible, sorted, and the same for the same key")
    func random() {
        for seed in 0..<1000 {
            var example = Example(seed: seed)
            example.options.sampling = .random(seed: 7)
            let chosen = example.select(key: UInt64(seed)).chosen
            #expect(chosen == example.select(key: UInt64(seed)).chosen)
            #expect(chosen.count == min(example.options.negatives, example.window.count), "seed \(seed)")
            #expect(chosen == example.window.filter(Set(chosen).contains), "seed \(seed)")
        }
    }

    @Test("Every candidate has the same chance")
    func chances() {
        let scores = (0..<10).map { Float($0) }
        var counts = [Int](repeating: 0, count: 10)
        let options = MiningOptions.with {
            $0.negatives = 3
            $0.sampling = .random(seed: 1)
        }
        for key in 0..<10_000 {
            let selection = CandidateSelection(
                scores: scores, dropped: scores.map { _ in nil }, positives: [0], options: options, key: UInt64(key))
            for place in selection.chosen { counts[place] += 1 }
        }
        // 3,000 expected, with a standard deviation of 46.
        #expect(counts.allSatisfy { abs($0 - 3000) < 5 * 46 })
        let other = MiningOptions.with {
            $0.negatives = 3
            $0.sampling = .random(seed: 2)
        }
        let different = (0..<100).filter { key in
            let select = { (options: MiningOptions) in
                CandidateSelection(
                    scores: scores, dropped: scores.map { _ in nil }, positives: [0], options: options, key: UInt64(key)
                ).chosen
            }
            return select(options) != select(other)
        }
        #expect(different.count > 80)
    }

    @Test("Settings that cannot be are refused by name")
    func refused() {
        let changes: [(String, (inout MiningOptions) -> Void)] = [
            ("0 candidates", { $0.depth = 0 }), ("num_negatives", { $0.negatives = .max }),
            ("num_negatives", { $0.negatives = 0 }),
            ("range_min", { $0.rangeMin = -1 }),
            ("range_min 4 is not below range_max 4", { ($0.rangeMin, $0.rangeMax) = (4, 4) }),
            ("3 negatives do not fit the 2 ranks", { ($0.rangeMin, $0.rangeMax) = (4, 6) }),
            ("max_score", { $0.maximumScore = .nan }), ("relative_margin", { $0.relativeMargin = .infinity }),
            ("min_score 0.5 is above max_score 0.25", { ($0.minimumScore, $0.maximumScore) = (0.5, 0.25) }),
            ("near-duplicate", { $0.nearDuplicateSimilarity = 0 }),
            ("near-duplicate", { $0.nearDuplicateSimilarity = 1.5 }),
        ]
        for (words, change) in changes {
            let error = miningError { try MiningOptions.with(change).check() }
            #expect(error?.code == .badSetting)
            #expect(error?.reason.contains(words) == true, "\(error?.reason ?? words)")
        }
        #expect(miningError { try MiningOptions().check() } == nil)
    }
}
