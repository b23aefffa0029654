import Mappings
import Testing

@Suite struct DateTests {
    private func millis(_ text: String, _ pattern: String = DateFormat.defaultPattern) throws -> Int64 {
        try DateFormat(pattern).moment(of: text).milliseconds
    }

    @Test func civilDatesAndDaysAreEachOthersInverse() {
        for days in stride(from: -800_000, through: 3_000_000, by: 37) {
            let date = CivilDate(daysSinceEpoch: days)
            #expect(date.daysSinceEpoch == days && date.isValid)
        }
        #expect(CivilDate(year: 2000, month: 2, day: 29).daysSinceEpoch == 11_016)
        #expect(CivilDate(year: 2024, month: 12, day: 30).isoWeek.week == 1)
        #expect(CivilDate(year: 2021, month: 1, day: 3).isoWeek == (2020, 53))
        #expect(CivilDate(year: 2026, month: 11, day: 21).weekday == 6)
    }

    @Test(arguments: [
        ("2015-01-01", 1_420_070_400_000), ("2015", 1_420_070_400_000), ("2015-01-01T12:10:30Z", 1_420_114_230_000),
        ("2015-01-01T12:10:30.123456Z", 1_420_114_230_123), ("2015-01-01T12:10:30+02:00", 1_420_107_030_000),
        ("2015-01-01T12:10:30+0200", 1_420_107_030_000), ("2015-01-01T12", 1_420_113_600_000),
        ("1420070400001", 1_420_070_400_001), ("-1", -1), ("1969-12-31T23:59:59.999Z", -1),
        ("2015-01-01T12:10:30,5Z", 1_420_114_230_500), ("2015-01-01T", 1_420_070_400_000),
    ]) func standardDates(_ text: String, _ expected: Int64) throws {
        #expect(try millis(text) == expected)
    }

    @Test(arguments: [
        "", "2015-1-1", "2015-13-01", "2015-02-29", "2015-01-01T25", "2015-01-01 10:00", "abc", "2015-01-01T10:00X",
    ])
    func wrongDates(_ text: String) throws {
        #expect(throws: MappingError.self) { try millis(text) }
    }

    @Test(arguments: [
        ("yyyy/MM/dd HH:mm:ss||yyyy/MM/dd", "2020/03/04", 1_583_280_000_000),
        ("yyyy/MM/dd HH:mm:ss||yyyy/MM/dd", "2020/03/04 05:06:07", 1_583_298_367_000),
        ("yyyyMMdd", "20200304", 1_583_280_000_000), ("dd MMM yyyy", "04 Mar 2020", 1_583_280_000_000),
        ("epoch_second", "1583280000", 1_583_280_000_000), ("epoch_second", "1583280000.5", 1_583_280_000_500),
        ("basic_date_time_no_millis", "20200304T050607Z", 1_583_298_367_000), ("date", "2020-3-4", 1_583_280_000_000),
        ("week_date", "2020-W10-3", 1_583_280_000_000), ("ordinal_date", "2020-064", 1_583_280_000_000),
        ("yyyy-MM-dd HH:mm:ss.SSSSSS", "2020-03-04 05:06:07.123456", 1_583_298_367_123),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2020-03-04T05:06:07+01:00", 1_583_294_767_000),
        ("hh:mm a dd/MM/yyyy", "12:30 AM 04/03/2020", 1_583_281_800_000), ("yyyy[-MM]", "2020-03", 1_583_020_800_000),
        ("dateOptionalTime", "2020-03-04T05:06:07", 1_583_298_367_000),
        ("strict_year_month", "2020-03", 1_583_020_800_000),
    ]) func patterns(_ pattern: String, _ text: String, _ expected: Int64) throws {
        #expect(try millis(text, pattern) == expected)
    }

