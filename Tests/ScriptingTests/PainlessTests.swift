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
            ("return 1; 2", "1"),
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
            ("def m = ctx.o; m.put('a', 1)", "illegal_argument_exception"),
            ("foo.bar", "illegal_argument_exception"), ("while (true) { }", "illegal_argument_exception"),
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
        #expect(run("def s = 'x'; " + String(repeating: "s += s; ", count: 40)).result.contains("longer than"))
    }
}
