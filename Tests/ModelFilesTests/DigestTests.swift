import ModelFiles
import Testing

struct DigestTests {
    private func digest(_ text: String, parts: Int = 1) -> String {
        var hash = SHA256()
        let bytes = Array(text.utf8)
        for part in 0..<parts {
            bytes[bytes.count * part / parts..<bytes.count * (part + 1) / parts].withUnsafeBytes { hash.add($0) }
        }
        return hash.hexadecimal()
    }

    @Test func digestsAreThoseOfTheStandard() {
        #expect(digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let million = String(repeating: "a", count: 1_000_000)
        for parts in [1, 3, 977] {
            #expect(
                digest(million, parts: parts) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        }
    }

    @Test func fingerprintsTellTensorsApart() throws {
        func fingerprint(_ name: String, _ values: [Float]) throws -> (String, String) {
            var writer = SafetensorsWriter()
            writer.add(name, shape: [values.count], values)
            let archive = try WeightArchive.open(FileBytes(try writer.serialized(), path: "(memory)"))
            return (archive.fingerprint(), archive.digest())
        }
        var values = (0..<40_000).map { Float($0) }
        let first = try fingerprint("a", values)
        #expect(try fingerprint("a", values) == first)
        #expect(try fingerprint("b", values).0 != first.0)
        #expect(try fingerprint("a", values.map { $0 * 1.01 }).0 != first.0)
        // One number between the blocks is for the whole digest.
        values[5000] += 1
        let second = try fingerprint("a", values)
        #expect(second.0 == first.0 && second.1 != first.1)
    }
}
