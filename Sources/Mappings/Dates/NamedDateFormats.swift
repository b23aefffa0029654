/// OpenSearch's built-in date formats, as patterns: `F` is a fraction with its point, `O` any zone.
enum NamedDateFormats {
    private static let strict: [String: String] = [
        "basic_date": "yyyyMMdd", "basic_date_time": "yyyyMMdd'T'HHmmssFO",
        "basic_date_time_no_millis": "yyyyMMdd'T'HHmmssO",
        "basic_ordinal_date": "yyyyDDD", "basic_ordinal_date_time": "yyyyDDD'T'HHmmssFO",
        "basic_ordinal_date_time_no_millis": "yyyyDDD'T'HHmmssO",
        "basic_time": "HHmmssFO", "basic_time_no_millis": "HHmmssO", "basic_t_time": "'T'HHmmssFO",
        "basic_t_time_no_millis": "'T'HHmmssO",
        "basic_week_date": "YYYY'W'wwe", "basic_week_date_time": "YYYY'W'wwe'T'HHmmssFO",
        "basic_week_date_time_no_millis": "YYYY'W'wwe'T'HHmmssO",
        "date": "yyyy-MM-dd", "date_hour": "yyyy-MM-dd'T'HH", "date_hour_minute": "yyyy-MM-dd'T'HH:mm",
        "date_hour_minute_second": "yyyy-MM-dd'T'HH:mm:ss",
        "date_hour_minute_second_fraction": "yyyy-MM-dd'T'HH:mm:ssF",
        "date_hour_minute_second_millis": "yyyy-MM-dd'T'HH:mm:ssF", "date_time": "yyyy-MM-dd'T'HH:mm:ssFO",
        "date_time_no_millis": "yyyy-MM-dd'T'HH:mm:ssO",
        "hour": "HH", "hour_minute": "HH:mm", "hour_minute_second": "HH:mm:ss",
        "hour_minute_second_fraction": "HH:mm:ssF", "hour_minute_second_millis": "HH:mm:ssF",
        "ordinal_date": "yyyy-DDD", "ordinal_date_time": "yyyy-DDD'T'HH:mm:ssFO",
        "ordinal_date_time_no_millis": "yyyy-DDD'T'HH:mm:ssO",
        "time": "HH:mm:ssFO", "time_no_millis": "HH:mm:ssO", "t_time": "'T'HH:mm:ssFO",
        "t_time_no_millis": "'T'HH:mm:ssO",
        "week_date": "YYYY-'W'ww-e", "week_date_time": "YYYY-'W'ww-e'T'HH:mm:ssFO",
        "week_date_time_no_millis": "YYYY-'W'ww-e'T'HH:mm:ssO",
        "weekyear": "YYYY", "week_year": "YYYY", "weekyear_week": "YYYY-'W'ww", "weekyear_week_day": "YYYY-'W'ww-e",
        "year": "yyyy", "year_month": "yyyy-MM", "year_month_day": "yyyy-MM-dd",
        "date_optional_time": "yyyy[-MM[-dd['T'[HH[:mm[:ss[F]]]][O]]]]",
        "iso8601": "yyyy[-MM[-dd['T'[HH[:mm[:ss[F]]]][O]]]]",
        "rfc3339_lenient": "yyyy[-MM[-dd['T'[HH[:mm[:ss[F]]]][O]]]]",
    ]

    /// The pattern of a format's name; nil if there is no such name.
    static func pattern(_ name: String) throws(MappingError) -> DatePattern? {
        let snake = snakeCase(name)
        if snake.hasPrefix("strict_"), let pattern = strict[String(snake.dropFirst(7))] {
            return try make(pattern, isLenient: false)
        }
        guard let pattern = strict[snake] else { return nil }
        return try make(pattern, isLenient: !snake.hasPrefix("basic_") && snake != "rfc3339_lenient")
    }

    /// Reads leniently if asked, and always writes all digits and no optional section's brackets.
    private static func make(_ pattern: String, isLenient: Bool) throws(MappingError) -> DatePattern {
        let elements = try DatePattern(pattern, isLenient: isLenient, isNamed: true).elements
        let printed = try DatePattern(pattern, isNamed: true).elements
        return DatePattern(elements: elements, printed: printed)
    }

    /// `dateOptionalTime` is an older spelling of `date_optional_time`.
    private static func snakeCase(_ name: String) -> String {
        guard !name.contains("_"), name.first?.isLowercase == true, name.utf8.allSatisfy({ ($0 | 0x20) &- 97 < 26 })
        else { return name }
        var result = ""
        for character in name {
            if character.isUppercase { result += "_" }
            result += character.lowercased()
        }
        return result
    }
}
