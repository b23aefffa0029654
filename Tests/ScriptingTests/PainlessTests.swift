import JSON
import Scripting
import Testing

/// The part of Painless that is understood.
struct PainlessTests {
    private func run(_ text: String, _ context: JSONValue = ["a": 1]) -> (result: String, context: JSONValue) {
        var context = context
        do throws(PainlessError) {
            let program = try PainlessProgram(text)
            return (try program.run(&context, parameters: ["by": 3]).serialized(), context)
        } catch {
            return ("\(error.kind.rawValue): \(error.reason)", context)
        }
    }

    @Test(
        "Expressions have Painless' values",
        arguments: [
            ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("7 / 2", "3"), ("7 / 2.0", "3.5"), ("-7 % 3", "-1"),
            ("'a' + 1 + true", "\"a1true\""),
            ("1 < 2 && 2.0 >= 2", "true"), ("null ?: 'x'", "\"x\""), ("[1, 'b', ['k': null]]", #"[1,"b",{"k":null}]"#),
            ("[:].size()", "0"), ("'Abc'.toLowerCase().substring(1, 2)", "\"b\""),
            ("'a,b'.splitOnToken(',')", #"["a","b"]"#),
            ("'aXbX'.replace('X', '--')", "\"a--b--\""), ("'häuser'.indexOf('s')", "3"), ("[3,1].contains(1)", "true"),
            ("Math.max(2, 3) + Math.abs(-4)", "7"), ("Integer.parseInt('12')", "12"),
            ("['x': 1].getOrDefault('y', 2)", "2"),
            ("params.by", "3"), ("ctx.b?.c", "null"), ("[1,2,3][-1]", "3"), ("3 instanceof Integer", "true"),
            ("return 1; 2", "1"), ("(int) 3.7 + (double) 1", "4.0"), ("'abc'.charAt(1)", "\"b\""),
            ("'' + [1, 'a', ['k': 2.0]] + 1e20", "\"[1, a, {k=2.0}]1.0E20\""), ("1e-2 + 1E+1", "10.01"),
            ("[['n': 5]].0.n", "5"), ("if (true) { return 7 } 8", "7"), ("'abc'.compareTo('abd')", "-1"),
            ("'abc'.lastIndexOf('')", "3"), ("'aabaabaaab'.indexOf('aaab')", "6"), ("(int) 3000000000L", "-1294967296"),
            ("'a,b,c'.splitOnToken(',', 2)", #"["a","b,c"]"#), ("String.join('-', [1, 2])", "\"1-2\""),
            ("[1, 2] == [1, 2] && ['a': 1] == ['a': 1] && 1 == 1.0", "true"),
            ("'abcb'.lastIndexOf('b')", "3"), ("'abcb'.indexOf('b', 2)", "3"),
            (
                "int s = 0; for (int i = 0; i < 5; i++) { if (i == 1) continue; if (i == 4) break; s += i } return s",
                "5"
            ),
            ("int i = 10; while (i > 3) --i; return i", "3"),
            ("String twice(def x) { x = x + x; return x } def x = 'a'; return twice(twice(x)) + x", "\"aaaaa\""),
            (
                "StringBuilder b = new StringBuilder('['); for (x in [1, 2]) { b.append(x).append(','); } b.setLength(b.length() - 1); b.append(']'); return b.toString()",
                "\"[1,2]\""
            ),
            ("def b = new StringBuilder(); b.append('ab').reverse().insert(0, 'x'); '{' + b + '}'", "\"{xba}\""),
            ("new StringBuilder().append(1).append('a').toString()", "\"1a\""),
        ])
    func values(_ text: String, _ expected: String) { #expect(run(text).result == expected) }

    @Test(
        "Faults have Java's kinds",
        arguments: [
            ("ctx.b.c", "null_pointer_exception"), ("1 / 0", "arithmetic_exception"),
            ("[1][2]", "index_out_of_bounds_exception"),
            ("if (1) { }", "class_cast_exception"), ("9223372036854775807 + 1", "arithmetic_exception"),
            ("ctx = 1", "illegal_argument_exception"),
            ("params.x = 1", "illegal_argument_exception"),
            ("[1].remove(-1)", "index_out_of_bounds_exception"), ("[1].get(-1)", "index_out_of_bounds_exception"),
            ("break;", "illegal_argument_exception"), ("1.0 / 0", "illegal_argument_exception"),
            ("params.put('x', 1)", "illegal_argument_exception"),
            ("def l = []; l.add(l); l", "illegal_argument_exception"),
            ("foo.bar", "illegal_argument_exception"), ("while (true) { }", "illegal_argument_exception"),
            ("throw new IllegalArgumentException('no')", "illegal_argument_exception"),
            ("throw new Exception('no')", "runtime_exception"), ("'a'.append('b')", "illegal_argument_exception"),
            ("int f(int n) { return f(n + 1) } f(1)", "illegal_argument_exception"),
            ("int f(int n) { return ctx.a } f(1)", "illegal_argument_exception"),
            ("(int) 'a'", "class_cast_exception"),
            ("try { } catch (Exception e) { }", "illegal_argument_exception"),
            ("'abc'.getClass()", "illegal_argument_exception"), ("ctx.a.b = 1", "illegal_argument_exception"),
        ])
    func faults(_ text: String, _ kind: String) {
        let result = run(text, ["a": 1, "o": [:]])
        #expect(result.result.hasPrefix(kind + ": "), "\(result.result)")
        #expect(result.context == ["a": 1, "o": [:]])
    }

    @Test("Statements change ctx")
    func changes() {
        #expect(
            run(
                "ctx.l = []; for (x in [1, 2, 3]) { if (x != 2) ctx.l.add(x * params.by); else ctx.two = true } ctx.a++; ctx.o = ['k': 1]; ctx.o.k -= 5"
            ).context == ["a": 2, "l": [3, 9], "two": true, "o": ["k": -4]])
        #expect(
            run(
                "def t = ctx.tags ?: []; t.add('x'); ctx.get('o').put('k', 1); for (item in ctx.items) { item.n *= 2 } void mark(Map m) { m.seen = true } ",
                ["tags": ["a"], "o": [:], "items": [["n": 2]]]
            ).result.hasPrefix("illegal_argument_exception"))
        #expect(
            run(
                "void mark(Map m) { m.seen = true } def t = ctx.tags ?: []; t.add('x'); ctx.get('o').put('k', 1); for (item in ctx.items) { item.n *= 2 } def k = t; k.add('y'); def m = [:]; m.o = ctx.o; m.o.j = 2; mark(ctx.o); t = [];",
                ["tags": ["a"], "o": [:], "items": [["n": 2]]]
            ).context == ["tags": ["a", "x", "y"], "o": ["k": 1, "j": 2, "seen": true], "items": [["n": 4]]])
        #expect(run("def l = []; l.add('x'); ctx.l = l; ctx.l[0] += 'y'; ctx.remove('a')").context == ["l": ["xy"]])
    }

    @Test("Programs are bounded in length, depth and steps")
    func bounds() {
        #expect(run(String(repeating: "(", count: 5000) + "1").result.contains("nested deeper"))
        #expect(run("1" + String(repeating: "+1", count: 5000)).result.contains("operators in a row"))
        #expect(run("ctx" + String(repeating: ".a", count: 5000)).result.contains("members in a row"))
        #expect(run(String(repeating: "ctx.a = 1;", count: 7000)).result.contains("longer than 65535 bytes"))
        let loops = "def l = [0,1,2,3,4,5,6,7,8,9]; " + (0..<8).map { "for (v\($0) in l) " }.joined() + "{ ctx.a = 1 }"
        #expect(run(loops).result.contains("The maximum number of statements has been reached"))
        let nested = String(repeating: "(", count: 50) + "1"
        let row = String(repeating: "+1", count: 400) + ")"
        #expect(run(nested + String(repeating: row, count: 50)).result.contains("nested deeper"))
        #expect(
            run("def f(def n) { return f(n - 1)\(String(repeating: "+1", count: 400)) } f(64)").result.contains(
                "deeper"))
        #expect(run("1" + String(repeating: " instanceof Object", count: 3000)).result.contains("nested deeper"))
        for growing in [
            "def s = 'aaaaaaaaaaaaaaaa'; for (int i = 0; i < 16; i++) { s += s } while (true) { s.contains('aaab') }",
            "def l = [1]; for (int i = 0; i < 17; i++) { l.addAll(l) } while (true) { l.contains(2) }",
            "ctx.b = ctx",
            "def l = [1]; for (int i = 0; i < 60; i++) { l = [l, l] } ctx.l = l",
            "def l = []; for (int i = 0; i < 1000; i++) { l = [l] } ctx.l = l",
            "def b = new StringBuilder('0123456789'); while (true) { b.append(b) }",
        ] {
            #expect(run(growing).result.hasPrefix("illegal_argument_exception: "))
        }
        #expect(run("def s = 'x'; " + String(repeating: "s += s; ", count: 40)).result.contains("longer than"))
    }
}
