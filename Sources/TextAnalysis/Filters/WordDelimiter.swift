/// What word delimiter filters cut apart, and which parts they give.
struct WordDelimiterOptions: Sendable {
    var generatesWords = true
    var generatesNumbers = true
    var joinsWords = false
    var joinsNumbers = false
    var joinsAll = false
    var preservesOriginal = false
    var splitsOnCase = true
    var splitsOnNumbers = true
    var removesPossessive = true
    var ignoresKeywords = false
    var adjustsOffsets = true
    var protectedWords = WordSet([])
    /// Types of characters that differ from Unicode's.
    var types: [UInt16: UInt8] = [:]

    static let lower: UInt8 = 1
    static let upper: UInt8 = 2
    static let digit: UInt8 = 4
    static let delimiter: UInt8 = 8
    static let alpha: UInt8 = 3

    func generates(_ type: UInt8) -> Bool {
        generatesWords && type & Self.alpha != 0 || generatesNumbers && type & Self.digit != 0
    }

    func joins(_ type: UInt8) -> Bool {
        joinsWords && type & Self.alpha != 0 || joinsNumbers && type & Self.digit != 0
    }

    /// The type of a UTF-16 code unit.
    func type(_ unit: UInt16) -> UInt8 {
        if !types.isEmpty, let own = types[unit] { return own }
        if unit & 0xF800 == 0xD800 { return Self.alpha | Self.digit }
        switch JavaCharacter.category(UInt32(unit)) {
        case JavaCharacter.Category.uppercaseLetter: return Self.upper
        case JavaCharacter.Category.lowercaseLetter: return Self.lower
        case 3, 4, 5, 6, 7, 8:
            // The first 256 characters go by Java's isLowerCase, which takes in the ordinal indicators.
            if unit == 0xAA || unit == 0xBA { return Self.lower }
            return Self.alpha
        case 9: return Self.digit
        case 10, 11: return unit < 256 ? Self.delimiter : Self.digit
        default: return Self.delimiter
        }
    }
}

/// Walks over the parts of one word, in UTF-16 code units.
struct WordDelimiterIterator {
    private let text: [UInt16]
    private let options: WordDelimiterOptions
    private(set) var startBound = 0
    private(set) var endBound: Int
    private(set) var current = 0
    /// Behind the part; `nil` when there is none left.
    private(set) var end: Int? = 0
    private var hasFinalPossessive = false
    private var skipsPossessive = false

    init(_ text: [UInt16], _ options: WordDelimiterOptions) {
        self.text = text
        self.options = options
        endBound = text.count
        while startBound < text.count, isDelimiter(text[startBound]) { startBound += 1 }
        while endBound > startBound, isDelimiter(text[endBound - 1]) { endBound -= 1 }
        hasFinalPossessive = endsWithPossessive(endBound)
        current = startBound
        end = 0
    }

    private func isDelimiter(_ unit: UInt16) -> Bool { options.type(unit) & WordDelimiterOptions.delimiter != 0 }

    private func endsWithPossessive(_ position: Int) -> Bool {
        options.removesPossessive && position > 2 && text[position - 2] == 0x27 && text[position - 1] | 0x20 == 0x73
            && options.type(text[position - 3]) & WordDelimiterOptions.alpha != 0
            && (position == endBound || isDelimiter(text[position]))
    }

    private func breaks(_ last: UInt8, _ type: UInt8) -> Bool {
        let alpha = WordDelimiterOptions.alpha
        let digit = WordDelimiterOptions.digit
        if type & last != 0 { return false }
        if !options.splitsOnCase, last & alpha != 0, type & alpha != 0 { return false }
        if last & WordDelimiterOptions.upper != 0, type & alpha != 0 { return false }
        let mixes = last & alpha != 0 && type & digit != 0 || last & digit != 0 && type & alpha != 0
        return options.splitsOnNumbers || !mixes
    }

    /// Goes to the next part.
    mutating func next() {
        guard let reached = end else { return }
        current = reached
        if skipsPossessive {
            current += 2
            skipsPossessive = false
        }
        var last: UInt8 = 0
        while current < endBound {
            last = options.type(text[current])
            guard last & WordDelimiterOptions.delimiter != 0 else { break }
            current += 1
        }
        guard current < endBound else {
            end = nil
            return
        }
        var position = current + 1
        while position < endBound {
            let type = options.type(text[position])
            if breaks(last, type) { break }
            last = type
            position += 1
        }
        end = position
        if position < endBound - 1, endsWithPossessive(position + 2) { skipsPossessive = true }
    }

    /// The type of the part: that of its first character.
    var type: UInt8 {
        guard end != nil else { return 0 }
        let type = options.type(text[current])
        return type == WordDelimiterOptions.lower || type == WordDelimiterOptions.upper
            ? WordDelimiterOptions.alpha : type
    }

    var isSingleWord: Bool {
        current == startBound && end == (hasFinalPossessive ? endBound - 2 : endBound)
    }
}
