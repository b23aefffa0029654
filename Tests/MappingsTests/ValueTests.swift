import JSON
import Mappings
import SearchIndex
import Testing

@Suite struct ValueTests {
    @Test(arguments: [
        ("192.168.0.1", "192.168.0.1"), ("::1", "::1"), ("::ffff:1.2.3.4", "1.2.3.4"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("fe80::1%eth0", "fe80::1"), ("::", "::"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ]) func addresses(_ text: String, _ shown: String) {
        #expect(IPAddress(text)?.description == shown)
    }

    @Test(arguments: [
        "1.2.3", "1.2.3.256", "1.2.3.4.5", ":::", "1::2::3", "12345::", "g::", "01.2.3.4", "", "1:2:3:4:5:6:7:8:9",
    ])
    func wrongAddresses(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test func blocks() throws {
        let block = try #require(IPAddress.block("10.1.0.0/16"))
        #expect(block.lowerBound.description == "10.1.0.0" && block.upperBound.description == "10.1.255.255")
        let wide = try #require(IPAddress.block("2001:db8::/32"))
        #expect(wide.upperBound.description == "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")
        #expect(IPAddress.block("10.0.0.0/33") == nil)
    }

    @Test func javaNumbers() throws {
        for (value, text) in [
            (1.0, "1.0"), (100.5, "100.5"), (1e7, "1.0E7"), (12_345_678.0, "1.2345678E7"), (0.001, "0.001"),
            (0.0001, "1.0E-4"), (-2.5e-9, "-2.5E-9"), (1_420_070_400_000.0, "1.4200704E12"), (0.0, "0.0"),
        ] { #expect(ValueFormat.raw.text(value) == text) }
    }

    @Test(arguments: [
        ("##0.0", 1900.0, "1900.0"), ("#,##0.00", 1_234_567.891, "1,234,567.89"), ("0000", 42.0, "0042"),
        ("#.##", 0.125, ".12"), ("$#.00", 3.5, "$3.50"), ("0%", 0.256, "26%"), ("0.###E0", 12_345.0, "1.234E4"),
        ("#", 2.5, "2"), ("#", 3.5, "4"), ("0.0", -0.04, "0.0"),
    ]) func decimalFormats(_ pattern: String, _ value: Double, _ text: String) throws {
        #expect(try DecimalFormat(pattern).text(of: value) == text)
    }

    private let mapping = try! Mapping(parsing: [
        "properties": [
            "i": ["type": "integer"], "l": ["type": "long"], "f": ["type": "float"], "d": ["type": "double"],
            "s": ["type": "scaled_float", "scaling_factor": 100], "u": ["type": "unsigned_long"],
            "t": ["type": "date"], "b": ["type": "boolean"], "k": ["type": "keyword"], "a": ["type": "ip"],
            "x": ["type": "text"], "n": ["type": "keyword", "index": false, "doc_values": false],
            "flat": ["type": "flat_object"], "v": ["type": "knn_vector", "dimension": 2],
        ]
    ])
    private let now = QueryValueContext(now: Moment(milliseconds: 1_420_114_230_500))

    private func range(
        _ field: String, gt: JSONValue? = nil, gte: JSONValue? = nil, lt: JSONValue? = nil, lte: JSONValue? = nil
    )
        throws -> FieldQuery
    {
        var bounds = RangeBounds()
        bounds.lower = gt ?? gte
        bounds.includesLower = gt == nil
        bounds.upper = lt ?? lte
        bounds.includesUpper = lt == nil
        return try #require(mapping.field(field)).rangeQuery(bounds, context: now)
    }

    private func number(_ field: String) throws -> FieldNumber { try #require(mapping.field(field)).number }

    @Test func rangesOfIntegers() throws {
        let n = try number("i")
        #expect(try range("i", gte: 1, lt: 5) == .integers(n, 1...4))
        #expect(try range("i", gt: 1.5, lte: 2.5) == .integers(n, 2...2))
        #expect(try range("i", gt: -1.5) == .integers(n, -1 ... .max))
        #expect(try range("i", lt: -1.5) == .integers(n, .min ... -2))
        #expect(try range("i", gte: 5, lte: 4) == .none)
        #expect(try range("i", gte: 1e30) == .none)
        #expect(try range("i", lte: 1e30) == .integers(n, .min ... .max))
        #expect(try range("l", gte: "7") == .integers(number("l"), 7 ... .max))
        #expect(throws: MappingError.self) { try range("i", gte: "x") }
    }

    @Test func rangesOfFractionsAndUnsigned() throws {
        #expect(try range("s", gte: 1.005, lt: 1.02) == .integers(number("s"), 101...101))
        let half = SortableDouble.encode(0.5)
        #expect(try range("d", gte: 0.5, lte: 0.5) == .integers(number("d"), half...half))
        #expect(try range("d", gt: 0.5) == .integers(number("d"), (half + 1) ... .max))
        #expect(
            try mapping.field("u")?.termQuery(JSONValue(parsing: "12345678901234567890"), context: now)
                == .integers(number("u"), 3_122_306_864_379_792_082...3_122_306_864_379_792_082))
        #expect(try range("u", gte: 0) == .integers(number("u"), .min ... .max))
        #expect(try range("u", gte: "18446744073709551615") == .integers(number("u"), .max ... .max))
    }

    @Test func rangesOfDates() throws {
        let n = try number("t")
        #expect(
            try range("t", gte: "2015-01-01", lte: "2015-01-01") == .integers(n, 1_420_070_400_000...1_420_156_799_999))
        #expect(
            try range("t", gt: "2015-01-01", lt: "2015-01-03") == .integers(n, 1_420_156_800_000...1_420_243_199_999))
        #expect(try range("t", gte: "now/d") == .integers(n, 1_420_070_400_000 ... .max))
        var bounds = RangeBounds()
        bounds.lower = "2015-01-01"
        bounds.timeZone = try TimeZoneRules("+01:00")
        #expect(
            try mapping.field("t")?.rangeQuery(bounds, context: now) == .integers(n, 1_420_066_800_000 ... .max))
    }

    @Test func terms() throws {
        func term(_ field: String, _ value: JSONValue) throws -> FieldQuery {
            try #require(mapping.field(field)).termQuery(value, context: now)
        }
        #expect(try term("i", 1.5) == .none)
        #expect(try term("i", "12") == .integers(number("i"), 12...12))
        #expect(try term("b", "true") == .term(number("b"), Array("T".utf8)))
        #expect(try term("k", 12) == .term(number("k"), Array("12".utf8)))
        #expect(
            try term("a", "10.0.0.0/8")
                == .termRange(
                    number("a"), lower: .init(IPAddress("10.0.0.0")!.bytes, isIncluded: true),
                    upper: .init(IPAddress("10.255.255.255")!.bytes, isIncluded: true)))
        let leaf = try #require(mapping.field("flat.a.b"))
        #expect(try leaf.termQuery("x", context: now) == .term(leaf.number, Array("a.b=x".utf8)))
        #expect(throws: MappingError.self) { try term("n", "x") }
        #expect(throws: MappingError.self) { try term("v", "x") }
        #expect(throws: MappingError.self) { try mapping.field("x")?.requireValues() }
        #expect(throws: MappingError.self) { try mapping.field("i")?.requireStrings(for: "prefix") }
    }
}
