extension NormalizedText {
    /// Removes the scalars of a class.
    mutating func removeAll(where properties: ScalarProperties) {
        beginRewriting()
        while let scalar = nextScalar {
            if ScalarProperties.of(scalar).isDisjoint(with: properties) { keep() } else { remove() }
        }
        endRewriting()
    }

    /// Puts scalars before the text, unless it is empty.
    ///
    /// All of them share the range of the first scalar.
    mutating func prepend(_ prefix: [UInt32]) {
        guard let first = nextScalarFromStart, let head = prefix.first else { return }
        beginRewriting()
        replace(with: head)
        for scalar in prefix.dropFirst() { insert(scalar) }
        insert(first)
        while nextScalar != nil { keep() }
        endRewriting()
    }

    /// Writes each byte as the scalar that stands for it in byte-level vocabularies.
    mutating func mapBytes() {
        let source = bytes
        beginRewriting()
        var index = 0
        while index < source.count {
            let length = min(UTF8Scalar.length(lead: source[index]), source.count - index)
            replace(with: ByteLevelAlphabet.scalar(of: source[index]))
            for extra in 1..<max(length, 1) { insert(ByteLevelAlphabet.scalar(of: source[index + extra])) }
            index += length
        }
        endRewriting()
    }

    private var nextScalarFromStart: UInt32? { isEmpty ? nil : UTF8Scalar.decode(bytes, at: 0).scalar }
}
