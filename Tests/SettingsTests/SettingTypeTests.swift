import Settings
import Testing

/// What texts of settings mean.
@Suite struct SettingTypeTests {
    private static let times: SettingType = .duration(.milliseconds(1) ... .seconds(86_400))
    private static let sizes: SettingType = .bytes(0...(4 << 30))

    @Test(
        arguments: [
            ("30s", .seconds(30)), ("500ms", .milliseconds(500)), ("2min", .seconds(120)), ("2m", .seconds(120)),
            ("1h", .seconds(3600)), ("1.5s", .milliseconds(1500)), ("3 s", .seconds(3)), ("30", nil), ("s", nil),
            ("", nil),
            ("-1s", nil), ("1d", nil), ("0s", nil), ("25h", nil), ("1e3s", nil), ("1.2.3s", nil), ("٣s", nil),
        ] as [(String, Duration?)])
    func durations(text: String, expected: Duration?) {
        #expect(Self.times.value(of: text) == expected.map { .duration($0) })
    }

    @Test(
        arguments: [
            ("64MiB", 64 << 20), ("1 GiB", 1 << 30), ("64M", 64 << 20), ("64MB", 64_000_000), ("1.5k", 1536),
            ("10", 10),
            ("10b", 10), ("0", 0), ("5GiB", nil), ("-1", nil), ("x", nil), ("1 XiB", nil),
            ("99999999999999999999G", nil),
        ] as [(String, Int?)])
    func sizes(text: String, expected: Int?) {
        #expect(Self.sizes.value(of: text) == expected.map { .bytes($0) })
    }

    @Test func booleansChoicesAndLists() {
        for word in ["true", "yes", "on", "TRUE"] { #expect(SettingType.boolean.value(of: word) == .boolean(true)) }
        for word in ["false", "no", "off"] { #expect(SettingType.boolean.value(of: word) == .boolean(false)) }
        #expect(SettingType.boolean.value(of: "2") == nil)
        #expect(SettingType.choice(["a", "b"]).value(of: "b") == .text("b"))
        #expect(SettingType.choice(["a", "b"]).value(of: "B") == nil)
        #expect(SettingType.list.value(of: "a, b,,c ") == .list(["a", "b", "c"]))
        #expect(SettingType.integer(1...9).value(of: "9") == .integer(9))
        #expect(SettingType.integer(1...9).value(of: "10") == nil)
        #expect(SettingType.text.value(of: "") == nil)
    }

    @Test(
        arguments: [
            (.duration(.seconds(30)), "30s"), (.duration(.milliseconds(1500)), "1500ms"),
            (.duration(.seconds(7200)), "2h"),
            (.duration(.zero), "0s"), (.bytes(64 << 20), "64MiB"), (.bytes(1000), "1000"), (.bytes(0), "0"),
            (.text("a/b.pem"), "a/b.pem"), (.text("true"), "\"true\""), (.text("a: b"), "\"a: b\""),
            (.text("12"), "\"12\""),
            (.list(["a", "b c"]), "[a, \"b c\"]"), (.boolean(false), "false"), (.unset, "null"),
        ] as [(SettingValue, String)])
    func valuesAreWrittenAsFilesHaveThem(value: SettingValue, text: String) {
        #expect(value.fileText == text)
    }
}
