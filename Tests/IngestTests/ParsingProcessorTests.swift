import JSON
import Ingest
import Pipelines
import Testing

/// Processors that take texts apart: `dissect`, `grok`, `kv`, `csv`, `date`.
struct ParsingProcessorTests {
    @Test(
        "Texts are dissected by the specification of OpenSearch",
        arguments: [
            (
                #"level=%{level} ts=%{ts} msg=\"%{m}\""#, #"level=info ts=2018 msg=\"OK\" more"#, "",
                #"{"level":"info","ts":"2018","m":"OK"}"#
            ),
            ("/var/log/%{key}.log", "/var/log/foobar.log", "", #"{"key":"foobar"}"#),
            ("/var/log/%{key}.log", "foobar", "", nil), ("/var/log/%{key}.log", "/var/log/foobar", "", nil),
            ("%{key}", "foobar", "", #"{"key":"foobar"}"#), ("%{a} %{b} %{c}", "foo bar", "", nil),
            ("/var/%{key}", "/var/foobar/log", "", #"{"key":"foobar/log"}"#),
            ("%{+key/3} %{+key/1} %{+key/2}", "1 2 3", "", #"{"key":"231"}"#),
            ("%{+key/3} %{+key/1} %{+key/2}", "1 2 3", "::", #"{"key":"2::3::1"}"#),
            ("%{+key/3} %{+key/1->} %{+key/2}", "1 2              3", "", #"{"key":"231"}"#),
            ("%{key}-%{+key}-%{+key}", "1-2-3", ",", #"{"key":"1,2,3"}"#),
            ("%{*key} %{&key}", "hello world", "", #"{"hello":"world"}"#),
            ("%{&key} %{*key}", "hello world", "", #"{"world":"hello"}"#),
            ("%{} %{key}", "hello world", "", #"{"key":"world"}"#),
            ("%{?skip} %{key}", "hello world", "", #"{"key":"world"}"#),
            (
                "%{n},%{a},%{b},%{c},%{z}", "Jane,4321,,,87432", "",
                #"{"n":"Jane","a":"4321","b":"","c":"","z":"87432"}"#
            ),
            ("%{n},%{a->},%{z}", "Jane,4321,,,87432", "", #"{"n":"Jane","a":"4321","z":"87432"}"#),
            ("%{id} %{function->} %{server}", "43 View     m-1", "", #"{"id":"43","function":"View","server":"m-1"}"#),
            ("%{id} %{server->} ", "43 m-1    ", "", #"{"id":"43","server":"m-1"}"#),
            ("{%{a}}{%{b}} %{rest}", "{c}{d} anything", "", #"{"a":"c","b":"d","rest":"anything"}"#),
            ("%{a}࿏%{b} %{c}", "⟳༒࿏༒⟲ 子", "", #"{"a":"⟳༒","b":"༒⟲","c":"子"}"#),
        ] as [(String, String, String, String?)])
    func dissect(_ pattern: String, _ text: String, _ separator: String, _ expected: String?) async throws {
        let found = try await Simulation.one(
            #"{"dissect":{"field":"m_","pattern":"\#(pattern)","append_separator":"\#(separator)"}}"#,
            #"{"m_":"\#(text)"}"#)
        guard let expected else {
            #expect(
                found.string?.hasPrefix("find_match: Unable to find match for dissect pattern: ") == true, "\(found)")
            return
        }
        var object = found.object ?? [:]
        object["m_"] = nil
        #expect(try .object(object) == JSONValue(parsing: expected), "\(found)")
    }

    @Test(
        "Patterns that cannot be read are refused",
        arguments: ["anything", "%{some?thing}", "%{key} %{&key}", "%{+a*b}", ""])
    func dissectPatterns(_ pattern: String) {
        let fault = Simulation.fault(#"{"dissect":{"field":"m","pattern":"\#(pattern)"}}"#)
        #expect(fault?.type == "pattern_parse" || fault?.type == "key_parse", "\(fault?.description ?? "none")")
    }

    @Test("grok makes fields with types, takes the first match, and knows definitions")
    func grok() async throws {
        let apache =
            #"{"m":"83.149.9.216 - - [19/Jul/2015:08:13:42 +0000] \"GET /kibana-js HTTP/1.1\" 200 171717 \"-\" \"Mozilla/5.0 (X11)\""}"#
        var found = try await Simulation.one(#"{"grok":{"field":"m","patterns":["%{COMBINEDAPACHELOG}"]}}"#, apache)
        for (field, value) in [
            ("clientip", "83.149.9.216"), ("verb", "GET"), ("request", "/kibana-js"), ("httpversion", "1.1"),
            ("response", "200"), ("bytes", "171717"), ("timestamp", "19/Jul/2015:08:13:42 +0000"), ("auth", "-"),
            ("agent", "\"Mozilla/5.0 (X11)\""),
        ] { #expect(found[field]?.string == value, "\(field)") }
        found = try await Simulation.one(
            #"{"grok":{"field":"m","patterns":["%{IP:client.ip} %{WORD:method} %{URIPATHPARAM:request} %{NUMBER:bytes:int} %{NUMBER:d:float}"]}}"#,
            #"{"m":"55.3.244.1 GET /index.html 15824 0.043"}"#)
        #expect(found["client"]?["ip"] == "55.3.244.1" && found["bytes"] == 15824 && found["d"] == 0.043)
        found = try await Simulation.one(
            #"{"grok":{"field":"m","patterns":["%{FAVORITE_DOG:pet}","%{CAT:pet}"],"pattern_definitions":{"FAVORITE_DOG":"beagle","CAT":"burmese"}}}"#,
            #"{"m":"I love burmese cats!"}"#)
        #expect(found["pet"] == "burmese")
        found = try await Simulation.one(
            #"{"grok":{"field":"m","patterns":["(?<a.b>x+) %{IPV6:ip}"]}}"#, #"{"m":"xx fe80::1"}"#)
        #expect(found["a"]?["b"] == "xx" && found["ip"] == "fe80::1")
        found = try await Simulation.one(#"{"grok":{"field":"m","patterns":["%{INT:n:int}"]}}"#, #"{"m":"none"}"#)
        #expect(
            found == "illegal_argument_exception: Provided Grok expressions do not match field value: [none]")
        let slots = try await Simulation.run(
            #"{"processors":[{"grok":{"field":"m","patterns":["x","%{WORD:w}"],"trace_match":true}}]}"#, [#"{"m":"y"}"#]
        )
        #expect(slots[0].document.ingest["_grok_match_index"] == "1")
    }

    @Test("Patterns of grok that are unknown, circular, too large or too slow are refused or given up")
    func hostileGrok() async throws {
        #expect(
            Simulation.fault(#"{"grok":{"field":"m","patterns":["%{NOTHING}"]}}"#)?.reason
                == "[patterns] Invalid regex pattern found in: [%{NOTHING}]. Unable to find pattern [NOTHING] in Grok's pattern dictionary"
        )
        let circular = Simulation.fault(
            #"{"grok":{"field":"m","patterns":["%{A}"],"pattern_definitions":{"A":"%{B}","B":"%{A}"}}}"#)
        #expect(circular?.reason.contains("circular reference in pattern [A][%{B}]") == true)
        let doubling = (0..<40).map { #""D\#($0)":"%{D\#($0 + 1)}%{D\#($0 + 1)}""# }.joined(separator: ",")
        let large = Simulation.fault(
            #"{"grok":{"field":"m","patterns":["%{D0}"],"pattern_definitions":{\#(doubling),"D40":"xxxxxxxxxxxxxxxx"}}}"#
        )
        #expect(large?.reason.contains("becomes longer than") == true)
        let slow = try await Simulation.one(
            #"{"grok":{"field":"m","patterns":["^(\\w+\\s?)*(\\w+\\s?)*(\\w+\\s?)*!$"]}}"#,
            #"{"m":"\#(String(repeating: "a", count: 40))?!"}"#)
        #expect(slow.string?.hasPrefix("runtime_exception: grok pattern matching was interrupted") == true)
    }

    @Test("kv splits, trims, filters and prefixes")
    func keyValues() async throws {
        var found = try await Simulation.one(
            #"{"kv":{"field":"m","field_split":"&","value_split":"="}}"#,
            #"{"m":"first=hello&second=world&second=universe"}"#)
        #expect(found["first"] == "hello" && found["second"] == ["world", "universe"])
        found = try await Simulation.one(
            #"{"kv":{"field":"m","field_split":" ","value_split":"=","strip_brackets":true,"target_field":"t","prefix":"p_","exclude_keys":["b"]}}"#,
            #"{"m":"a=(x) b=[y] c=\"z\""}"#)
        #expect(found["t"] == ["p_a": "x", "p_c": "z"], "\(found)")
        found = try await Simulation.one(
            #"{"kv":{"field":"m","field_split":"&","value_split":"=","trim_key":" ","trim_value":" "}}"#,
            #"{"m":" a = b = c "}"#)
        #expect(found["a"] == "b = c")
        found = try await Simulation.one(#"{"kv":{"field":"m","field_split":"&","value_split":"="}}"#, #"{"m":"x"}"#)
        #expect(found == "illegal_argument_exception: field [m] does not contain value_split [=]")
    }

    @Test("csv reads RFC 4180")
    func commaSeparatedValues() async throws {
        func read(_ line: String, _ more: String = "") async throws -> JSONValue {
            let source = JSONValue.object(["m": .string(line)]).serialized()
            let found = try await Simulation.one(
                #"{"csv":{"field":"m","target_fields":["a","b","c"]\#(more)}}"#, source)
            guard var object = found.object else { return found }
            object["m"] = nil
            return .object(object)
        }
        #expect(try await read("1,2,3,4") == ["a": "1", "b": "2", "c": "3"])
        #expect(try await read("1,,3") == ["a": "1", "c": "3"])
        #expect(try await read("1,,3", #","empty_value":0"#) == ["a": "1", "b": 0, "c": "3"])
        #expect(try await read(#""a ""b"" c" , "x,y",z"#) == ["a": #"a "b" c"#, "b": "x,y", "c": "z"])
        #expect(try await read("  1 ;\t2", #","separator":";","trim":true"#) == ["a": "1", "b": "2"])
        #expect(try await read("  1 ,2") == ["a": "  1 ", "b": "2"])
        #expect(try await read(#""open"#) == "illegal_argument_exception: Unmatched quote")
        #expect(try await read(#"a"b"#) == "illegal_argument_exception: Illegal character inside unquoted field at 1")
        #expect(try await read(#""a"b"#) == "illegal_argument_exception: character 'b' after quoted field at 3")
    }

    @Test("Dates are read in any of their formats and written in another")
    func dates() async throws {
        func date(_ text: JSONValue, _ settings: String) async throws -> JSONValue? {
            let found = try await Simulation.one(
                #"{"date":{"field":"d",\#(settings)}}"#, JSONValue.object(["d": text]).serialized())
            return found["@timestamp"] ?? found
        }
        #expect(
            try await date("12/06/2010 11:05:15", #""formats":["dd/MM/yyyy HH:mm:ss"],"timezone":"Europe/Amsterdam""#)
                == "2010-06-12T11:05:15.000+02:00")
        #expect(try await date("1000.5", #""formats":["UNIX"]"#) == "1970-01-01T00:16:40.500Z")
        #expect(try await date(1_000_500, #""formats":["UNIX_MS"]"#) == "1970-01-01T00:16:40.500Z")
        #expect(try await date("@4000000050d506482dbdf024", #""formats":["TAI64N"]"#) == "2012-12-22T01:00:46.767Z")
        #expect(try await date("2010-01-01T10:00:00+02:00", #""formats":["ISO8601"]"#) == "2010-01-01T08:00:00.000Z")
        #expect(
            try await date("2010-01-01", #""formats":["HH:mm yyyy","yyyy-MM-dd"],"output_format":"yyyy/MM""#)
                == "2010/01")
        #expect(try await date("Nov 21 10:00:00", #""formats":["MMM d HH:mm:ss"]"#) == "2026-11-21T10:00:00.000Z")
        #expect(
            try await date("x", #""formats":["UNIX"]"#) == "illegal_argument_exception: unable to parse date [x]")
        let slots = try await Simulation.run(
            #"{"processors":[{"date_index_name":{"field":"d","index_name_prefix":"logs-","date_rounding":"M","index_name_format":"yyyy-MM"}}]}"#,
            [#"{"d":"2016-04-25T12:02:01.789Z"}"#])
        #expect(slots[0].document.metadata("_index") == "<logs-{2016-04||/M{yyyy-MM|UTC}}>")
    }

    @Test("A TAI64N text with a sign is no date")
    func signedLabels() async throws {
        let date = #"{"date":{"field":"t","formats":["TAI64N"]}}"#
        for text in ["@4-ffffffffffffff00000000", "@4000000050d506482-fffffff"] {
            let found = try await Simulation.one(date, #"{"t":"\#(text)"}"#)
            #expect(found.string?.hasPrefix("illegal_argument_exception") == true, "\(found)")
        }
    }

    @Test("The patterns of all products can be read", arguments: GrokPatternBank.all.map(\.0))
    func bank(_ name: String) {
        #expect(Simulation.fault(#"{"grok":{"field":"a","patterns":["%{\#(name)}"]}}"#) == nil)
    }

    @Test("Lines of logs of products become their fields")
    func products() async throws {
        for (pattern, line, expected) in [
            (
                "REDISMONLOG", #"1470637925.186681 [0 127.0.0.1:39404] "rpush" "my:special:key" "x""#,
                [
                    "timestamp": "1470637925.186681", "database": "0", "client": "127.0.0.1", "port": "39404",
                    "command": "rpush",
                ]
            ),
            (
                "NAGIOSLOGLINE", "[1427925600] CURRENT SERVICE STATE: host1;load;OK;HARD;1;OK - fine",
                [
                    "nagios_epoch": "1427925600", "nagios_hostname": "host1", "nagios_state": "OK",
                    "nagios_message": "OK - fine",
                ]
            ),
            (
                "CISCOFW106014",
                "Deny inbound icmp src fastethernet:10.10.10.10 dst fastethernet:10.10.10.11 (type 8, code 0)",
                ["action": "Deny", "direction": "inbound", "src_ip": "10.10.10.10", "icmp_type": "8"]
            ),
            (
                "SQUID3",
                "1525344856.899  16867 10.170.72.111 TCP_TUNNEL/200 6256 CONNECT logs.ietf.org:443 - HIER_DIRECT/10.1.2.3 -",
                ["duration": "16867", "cache_result": "TCP_TUNNEL", "server": "10.1.2.3"]
            ),
            (
                "CATALINALOG", "Feb 7, 2014 11:54:31 AM com.sun.jersey.Provider Using factory",
                ["class": "com.sun.jersey.Provider", "logmessage": "Using factory"]
            ),
        ] as [(String, String, JSONObject)] {
            let source = JSONValue.object(["m": .string(line)]).serialized()
            let found = try await Simulation.one(#"{"grok":{"field":"m","patterns":["%{\#(pattern)}"]}}"#, source)
            for (name, value) in expected { #expect(found[name] == value, "\(pattern) \(name): \(found)") }
        }
    }
}
