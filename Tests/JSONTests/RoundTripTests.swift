import JSON
import TestSupport
import Testing

/// Against the JSON and the exact arithmetic of Python (`Tests/Fixtures/json/make_json.py`).
struct RoundTripTests {
    private func lines(_ name: String) throws -> [String] {
        String(decoding: try Fixture.bytes("json/\(name)"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func numbersAreTheNearestDoubleAndTheNearestFloat() throws {
        var count = 0
        for line in try lines("numbers.txt") {
            let parts = line.split(separator: " ")
            let double = Double(bitPattern: try #require(UInt64(parts[1], radix: 16)))
            let float = Float(bitPattern: try #require(UInt32(parts[2], radix: 16)))
            let text = Array("[\(parts[0]),\(parts[0])]".utf8)
            let doubles = try JSONReader.read(text) { (reader) throws(JSONError) in try reader.readDoubles() }
            #expect(doubles.map(\.bitPattern) == [double.bitPattern, double.bitPattern], "\(line)")
            let value = try #require(JSONValue(parsing: text)[1])
            #expect(value.double?.bitPattern == double.bitPattern, "\(line)")
            if float.isFinite {
                let floats = try JSONReader.read(text) { (reader) throws(JSONError) in try reader.readFloats() }
                #expect(floats.map(\.bitPattern) == [float.bitPattern, float.bitPattern], "\(line)")
            } else {
                #expect(throws: JSONError.self, "\(line)") {
                    try JSONReader.read(text) { (reader) throws(JSONError) in try reader.readFloats() }
                }
            }
            count += 1
        }
        #expect(count > 3000)
    }

    @Test func integersStayIntegers() throws {
        for text in ["0", "7", "-7", "9223372036854775807", "-9223372036854775808"] {
            let value = try JSONValue(parsing: text)
            #expect(value.int == Int(text) && value.serialized() == text)
        }
        #expect(try JSONValue(parsing: "9223372036854775808").int == nil)
        for text in ["9223372036854775808", "12345678901234567890", "18446744073709551615"] {
            #expect(try JSONValue(parsing: text).serialized() == text)
        }
        #expect(try JSONValue(parsing: "18446744073709551616").double == 0x1p64)
        #expect(try JSONValue(parsing: "9223372036854775808").double == 0x1p63)
        #expect(try JSONValue(parsing: "3.0").int == 3)
        #expect(try JSONValue(parsing: "3.5").int == nil)
        #expect(try JSONValue(parsing: "-0").double?.sign == .minus)
        #expect(try JSONValue(parsing: "[1,1.0,2]") == [1.0, 1, 2])
        #expect(Set([JSONValue.number(JSONNumber(1)), .number(JSONNumber(1.0))]).count == 1)
    }

    @Test func writtenNumbersReadBackToTheSameBits() throws {
        var generator = SeededGenerator(seed: 11)
        var writer = JSONWriter()
        var doubles: [Double] = [
            0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1, 1e21, 1e-7, 123_456_789,
        ]
        var floats: [Float] = [0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1, 16_777_216]
        for _ in 0..<20_000 {
            let double = Double(bitPattern: generator.next())
            if double.isFinite { doubles.append(double) }
            let float = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
            if float.isFinite { floats.append(float) }
        }
        writer.beginArray()
        writer.array(doubles)
        writer.array(floats)
        writer.endArray()
        var readDoubles: [Double] = []
        var readFloats: [Float] = []
        try JSONReader.read(writer.bytes) { (reader) throws(JSONError) in
            try reader.readArray { (reader) throws(JSONError) in
                if readDoubles.isEmpty {
                    readDoubles = try reader.readDoubles()
                } else {
                    readFloats = try reader.readFloats()
                }
            }
            try reader.finish()
        }
        #expect(readDoubles.map(\.bitPattern) == doubles.map(\.bitPattern))
        #expect(readFloats.map(\.bitPattern) == floats.map(\.bitPattern))
    }

    @Test func documentsAreWrittenAsPythonWritesThem() throws {
        for line in try lines("documents.jsonl") {
            let value = try JSONValue(parsing: line)
            #expect(value.serialized() == line)
            #expect(try JSONValue(parsing: value.serialized(pretty: true)) == value)
        }
    }

    @Test func escapesMeanTheCharactersThatTheyStandFor() throws {
        for (plain, escaped) in zip(try lines("documents.jsonl"), try lines("escapes.jsonl")) {
            #expect(try JSONValue(parsing: escaped) == JSONValue(parsing: plain))
            #expect(try JSONValue(parsing: escaped).hashValue == JSONValue(parsing: plain).hashValue)
        }
        #expect(try JSONValue(parsing: #""\ud800""#).string == "\u{FFFD}")
        #expect(try JSONValue(parsing: #""\ud800\ud83d\ude00\udc00x""#).string == "\u{FFFD}😀\u{FFFD}x")
        #expect(try JSONValue(parsing: #""\u0000""#).string == "\0")
    }

    @Test func prettyTextHasAPlaceForEverything() throws {
        let value = try JSONValue(parsing: #"{"a":[1,{"b":[]}],"c":{}}"#)
        #expect(
            value.serialized(pretty: true) == """
                {
                  "a": [
                    1,
                    {
                      "b": []
                    }
                  ],
                  "c": {}
                }
                """)
        #expect(JSONNumber(Double.nan).description == "null")
    }
}
