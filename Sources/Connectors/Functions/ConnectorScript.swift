import JSON
import Scripting

/// A script of a connector: Painless over `params`.
struct ConnectorScript {
    private let program: PainlessProgram

    init(_ text: String) throws(ConnectorError) {
        do throws(PainlessError) {
            program = try PainlessProgram(text)
        } catch {
            throw .illegalArgument("the script of the connector cannot be read: \(error.reason)")
        }
    }

    /// What the script returns: its text, or JSON if it is something else; nil for null.
    func run(_ parameters: JSONObject) throws(ConnectorError) -> String? {
        var context = JSONValue.null
        let value: JSONValue
        do throws(PainlessError) {
            value = try program.run(&context, parameters: parameters)
        } catch {
            throw .illegalArgument("the script of the connector failed: \(error.reason)")
        }
        if value.isNull { return nil }
        return value.string ?? value.serialized()
    }
}
