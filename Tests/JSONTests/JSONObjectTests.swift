import JSON
import TestSupport
import Testing

struct JSONObjectTests {
    @Test func keysAreComparedByteByByte() throws {
        let value = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value.object?.count == 2)
        #expect(value["\u{E9}"]?.int == 1 && value["e\u{301}"]?.int == 2)
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    }

    @Test(arguments: [3, 8, 9, 1000])
    func theLastOfEqualKeysWinsInThePlaceOfTheFirst(count: Int) throws {
        var text = "{"
        for number in 0..<count { text += "\"k\(number)\":\(number)," }
        for number in 0..<count { text += "\"k\(number)\":\(number + 1000)," }
        let object = try #require(JSONValue(parsing: text.dropLast() + "}").object)
        #expect(object.keys == (0..<count).map { "k\($0)" })
        for number in 0..<count { #expect(object["k\(number)"]?.int == number + 1000) }
        #expect(object["k"] == nil && object[""] == nil)
    }

    @Test func changesKeepOrderAndIndex() {
        var object = JSONObject()
        var generator = SeededGenerator(seed: 5)
        var reference: [(String, Int)] = []
        for _ in 0..<2000 {
            let key = "k\(Int.random(in: 0..<300, using: &generator))"
            let position = reference.firstIndex { $0.0 == key }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                object[key] = nil
                if let position { reference.remove(at: position) }
            } else {
                let value = Int.random(in: 0..<100, using: &generator)
                object[key] = .number(JSONNumber(value))
                if let position { reference[position].1 = value } else { reference.append((key, value)) }
            }
        }
        #expect(object.keys == reference.map(\.0))
        for (key, value) in reference { #expect(object[key]?.int == value) }
        #expect(object.count == reference.count && !object.isEmpty)
    }

    @Test func equalityIgnoresOrder() throws {
        let one = try JSONValue(parsing: #"{"a":1,"b":[true,null],"c":"x"}"#)
        let other = try JSONValue(parsing: #"{"c":"x","b":[true,null],"a":1.0}"#)
        #expect(one == other && one.hashValue == other.hashValue)
        #expect(one != ["a": 1] && one["b"]?[1]?.isNull == true && one["b"]?[2] == nil && one[0] == nil)
        #expect(one["a"]?.string == nil && one["c"]?.double == nil && one["b"]?.bool == nil && one.array == nil)
    }
}
