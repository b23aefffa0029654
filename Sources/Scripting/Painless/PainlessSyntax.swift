import JSON

/// A value in a program.
indirect enum PainlessExpression: Sendable {
    case literal(JSONValue)
    /// `ctx`, `params`, or a variable of the program.
    case variable(String)
    case list([PainlessExpression])
    case map([(key: PainlessExpression, value: PainlessExpression)])
    /// `a.b`; with `a?.b`, null has the member null.
    case member(PainlessExpression, String, isSafe: Bool)
    /// `a[b]`.
    case element(PainlessExpression, PainlessExpression)
    case call(PainlessExpression, String, [PainlessExpression], isSafe: Bool)
    /// `Math.max(a, b)`.
    case function(type: String, name: String, [PainlessExpression])
    case not(PainlessExpression)
    case binary(PainlessOperator, PainlessExpression, PainlessExpression)
    case conditional(PainlessExpression, PainlessExpression, PainlessExpression)
    case isInstance(PainlessExpression, type: String)
    /// `(int) a`.
    case cast(PainlessExpression, type: String)
    /// `new StringBuilder(a)`.
    case builder(PainlessExpression?)
    /// A function of the program.
    case invoke(String, [PainlessExpression])
}

/// A function of a program.
struct PainlessFunction: Sendable {
    let parameters: [String]
    let statements: [PainlessStatement]
}

/// An operator between two values.
enum PainlessOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and = "&&"
    case or = "||"
    /// `a ?: b`: the first unless it is null.
    case elvis = "?:"
}

/// A step of a program.
indirect enum PainlessStatement: Sendable {
    case evaluate(PainlessExpression)
    case declare(String, PainlessExpression?)
    case assign(PainlessExpression, PainlessExpression)
    case combine(PainlessExpression, PainlessOperator, PainlessExpression)
    case choose(PainlessExpression, [PainlessStatement], [PainlessStatement])
    case forEach(String, PainlessExpression, [PainlessStatement])
    /// `while` and the counting `for`.
    case loop(PainlessExpression, then: [PainlessStatement], [PainlessStatement])
    case sequence([PainlessStatement])
    case leave(PainlessExpression?)
    /// `break`.
    case stop
    /// `continue`.
    case skip
    /// `throw new Type(message)`.
    case fail(String, PainlessExpression?)
}
