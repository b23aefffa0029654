import JSON

/// What is asked of a service, credentials not yet put in.
struct ConnectorRequest: Sendable {
    let method: String
    let url: String
    let body: [UInt8]
    /// All parameters: the connector's, the input's, and what a function made of it.
    let parameters: [String: String]
    let action: ConnectorAction

    init(_ input: ConnectorInput, _ connector: ConnectorDefinition, _ action: ConnectorAction) throws(ConnectorError) {
        self.action = action
        method = action.method
        var parameters = connector.parameters.merging(input.own) { $1 }
        parameters.merge(try Self.processed(input, connector, action, parameters)) { $1 }
        // What the request says holds against what a function made.
        parameters.merge(input.own) { $1 }
        self.parameters = parameters
        let names = parameters["no_escape_params"]?.split(separator: ",").map { String($0).filter { $0 != " " } } ?? []
        let template = ConnectorTemplate(prefix: "parameters", values: parameters, plain: Set(names))
        url = try template.text(action.url)
        guard method != "GET" else {
            body = []
            return
        }
        guard let text = action.body else {
            body = Array((parameters["http_body"] ?? "").utf8)
            return
        }
        let payload = try template.json(text)
        guard (try? JSONValue(parsing: payload)) != nil else {
            throw .illegalArgument("Invalid payload: \(String(decoding: payload.prefix(500), as: UTF8.self))")
        }
        let missing = template.places(in: payload)
        guard missing.isEmpty || parameters["skip_validating_missing_parameters"] == "true" else {
            throw .illegalArgument(
                "Some parameter placeholder not filled in payload: \(missing.prefix(20).joined(separator: ", "))")
        }
        body = payload
    }

    /// The parameters that a function makes of an input.
    private static func processed(
        _ input: ConnectorInput, _ connector: ConnectorDefinition, _ action: ConnectorAction,
        _ parameters: [String: String]
    ) throws(ConnectorError) -> [String: String] {
        guard var name = action.preProcess else {
            switch input {
            case .parameters(let own): return own
            case .texts:
                return try PreProcessFunction.defaultEmbedding.parameters(input, connector: connector.parameters)
            case .pairs: throw .illegalArgument("pre_process_function not defined in connector")
            }
        }
        name = try ScriptParameters.fill(name, parameters)
        if let function = PreProcessFunction(rawValue: name) {
            return try function.parameters(input, connector: connector.parameters)
        }
        if case .parameters(let own) = input,
            parameters["pre_process_function.process_remote_inference_input"] != "true"
        {
            return own
        }
        guard let text = try ConnectorScript(name).run(input.forScripts) else {
            throw .illegalArgument("Preprocess function output is null")
        }
        guard let made = try? JSONValue(parsing: text), let object = made["parameters"]?.object else {
            throw .illegalArgument(
                "Preprocess function output is no JSON object with [parameters]: \(text.prefix(200))")
        }
        var result: [String: String] = [:]
        for (name, value) in object where !value.isNull { result[name] = value.string ?? value.serialized() }
        return result
    }
}

/// Places for parameters in scripts.
enum ScriptParameters {
    /// Puts the parameters into a script, as texts in quotes.
    static func fill(_ script: String, _ parameters: [String: String]) throws(ConnectorError) -> String {
        guard script.contains("${parameters.") else { return script }
        let quoted = parameters.mapValues { JSONValue.string($0).serialized() }
        return try ConnectorTemplate(prefix: "parameters", values: quoted).text(script)
    }
}
