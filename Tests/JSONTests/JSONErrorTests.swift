import JSON
import TestSupport
import Testing

struct JSONErrorTests {
    private func fault(_ bytes: [UInt8], _ limits: JSONLimits = .default) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONValue(parsing: bytes, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("{\"a\": tru}", 9, 1, 10, JSONError.Code.syntax), ("[1,\n2,\n x]", 8, 3, 2, .syntax),
        ("[1", 2, 1, 3, .truncated),
        ("", 0, 1, 1, .truncated), ("\"a\u{1}\"", 2, 1, 3, .syntax), ("[1] 2", 4, 1, 5, .syntax),
        ("[1e999]", 1, 1, 2, .numberOutOfRange), ("[\"\\q\"]", 3, 1, 4, .syntax), ("[01]", 2, 1, 3, .syntax),
    ])
    func theFaultIsLocated(text: String, offset: Int, line: Int, column: Int, code: JSONError.Code) throws {
        let error = try #require(fault(Array(text.utf8)))
        #expect(
            error.offset == offset && error.line == line && error.column == column && error.code == code, "\(error)")
    }

    @Test func whatIsNotUTF8IsRefusedWhereItStarts() throws {
        let faults: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xE0, 0x80, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80],
            [0xEF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ]
        for bytes in faults {
            for tail in ["\"", "\\n\"", " and more text\""] {
                for head in ["\"", "\"ab\\t", "{\"k"] {
                    let error = try #require(fault(Array(head.utf8) + bytes + Array(tail.utf8)))
                    #expect(error.code == .invalidUTF8, "\(error)")
                    let start = head.utf8.count
                    #expect((start...start + bytes.count).contains(error.offset))
                }
            }
        }
    }

    @Test func depthAndLengthAreBounded() throws {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
        }
        #expect(fault(nested(128)) == nil)
        #expect(fault(nested(129))?.code == .limitExceeded)
        #expect(fault([UInt8](repeating: 0x5B, count: 10_000_000))?.code == .limitExceeded)
        #expect(fault(nested(512), JSONLimits(maximumDepth: 100_000)) == nil)
        #expect(fault(nested(513), JSONLimits(maximumDepth: 100_000))?.code == .limitExceeded)
        #expect(fault(nested(3), JSONLimits(maximumDepth: 2))?.code == .limitExceeded)
        #expect(fault(nested(3), JSONLimits(maximumBytes: 5))?.code == .limitExceeded)
        #expect(fault(nested(3), JSONLimits(maximumBytes: 6)) == nil)
        #expect(fault(Array("\"abcdefg\"".utf8), JSONLimits(maximumBytes: 5))?.code == .limitExceeded)
    }

    @Test func valuesOfAnotherTypeAreNamed() {
        #expect(throws: JSONError.self) {
            try JSONReader.read(Array("[1,\"2\"]".utf8)) { (reader) throws(JSONError) in try reader.readFloats() }
        }
        do throws(JSONError) {
            _ = try JSONReader.read(Array(" {} ".utf8)) { (reader) throws(JSONError) in try reader.readString() }
            Issue.record("no error")
        } catch {
            #expect(error.code == .unexpectedType && error.offset == 1)
            #expect(error.reason == "a string was expected, not an object")
        }
    }

    @Test func mutatedDocumentsNeverCrash() throws {
        var generator = SeededGenerator(seed: 17)
        let documents = try Fixture.bytes("json/documents.jsonl").split(separator: 0x0A).map(Array.init)
        var taken = 0
        for _ in 0..<10_000 {
            var bytes = documents[Int.random(in: 0..<documents.count, using: &generator)]
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: position)
                default: bytes.removeSubrange(position...)
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            if let value = try? JSONValue(parsing: bytes) {
                taken += 1
                #expect(try JSONValue(parsing: value.serialized()) == value)
            }
        }
        #expect(taken > 100)
    }
}
