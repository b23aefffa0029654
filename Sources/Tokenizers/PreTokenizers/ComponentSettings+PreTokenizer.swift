internal import JSON

extension ComponentSettings {
    /// The pre-tokeniser that these settings describe.
    func preTokenizer() throws(TokenizerError) -> any PreTokenizer {
        try checkGrowth(ofStepsIn: "pretokenizers")
        return try uncheckedPreTokenizer()
    }

    private func uncheckedPreTokenizer() throws(TokenizerError) -> any PreTokenizer {
        switch try type() {
        case "BertPreTokenizer": return BertPreTokenizer()
        case "Whitespace":
            return SplitPreTokenizer(pattern: .wordsOrSymbols, behavior: .removed, inverted: true)
        case "WhitespaceSplit": return SplitPreTokenizer(pattern: .properties(.whitespace), behavior: .removed)
        case "ByteLevel":
            return ByteLevelPreTokenizer(
                addsPrefixSpace: try bool("add_prefix_space", default: true),
                usesRegex: try bool("use_regex", default: true))
        case "Metaspace": return try metaspace()
        case "Punctuation":
            return SplitPreTokenizer(
                pattern: .properties(.punctuation), behavior: try behavior(default: .isolated))
        case "Digits":
            return SplitPreTokenizer(
                pattern: .properties(.numeric),
                behavior: try bool("individual_digits", default: false) ? .isolated : .contiguous)
        case "Split":
            return SplitPreTokenizer(
                pattern: try pattern("pattern"), behavior: try behavior(default: nil),
                inverted: try bool("invert", default: false))
        case "CharDelimiterSplit":
            return SplitPreTokenizer(pattern: .scalar(try scalar("delimiter").value), behavior: .removed)
        case "FixedLength":
            return FixedLengthPreTokenizer(length: try int("length", in: 1...Int(Int32.max), default: 5))
        case "Sequence":
            var steps: [any PreTokenizer] = []
            for component in try components("pretokenizers") { steps.append(try component.uncheckedPreTokenizer()) }
            return PreTokenizerSequence(steps: steps)
        case let other:
            throw unknownType(
                other, role: "pre-tokenizer",
                known: [
                    "BertPreTokenizer", "Whitespace", "WhitespaceSplit", "ByteLevel", "Metaspace", "Punctuation",
                    "Digits", "Split", "CharDelimiterSplit", "FixedLength", "Sequence",
                ])
        }
    }

    private func behavior(default absent: SplitBehavior?) throws(TokenizerError) -> SplitBehavior {
        if let absent, self["behavior"] == nil { return absent }
        let name = try string("behavior")
        guard let behavior = SplitBehavior(rawValue: name) else {
            let known = SplitBehavior.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure("behavior", "expected one of \(known), found \"\(name)\"")
        }
        return behavior
    }

    private func metaspace() throws(TokenizerError) -> MetaspacePreTokenizer {
        var scheme = MetaspacePreTokenizer.PrependScheme.always
        if let name = try optionalString("prepend_scheme") {
            guard let given = MetaspacePreTokenizer.PrependScheme(rawValue: name) else {
                throw failure("prepend_scheme", "expected always, first or never, found \"\(name)\"")
            }
            scheme = given
        }
        // Older files have this switch in place of the scheme; together they must agree.
        if self["add_prefix_space"] != nil, !(try bool("add_prefix_space")) {
            guard self["prepend_scheme"] == nil || scheme == .never else {
                throw failure("add_prefix_space", "it is false, but prepend_scheme is \"\(scheme.rawValue)\"")
            }
            scheme = .never
        }
        return MetaspacePreTokenizer(
            replacement: try scalar("replacement").value, prependScheme: scheme,
            splits: try bool("split", default: true))
    }
}