    @Test func writing() throws {
        let moment = Moment(milliseconds: 1_583_298_367_089)
        #expect(try DateFormat("strict_date_optional_time").text(of: moment) == "2020-03-04T05:06:07.089Z")
        #expect(try DateFormat("yyyy/MM/dd EEE HH:mm").text(of: moment) == "2020/03/04 Wed 05:06")
        #expect(try DateFormat("epoch_millis").text(of: moment) == "1583298367089")
        #expect(try DateFormat("epoch_second").text(of: moment) == "1583298367.089")
        #expect(try DateFormat("basic_date_time").text(of: moment) == "20200304T050607.089Z")
        #expect(try DateFormat("YYYY-'W'ww").text(of: moment) == "2020-W10")
        #expect(
            try DateFormat("date_time").text(of: moment, zone: TimeZoneRules("+05:30"))
                == "2020-03-04T10:36:07.089+05:30")
    }

    @Test(arguments: [
        ("now", false, 1_420_114_230_500), ("now-1d/d", false, 1_419_984_000_000), ("now/d", true, 1_420_156_799_999),
        ("2015-01-15||/M", false, 1_420_070_400_000), ("2015-01-15||/M", true, 1_422_748_799_999),
        ("2015-01-31||+1M", false, 1_425_081_600_000), ("now+1h-30m", false, 1_420_116_030_500),
        ("now/w", false, 1_419_811_200_000), ("now/y", true, 1_451_606_399_999), ("2015", true, 1_420_156_799_999),
    ]) func math(_ text: String, _ roundsUp: Bool, _ expected: Int64) throws {
        let now = Moment(milliseconds: 1_420_114_230_500)
        #expect(
            try DateMath.moment(of: text, format: .standard, now: now, roundsUp: roundsUp).milliseconds == expected)
    }

    @Test(arguments: ["now+", "now*1d", "now/2d", "now+1x", "2015||+1", "now+999999999y+999999999y"])
    func wrongMath(_ text: String) {
        #expect(throws: MappingError.self) {
            try DateMath.moment(of: text, format: .standard, now: Moment(seconds: 0))
        }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        for pattern in [
            "strict_date_optional_time", "basic_date_time", "date_time", "ordinal_date_time", "week_date_time",
            "yyyy-MM-dd HH:mm:ss.SSS", "epoch_millis", "EEEE dd MMMM yyyy hh:mm:ss.SSS a", "yyyyDDDHHmmssSSS",
        ] {
            let format = try DateFormat(pattern)
            for millis in stride(from: Int64(-2_000_000_000_000), to: 4_000_000_000_000, by: 7_777_777_777) {
                let text = format.text(of: Moment(milliseconds: millis))
                #expect(try format.moment(of: text).milliseconds == millis, "\(pattern): \(text)")
            }
        }
    }

    @Test func zonesWithRules() throws {
        guard let berlin = try? TimeZoneRules("Europe/Berlin") else { return }
        // Summer time 2015 began on 29 March at 01:00 UTC and ended on 25 October at 01:00 UTC.
        #expect(berlin.offset(atSecondsSinceEpoch: 1_427_590_799) == 3_600)
        #expect(berlin.offset(atSecondsSinceEpoch: 1_427_590_800) == 7_200)
        #expect(berlin.offset(atSecondsSinceEpoch: 1_445_734_800) == 3_600)
        // 2100 is behind the table: the rule at the end of the file is used. 28 March 2100 is a Sunday.
        #expect(berlin.offset(atSecondsSinceEpoch: 4_109_878_800 - 86_400 * 30) == 3_600)
        #expect(berlin.offset(atSecondsSinceEpoch: 4_118_000_000) == 7_200)
        let start = try DateMath.moment(
            of: "2015-03-29T10:00:00||/d", format: .standard, now: Moment(seconds: 0), zone: berlin)
        #expect(start.seconds == 1_427_583_600)
        // 02:30 does not exist on that day: the hour is added.
        #expect(berlin.secondsSinceEpoch(ofLocalSeconds: 1_427_596_200) == 1_427_592_600)
        #expect(throws: MappingError.self) { try TimeZoneRules("Europe/Nowhere") }
        #expect(throws: MappingError.self) { try TimeZoneRules("../../etc/passwd") }
    }
}
