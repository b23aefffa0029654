/// Ids of indices and clusters: 128 random bits as 22 URL-safe characters, like OpenSearch's random UUIDs.
public enum UniqueIdentifier {
    private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// An id that nobody has.
    ///
    /// It does not begin with a hyphen, so that it may stand on a command line.
    public static func next() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(unsafeUninitializedCapacity: 22) { text in
            text[0] = alphabet[Int.random(in: 0..<62, using: &generator)]
            for place in 1..<22 { text[place] = alphabet[Int.random(in: 0..<64, using: &generator)] }
            return 22
        }
    }
}
