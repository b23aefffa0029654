/// Java's hash of a string, which seeds of random scores are made of.
package enum JavaHash {
    package static func string(_ text: String) -> Int32 {
        text.utf16.reduce(0) { $0 &* 31 &+ Int32($1) }
    }
}
