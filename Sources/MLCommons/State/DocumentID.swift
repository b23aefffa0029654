import ClusterState

/// Ids of documents: 20 URL-safe characters, as OpenSearch makes them.
enum DocumentID {
    /// An id that nobody has.
    static func next() -> String { String(UniqueIdentifier.next().prefix(20)) }

    /// Whether a text may be what ``next()`` makes.
    static func isOne(_ text: String) -> Bool {
        text.utf8.count == 20
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }

    /// Refuses ids that a client chose and no path or index could hold.
    static func check(_ id: String, _ field: String) throws(MLError) {
        let isPlain = id.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
        guard isPlain, !id.isEmpty, id.utf8.count <= 512, !id.hasPrefix("_"), !id.hasPrefix(".") else {
            throw .illegalArgument(
                "[\(field)] is an id of 1 to 512 letters, digits, hyphens, underscores and dots that begins with a letter, a digit or a hyphen"
            )
        }
    }
}
