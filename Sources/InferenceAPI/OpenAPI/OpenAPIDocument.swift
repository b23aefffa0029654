import HTTPTypes
import JSON
import Routing

/// The OpenAPI 3.1 document of some endpoints.
public struct OpenAPIDocument: Sendable {
    /// What it describes.
    let endpoints: [Endpoint]
    /// The version of the program.
    let version: String
    /// Whether the server asks for keys: then keyed routes have a security requirement, a 401 and a 403.
    let asksForKeys: Bool

    /// The document.
    var json: JSONValue {
        var paths = JSONObject()
        for endpoint in endpoints {
            let path = endpoint.route.template.description
            var item = paths[path]?.object ?? JSONObject()
            item[endpoint.route.method.rawValue.lowercased()] = .object(operation(endpoint))
            paths[path] = .object(item)
        }
        var components = JSONObject()
        components["schemas"] = .object(schemas)
        if asksForKeys {
            components["securitySchemes"] = ["bearer": ["type": "http", "scheme": "bearer"]]
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Needletail", "version": .string(version),
                "description": "Reranking, embedding and sparse encoding in the dialects that clients already speak.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "tags": .array(tags.map { ["name": .string($0)] }),
            "paths": .object(paths), "components": .object(components),
        ]
    }

    private var tags: [String] {
        var tags: [String] = []
        for endpoint in endpoints where !tags.contains(endpoint.operation.tag) { tags.append(endpoint.operation.tag) }
        return tags
    }

    private var schemas: JSONObject {
        var all: [String: JSONObject] = [:]
        for endpoint in endpoints {
            let operation = endpoint.operation
            let used = [operation.request, operation.faultBody] + operation.replies.map(\.schema)
            for (name, schema) in used.compactMap(\.self).flatMap(\.components) {
                precondition(all[name] == nil || all[name] == schema, "two schemas are named \(name)")
                all[name] = schema
            }
        }
        return JSONObject(all.sorted { $0.key < $1.key }.map { (key: $0.key, value: .object($0.value)) })
    }

    private func operation(_ endpoint: Endpoint) -> JSONObject {
        let operation = endpoint.operation
        var object = JSONObject()
        object["operationId"] = .string(endpoint.route.name)
        object["tags"] = [.string(operation.tag)]
        object["summary"] = .string(operation.summary)
        if !operation.details.isEmpty { object["description"] = .string(operation.details) }
        let parameters = endpoint.parameters
        if !parameters.isEmpty { object["parameters"] = .array(parameters.map(json(of:))) }
        if let request = operation.request {
            object["requestBody"] = ["required": true, "content": json(of: "application/json", request)]
        }
        var responses = JSONObject()
        for reply in operation.replies { responses[String(reply.status)] = json(of: reply) }
        for fault in faults(of: endpoint) {
            responses[String(fault.status)] = merged(responses[String(fault.status)], fault.json)
        }
        object["responses"] = .object(responses)
        if asksForKeys {
            let required: JSONValue = ["bearer": .array([])]
            object["security"] = .array(endpoint.route.access != .open ? [required] : [])
        }
        return object
    }

    /// One entry for a status that is both a reply and a fault: a body is one of the two.
    private func merged(_ reply: JSONValue?, _ fault: JSONValue) -> JSONValue {
        guard var object = reply?.object else { return fault }
        var content = object["content"]?.object ?? JSONObject()
        for (mediaType, body) in fault["content"]?.object ?? JSONObject() {
            if let own = content[mediaType]?["schema"], let other = body["schema"] {
                content[mediaType] = ["schema": ["anyOf": [own, other]]]
            } else {
                content[mediaType] = body
            }
        }
        object["content"] = .object(content)
        let meanings = [object["description"]?.string, fault["description"]?.string]
        object["description"] = .string(meanings.compactMap(\.self).joined(separator: " "))
        return .object(object)
    }

    private func json(of parameter: OperationDescription.Parameter) -> JSONValue {
        [
            "in": .string(parameter.place.rawValue), "name": .string(parameter.name),
            "description": .string(parameter.description), "required": .bool(parameter.place == .path),
            "schema": .object(parameter.schema.keywords),
        ]
    }

    private func json(of mediaType: String, _ schema: Schema) -> JSONValue {
        var content = JSONObject()
        content[mediaType] = ["schema": .object(schema.keywords)]
        return .object(content)
    }

    private func json(of reply: OperationDescription.Reply) -> JSONValue {
        var object = JSONObject()
        object["description"] = .string(reply.description)
        if !reply.headers.isEmpty {
            var headers = JSONObject()
            for header in reply.headers {
                headers[header.name] = [
                    "description": .string(header.description), "schema": .object(header.schema.keywords),
                ]
            }
            object["headers"] = .object(headers)
        }
        if let mediaType = reply.mediaType { object["content"] = json(of: mediaType, reply.schema ?? .anything) }
        return .object(object)
    }

    /// The statuses that a route can fail with, each with the meanings that it has and the bodies that come with it.
    private func faults(of endpoint: Endpoint) -> [(status: Int, json: JSONValue)] {
        var kinds: [APIFault.Kind] = endpoint.operation.faults
        if endpoint.operation.request != nil { kinds += .jsonBody }
        if asksForKeys, endpoint.route.access != .open { kinds += [.unauthorized, .forbidden] }
        kinds += .everywhere
        var found: [Int: (meanings: [String], mediaTypes: [String])] = [:]
        for kind in kinds {
            let response = endpoint.route.faults.response(for: APIFault(kind, kind.meaning), id: "")
            var entry = found[response.status.code] ?? ([], [])
            if !entry.meanings.contains(kind.meaning) { entry.meanings.append(kind.meaning) }
            let mediaType = response.headers[.contentType].map { String($0.prefix { $0 != ";" }) }
            if let mediaType, !entry.mediaTypes.contains(mediaType) { entry.mediaTypes.append(mediaType) }
            found[response.status.code] = entry
        }
        return found.sorted { $0.key < $1.key }.map { status, entry in
            var object = JSONObject()
            object["description"] = .string(entry.meanings.joined(separator: " "))
            var content = JSONObject()
            for mediaType in entry.mediaTypes {
                let schema =
                    mediaType == "application/json" ? endpoint.operation.faultBody ?? .anything : Schema.string()
                content[mediaType] = ["schema": .object(schema.keywords)]
            }
            if !content.isEmpty { object["content"] = .object(content) }
            return (status, .object(object))
        }
    }
}

extension Endpoint {
    /// The described parameters, and strings for the path's other ones.
    var parameters: [OperationDescription.Parameter] {
        let described = operation.parameters
        let names = route.template.description.split(separator: "/").filter { $0.hasPrefix("{") && $0.hasSuffix("}") }
            .map { String($0.dropFirst().dropLast()) }
        return names.filter { name in !described.contains { $0.place == .path && $0.name == name } }
            .map { OperationDescription.Parameter(.path, $0, "The \($0).", .string(minimumLength: 1)) } + described
    }
}
