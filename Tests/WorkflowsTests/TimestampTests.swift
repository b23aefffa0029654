import Testing
import Workflows

/// Moments as the States Language writes them.
struct TimestampTests {
    @Test(
        "Texts of RFC 3339 become milliseconds",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2016-03-14T01:59:00Z", 1_457_920_740_000),
            ("2016-03-14T01:59:00.5Z", 1_457_920_740_500), ("2016-03-14T01:59:00.1239Z", 1_457_920_740_123),
            ("2016-03-14T03:29:00+01:30", 1_457_920_740_000), ("2016-03-13T17:59:00-08:00", 1_457_920_740_000),
            ("2000-02-29T00:00:00Z", 951_782_400_000), ("1969-12-31T23:59:59Z", -1000),
            ("2024-12-31T23:59:60Z", 1_735_689_600_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ])
    func reading(text: String, milliseconds: Int) throws {
        let read = try #require(Timestamp(text))
        #expect(read.milliseconds == Int64(milliseconds))
        #expect(Timestamp(read.description) == read)
    }

    @Test(
        "Other texts are refused",
        arguments: [
            "", "2016-03-14", "2016-03-14t01:59:00Z", "2016-03-14T01:59:00z", "2016-03-14 01:59:00Z",
            "2016-03-14T01:59:00",
            "2016-13-14T01:59:00Z", "2016-02-30T01:59:00Z", "2015-02-29T00:00:00Z", "2016-03-14T24:00:00Z",
            "2016-03-14T01:60:00Z", "2016-03-14T01:59:00.Z", "2016-03-14T01:59:00+1:00", "2016-03-14T01:59Z",
            "2016-03-14T01:59:00ZZ", "٢016-03-14T01:59:00Z",
        ])
    func refusing(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("Moments before 1970 and with thousandths are written as they are read")
    func writing() {
        #expect(Timestamp(milliseconds: 1_457_920_740_007).description == "2016-03-14T01:59:00.007Z")
        #expect(Timestamp(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: 0).advanced(bySeconds: 1.5).milliseconds == 1500)
    }
}
