extension MiningReport {
    /// The report for people: plain lines of at most about 120 characters.
    public var text: String {
        var lines = [
            "\(queries) queries with \(pairs) positives, \(documents) documents; judged by \(guide)",
            "",
            "candidates            \(candidates)",
        ]
        for reason in DropReason.allCases {
            guard let count = dropped[reason] else { continue }
            lines.append(
                "  \(Self.padded(reason.rawValue, 19)) \(count)  \(share(count, candidates))  \(reason.explanation)")
        }
        lines.append("  \(Self.padded("kept", 19)) \(negatives)  \(share(negatives, candidates))")
        if options.fillsWithRandom { lines.append("filled up at random   \(filled)") }
        lines.append("queries with all \(options.negatives)    \(complete)  \(share(complete, queries))")
        lines.append("without admissible    \(withoutAdmissible)  \(share(withoutAdmissible, queries))")
        lines.append(
            "admissible per query  \(Self.number(queries == 0 ? 0 : Double(admissible) / Double(queries), 1)) in the mean"
        )
        lines += ["", "source      negatives  only here  positive first  positive found"]
        for source in sources {
            lines.append(
                Self.padded(source.name, 10) + Self.leading("\(source.negatives)", 11)
                    + Self.leading("\(source.onlyHere)", 11)
                    + Self.leading(share(source.positiveFirst, queries), 16)
                    + Self.leading(share(source.positiveFound, queries), 16))
        }
        lines += ["", "scores        count     mean    st.dev.  min      25%      50%      75%      max"]
        for (name, scores) in [
            ("positive", positiveScores), ("negative", negativeScores), ("hardest", hardestScores),
            ("difference", differences),
        ] {
            let numbers = [scores.mean, scores.deviation] + scores.quartiles
            lines.append(
                Self.padded(name, 10) + Self.leading("\(scores.count)", 9)
                    + numbers.map { Self.leading(Self.number($0, 4), 9) }.joined())
        }
        for reason in DropReason.allCases where examples[reason]?.isEmpty == false && reason != .relevant {
            lines += ["", "dropped as \(reason.rawValue):"]
            for example in examples[reason] ?? [] { lines += Self.lines(example) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ example: Example) -> [String] {
        let similarity = example.similarity.map { ", similarity \(number($0, 2))" } ?? ""
        return [
            "  query            \(excerpt(example.query))",
            "  positive \(leading(number(Double(example.positiveScore), 4), 7)) \(excerpt(example.positive))",
            "  dropped  \(leading(number(Double(example.score), 4), 7)) \(excerpt(example.document))\(similarity)",
        ]
    }

    private func share(_ count: Int, _ all: Int) -> String {
        all == 0 ? "-" : "\(Self.number(100 * Double(count) / Double(all), 1))%"
    }

    /// The beginning of a text in one line.
    private static func excerpt(_ text: String) -> String {
        let line = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }.prefix(90))
        return line.count < text.count ? line + "..." : line
    }

    /// A number with so many decimals.
    private static func number(_ value: Double, _ digits: Int) -> String {
        let unit = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        guard let steps = Int(exactly: (abs(value) * unit).rounded()) else { return "\(value)" }
        let (whole, rest) = steps.quotientAndRemainder(dividingBy: Int(unit))
        let sign = value < 0 && steps > 0 ? "-" : ""
        let decimals = String(rest)
        return digits == 0
            ? "\(sign)\(whole)"
            : "\(sign)\(whole)." + String(repeating: "0", count: digits - decimals.count) + decimals
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func leading(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
