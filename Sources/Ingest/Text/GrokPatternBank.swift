/// The named patterns that `grok` knows without definitions.
///
/// Names and the fields that composed patterns fill are those of Logstash's core patterns, as in OpenSearch; the regular expressions are written
/// for what the names promise (RFC 3339, RFC 3986, RFC 4291, RFC 5424, the Common Log Format).
public enum GrokPatternBank {
    /// All patterns by name.
    public static let patterns: [String: String] = Dictionary(uniqueKeysWithValues: all)

    /// All patterns in the order of their kinds.
    public static let all: [(String, String)] = values + network + paths + dates + logs + products

    private static let values: [(String, String)] = [
        ("USERNAME", #"[a-zA-Z0-9._-]+"#),
        ("USER", "%{USERNAME}"),
        ("EMAILLOCALPART", #"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,62}){0,63}"#),
        ("EMAILADDRESS", "%{EMAILLOCALPART}@%{HOSTNAME}"),
        ("INT", #"(?:[+-]?[0-9]+)"#),
        ("BASE10NUM", #"(?<![0-9.+-])(?>[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))"#),
        ("NUMBER", "%{BASE10NUM}"),
        ("BASE16NUM", #"(?<![0-9A-Fa-f])[+-]?(?:0x)?[0-9A-Fa-f]+"#),
        ("BASE16FLOAT", #"\b(?<![0-9A-Fa-f.])[+-]?(?:0x)?(?:[0-9A-Fa-f]+(?:\.[0-9A-Fa-f]*)?|\.[0-9A-Fa-f]+)\b"#),
        ("POSINT", #"\b[1-9][0-9]*\b"#),
        ("NONNEGINT", #"\b[0-9]+\b"#),
        ("WORD", #"\b\w+\b"#),
        ("NOTSPACE", #"\S+"#),
        ("SPACE", #"\s*"#),
        ("DATA", ".*?"),
        ("GREEDYDATA", ".*"),
        ("QUOTEDSTRING", #"(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|`(?:[^`\\]|\\.)*+`)"#),
        ("QS", "%{QUOTEDSTRING}"),
        ("UUID", "[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"),
        ("URN", #"urn:[0-9A-Za-z][0-9A-Za-z-]{0,31}:(?:%[0-9a-fA-F]{2}|[0-9A-Za-z()+,.:=@;$_!*'/?#-])+"#),
    ]

    private static let network: [(String, String)] = [
        ("MAC", "(?:%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC})"),
        ("CISCOMAC", #"(?:[A-Fa-f0-9]{4}\.){2}[A-Fa-f0-9]{4}"#),
        ("WINDOWSMAC", "(?:[A-Fa-f0-9]{2}-){5}[A-Fa-f0-9]{2}"),
        ("COMMONMAC", "(?:[A-Fa-f0-9]{2}:){5}[A-Fa-f0-9]{2}"),
        (
            "IPV6",
            #"(?<![0-9A-Fa-f:.])(?:(?:(?:[0-9A-Fa-f]{1,4}:){6}|::(?:[0-9A-Fa-f]{1,4}:){0,5}|(?:[0-9A-Fa-f]{1,4}:){1,6}:(?:[0-9A-Fa-f]{1,4}:){0,4})%{IPV4}|(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:){1,7}:(?![0-9A-Fa-f])|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}|:(?:(?::[0-9A-Fa-f]{1,4}){1,7}|:))(?:%\w+)?"#
        ),
        (
            "IPV4",
            #"(?<![0-9])(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})(?![0-9])"#
        ),
        ("IP", "(?:%{IPV6}|%{IPV4})"),
        ("HOSTNAME", #"\b[0-9A-Za-z][0-9A-Za-z_-]{0,62}(?:\.[0-9A-Za-z][0-9A-Za-z_-]{0,62})*(?:\.?|\b)"#),
        ("HOST", "%{HOSTNAME}"),
        ("IPORHOST", "(?:%{IP}|%{HOSTNAME})"),
        ("HOSTPORT", "%{IPORHOST}:%{POSINT}"),
        ("URIPROTO", "[A-Za-z][A-Za-z0-9+.-]*"),
        ("URIHOST", "%{IPORHOST}(?::%{POSINT:port})?"),
        ("URIPATH", #"(?:/[A-Za-z0-9$.+!*'(){},~:;=@#%&_-]*)+"#),
        ("URIPARAM", #"\?[A-Za-z0-9$.+!*'|(){},~@#%&/=:;_?\[\]<>-]*"#),
        ("URIPATHPARAM", "%{URIPATH}(?:%{URIPARAM})?"),
        ("URI", "%{URIPROTO}://(?:%{USER}(?::[^@]*)?@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?"),
    ]

    private static let paths: [(String, String)] = [
        ("PATH", "(?:%{UNIXPATH}|%{WINPATH})"),
        ("UNIXPATH", #"(?:/[\w_%!$@:.,+~-]*)+"#),
        ("TTY", #"/dev/(?:pts|tty[a-z0-9]*)(?:/?[0-9]+)?"#),
        ("WINPATH", #"(?:[A-Za-z]+:|\\)(?:\\[^\\?*]*)+"#),
    ]

    private static let dates: [(String, String)] = [
        (
            "MONTH",
            #"\b(?:[Jj]an(?:uary)?|[Ff]eb(?:ruary)?|[Mm](?:a|ä)?r(?:ch|z)?|[Aa]pr(?:il)?|[Mm]a(?:y|i)|[Jj]un(?:e)?|[Jj]ul(?:y)?|[Aa]ug(?:ust)?|[Ss]ep(?:tember)?|[Oo](?:c|k)t(?:ober)?|[Nn]ov(?:ember)?|[Dd]e(?:c|z)(?:ember)?)\b"#
        ),
        ("MONTHNUM", "(?:1[0-2]|0?[1-9])"),
        ("MONTHNUM2", "(?:1[0-2]|0[1-9])"),
        ("MONTHDAY", "(?:3[01]|[12][0-9]|0[1-9]|[1-9])"),
        ("DAY", "(?:Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)"),
        ("YEAR", "(?>[0-9]{2}){1,2}"),
        ("HOUR", "(?:2[0-3]|[01]?[0-9])"),
        ("MINUTE", "(?:[0-5][0-9])"),
        ("SECOND", #"(?:(?:60|[0-5]?[0-9])(?:[:.,][0-9]+)?)"#),
        ("TIME", "(?<![0-9])%{HOUR}:%{MINUTE}:%{SECOND}(?![0-9])"),
        ("DATE_US", "%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}"),
        ("DATE_EU", "%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}"),
        ("ISO8601_TIMEZONE", "(?:Z|[+-]%{HOUR}:?%{MINUTE})"),
        ("ISO8601_SECOND", "(?:%{SECOND}|60)"),
        (
            "TIMESTAMP_ISO8601",
            "%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?%{ISO8601_TIMEZONE}?"
        ),
        ("DATE", "%{DATE_US}|%{DATE_EU}"),
        ("DATESTAMP", "%{DATE}[- ]%{TIME}"),
        ("TZ", "(?:[APMCE][SD]T|UTC)"),
        ("DATESTAMP_RFC822", "%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}"),
        ("DATESTAMP_RFC2822", "%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} %{ISO8601_TIMEZONE}"),
        ("DATESTAMP_OTHER", "%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR}"),
        ("DATESTAMP_EVENTLOG", "%{YEAR}%{MONTHNUM2}%{MONTHDAY}%{HOUR}%{MINUTE}%{SECOND}"),
        ("HTTPDERROR_DATE", "%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{YEAR}"),
        ("SYSLOGTIMESTAMP", "%{MONTH} +%{MONTHDAY} %{TIME}"),
        ("HTTPDATE", "%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}"),
    ]

    private static let logs: [(String, String)] = [
        ("PROG", #"[\x21-\x5a\x5c\x5e-\x7e]+"#),
        ("SYSLOGPROG", #"%{PROG:program}(?:\[%{POSINT:pid}\])?"#),
        ("SYSLOGHOST", "%{IPORHOST}"),
        ("SYSLOGFACILITY", "<%{NONNEGINT:facility}.%{NONNEGINT:priority}>"),
        (
            "SYSLOGBASE",
            "%{SYSLOGTIMESTAMP:timestamp} (?:%{SYSLOGFACILITY} )?%{SYSLOGHOST:logsource} %{SYSLOGPROG}:"
        ),
        ("SYSLOG5424PRI", "<%{NONNEGINT:syslog5424_pri}>"),
        (
            "LOGLEVEL",
            "(?:[Aa]lert|ALERT|[Tt]race|TRACE|[Dd]ebug|DEBUG|[Nn]otice|NOTICE|[Ii]nfo(?:rmation)?|INFO(?:RMATION)?|[Ww]arn(?:ing)?|WARN(?:ING)?|[Ee]rr(?:or)?|ERR(?:OR)?|[Cc]rit(?:ical)?|CRIT(?:ICAL)?|[Ff]atal|FATAL|[Ss]evere|SEVERE|[Ee]merg(?:ency)?|EMERG(?:ENCY)?)"
        ),
        ("HTTPDUSER", "%{EMAILADDRESS}|%{USER}"),
        (
            "COMMONAPACHELOG",
            #"%{IPORHOST:clientip} %{HTTPDUSER:ident} %{USER:auth} \[%{HTTPDATE:timestamp}\] "(?:%{WORD:verb} %{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion})?|%{DATA:rawrequest})" %{NUMBER:response} (?:%{NUMBER:bytes}|-)"#
        ),
        ("COMBINEDAPACHELOG", "%{COMMONAPACHELOG} %{QS:referrer} %{QS:agent}"),
        (
            "HTTPD20_ERRORLOG",
            #"\[%{HTTPDERROR_DATE:timestamp}\] \[%{LOGLEVEL:loglevel}\] (?:\[client %{IPORHOST:clientip}\] )?%{GREEDYDATA:errormsg}"#
        ),
        (
            "HTTPD24_ERRORLOG",
            #"\[%{HTTPDERROR_DATE:timestamp}\] \[%{WORD:module}:%{LOGLEVEL:loglevel}\] \[pid %{POSINT:pid}(?::tid %{NUMBER:tid})?\](?: \(%{POSINT:proxy_errorcode}\)%{DATA:proxy_errormessage}:)?(?: \[client %{IPORHOST:client}:%{POSINT:clientport}\])? %{DATA:errorcode}: %{GREEDYDATA:message}"#
        ),
        ("HTTPD_ERRORLOG", "%{HTTPD20_ERRORLOG}|%{HTTPD24_ERRORLOG}"),
        ("JAVACLASS", #"(?:[a-zA-Z$_][a-zA-Z$_0-9]*\.)*[a-zA-Z$_][a-zA-Z$_0-9]*"#),
        ("JAVAFILE", #"[A-Za-z0-9_. -]+"#),
    ]
}
