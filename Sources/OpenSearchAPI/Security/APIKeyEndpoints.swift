internal import Access
internal import ClusterState
internal import HTTPTypes
internal import JSON
internal import Querying

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// `_security/api_key`, as clients of Elasticsearch call it: keys with the rights of who makes them, or less.
struct APIKeyEndpoints {
    let node: OpenSearchNode

    var endpoints: [Endpoint] {
        [
            Endpoint("security.api_key.create", [.post, .put], ["/_security/api_key"], ["refresh"]) { request in
                try create(request)
            },
            Endpoint(
                "security.api_key.get", [.get], ["/_security/api_key"],
                ["id", "name", "owner", "username", "realm_name", "with_limited_by", "active_only"]
            ) { request in
                let isOwn = try request.flag("owner")
                let found = try selected(
                    request, ids: request.text("id").map { [$0] }, name: request.text("name"),
                    owner: isOwn ? request.caller?.name : request.text("username"))
                if let id = request.text("id"), found.isEmpty {
                    throw OpenSearchError.resourceNotFound("api key with id [\(id)]")
                }
                return RestResponse(["api_keys": .array(found.map { $0.key.shown(id: $0.id) })])
            },
            Endpoint("security.api_key.invalidate", [.delete], ["/_security/api_key"]) { request in
                try invalidate(request)
            },
        ]
    }

    // MARK: Making

    private func create(_ request: RestRequest) throws -> RestResponse {
        guard let caller = request.caller, let secrets = node.secrets else { throw OpenSearchNode.accessIsOff }
        guard caller.apiKeyID == nil, node.directory.user(caller.name) != nil else {
            throw OpenSearchError(
                403, "security_exception", "keys are made by users with their password; a key cannot make others")
        }
        let body = try request.requiredObject()
        var (name, expires) = ("", nil as Int64?)
        var (descriptors, facts) = (JSONObject(), JSONObject())
        let now = Clock.milliseconds
        for (key, value) in body {
            switch key {
            case "name": name = value.string ?? ""
            case "expiration":
                guard let text = value.string else {
                    throw OpenSearchError.illegalArgument("[expiration] must be a time such as 30d")
                }
                expires = now + Int64(try TimeValue.read(text, setting: "expiration").milliseconds)
            case "role_descriptors":
                guard let object = value.object else {
                    throw OpenSearchError.illegalArgument("[role_descriptors] must be an object")
                }
                descriptors = object
            case "metadata":
                guard let object = value.object else {
                    throw OpenSearchError.illegalArgument("[metadata] must be an object")
                }
                facts = object
            default:
                throw OpenSearchError(
                    400, "x_content_parse_exception", "[1:1] [api_key_request] unknown field [\(key)]")
            }
        }
        guard !name.isEmpty, name.utf8.count <= 256, !name.hasPrefix("_"), name.trimmed.count == name.count else {
            throw OpenSearchError.validation([
                "api key name is required: 1 to 256 bytes, no spaces around it, and no underscore at its begin"
            ])
        }
        do throws(AccessError) {
            _ = try APIKeyRecord.limits(of: descriptors)
        } catch {
            throw OpenSearchError.illegalArgument(error.reason)
        }
        let made = secrets.makeAPIKey()
        let record = APIKeyRecord(
            name: name, owner: caller.name, secretHash: made.hash, created: now, expires: expires,
            roleDescriptors: descriptors, metadata: facts)
        try node.metadata.update { $0[.apiKey, made.id] = record.kept }
        var answer: JSONObject = ["id": .string(made.id), "name": .string(name)]
        if let expires { answer["expiration"] = .number(JSONNumber(Int(expires))) }
        answer["api_key"] = .string(made.secret)
        answer["encoded"] = .string(Data("\(made.id):\(made.secret)".utf8).base64EncodedString())
        return RestResponse(.object(answer))
    }

    // MARK: Finding

    private typealias Found = (id: String, key: APIKeyRecord)

    /// Keys that fit, as far as the caller may know of them: administrators of all, others of their own, a key of itself.
    private func selected(
        _ request: RestRequest, ids: [String]?, name: String?, owner: String?
    ) throws(OpenSearchError) -> [Found] {
        guard let caller = request.caller, node.secrets != nil else { throw OpenSearchNode.accessIsOff }
        let isAdministrator = caller.isAdministrator && caller.isUnlimited
        return node.metadata.current.all(.apiKey).compactMap { id, value in
            APIKeyRecord(kept: value).map { (id, $0) }
        }.filter { id, key in
            (isAdministrator || key.owner == caller.name && (caller.apiKeyID == nil || caller.apiKeyID == id))
                && ids?.contains(id) ?? true && owner.map { $0 == key.owner } ?? true
                && name.map { Wildcard.matches($0, key.name) } ?? true
        }.sorted { ($0.key.created, $0.id) < ($1.key.created, $1.id) }
    }

    private func invalidate(_ request: RestRequest) throws -> RestResponse {
        let body = try request.requiredObject()
        var (ids, name, owner) = (nil as [String]?, nil as String?, nil as String?)
        for (key, value) in body {
            switch key {
            case "ids": ids = (ids ?? []) + (value.array?.compactMap(\.string) ?? [])
            case "id": ids = (ids ?? []) + (value.string.map { [$0] } ?? [])
            case "name": name = value.string
            case "username": owner = value.string
            case "owner": if value.bool == true { owner = request.caller?.name }
            case "realm_name": break
            default:
                throw OpenSearchError(
                    400, "x_content_parse_exception", "[1:1] [invalidate_api_key] unknown field [\(key)]")
            }
        }
        guard ids != nil || name != nil || owner != nil else {
            throw OpenSearchError.validation([
                "One of [api key id(s), api key name, username, realm name] must be specified if [owner] flag is false"
            ])
        }
        let found = try selected(request, ids: ids, name: name, owner: owner)
        try node.metadata.update { metadata in
            for (id, _) in found { metadata[.apiKey, id] = nil }
        }
        return RestResponse([
            "invalidated_api_keys": .array(found.map { .string($0.id) }), "previously_invalidated_api_keys": [],
            "error_count": 0,
        ])
    }
}
