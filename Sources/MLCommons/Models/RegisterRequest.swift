import JSON

/// The body of a registration, checked as far as that needs no state.
struct RegisterRequest: Sendable {
    /// What was said of who and what, whichever way the files come.
    let name: String
    let version: String?
    let description: String?
    let group: String?
    /// What the model does; nil if it was not said, which means embedding unless the files know better.
    let statedFunction: FunctionName?
    let format: ModelFormat?
    let configuration: ModelConfiguration?
    let hash: String?
    let url: String?
    let wantedID: String?
    let isEnabled: Bool?
    let rateLimiter: JSONObject?
    let deploySetting: JSONObject?
    let deploys: Bool
    let nodeIDs: [String]
    /// The connector of a remote model: one that was made before, or its own.
    let connectorID: String?
    let connector: JSONObject?
    /// Who may use the group that is made if none is named.
    let access: AccessRequest
    /// Parts of the upload; nil for other registrations.
    let totalChunks: Int?
    let size: Int?

    var function: FunctionName { statedFunction ?? .textEmbedding }

    /// Reads a registration.
    ///
    /// - Parameter isUpload: Whether the files follow in parts.
    init(_ fields: Fields, deploys: Bool, isUpload: Bool) throws(MLError) {
        statedFunction = try fields.text("function_name").map { text throws(MLError) in try FunctionName(reading: text)
        }
        let function = statedFunction ?? .textEmbedding
        format = try fields.text("model_format").map { text throws(MLError) in try ModelFormat(reading: text) }
        url = isUpload ? nil : try fields.text("url")
        guard let name = try fields.text("name") else { throw .illegalArgument("model name is null") }
        self.name = name
        let description = try fields.text("description")
        let problems =
            SafeText.problems(of: name, "Model name", isRequired: true)
            + SafeText.problems(of: description, "Model description", isRequired: false)
        guard problems.isEmpty else { throw .validation(problems) }
        self.description = description
        version = try fields.text("version")
        guard function == .remote || format != nil else { throw .illegalArgument("model format is null") }
        hash = try fields.text("model_content_hash_value")?.lowercased()
        let stated = try fields.fields("model_config")
        configuration = try stated.map { fields throws(MLError) in try ModelConfiguration(fields, for: function) }
        totalChunks = isUpload ? try fields.integer("total_chunks") : nil
        size = try fields.integer("model_content_size_in_bytes")
        let group = try fields.text("model_group_id")
        self.group = group?.isEmpty == true ? nil : group
        wantedID = try fields.text("model_id")
        isEnabled = try fields.bool("is_enabled")
        rateLimiter = try fields.fields("rate_limiter").map { fields throws(MLError) in try RateLimit.document(fields) }
        deploySetting = try fields.fields("deploy_setting").map { fields throws(MLError) in
            try DeploySetting.document(fields)
        }
        let asked = try fields.bool("deploy_model")
        self.deploys = deploys || asked ?? false
        nodeIDs = try fields.texts("model_node_ids") ?? []
        connectorID = try fields.text("connector_id").flatMap { SafeText.isBlank($0) ? nil : $0 }
        connector = try fields.fields("connector")?.object
        access = try AccessRequest(fields)
        if let wantedID { try DocumentID.check(wantedID, "model_id") }
        if isUpload { try checkUpload() } else { try checkConfiguration() }
    }

    private func checkUpload() throws(MLError) {
        guard hash != nil else { throw .illegalArgument("model content hash value is null") }
        guard configuration != nil || function.isSparse else { throw .illegalArgument("model config is null") }
        guard let totalChunks else { throw .illegalArgument("total chunks field is null") }
        guard (1...ModelArchive.largest / MLCommons.largestChunk + 1).contains(totalChunks) else {
            throw .illegalArgument(
                "[total_chunks] is \(totalChunks); a model has 1 to \(ModelArchive.largest / MLCommons.largestChunk + 1) chunks"
            )
        }
    }

    /// Archives from elsewhere have no description of their own; repositories and folders have.
    private func checkConfiguration() throws(MLError) {
        guard function != .remote, let url, configuration == nil, !function.isSparse else { return }
        guard url.hasPrefix("hf://") || (url.lowercased().hasPrefix("file:") && !url.lowercased().hasSuffix(".zip"))
        else {
            throw .illegalArgument("model config is null")
        }
    }
}

/// `rate_limiter` of a model.
enum RateLimit {
    private static let units = ["DAYS", "HOURS", "MICROSECONDS", "MILLISECONDS", "MINUTES", "NANOSECONDS", "SECONDS"]

    static func document(_ fields: Fields) throws(MLError) -> JSONObject {
        var document = JSONObject()
        if let limit = try fields.number("limit") {
            guard limit >= 0 else { throw .illegalArgument("limit for rate limiter must be at least 0") }
            document["limit"] = .string(limit == limit.rounded() && limit < 1e15 ? "\(Int(limit))" : "\(limit)")
        }
        if let unit = try fields.text("unit")?.uppercased() {
            guard units.contains(unit) else {
                throw .illegalArgument("unit for rate limiter is none of \(units.joined(separator: ", "))")
            }
            document["unit"] = .string(unit)
        }
        return document
    }

    /// Requests, and the milliseconds in which they may come; nil without a limit or without its unit.
    static func limit(of document: JSONObject?) -> (count: Double, milliseconds: Double)? {
        guard let document, let count = document["limit"]?.string.flatMap({ Double($0) }),
            let unit = document["unit"]?.string
        else { return nil }
        let milliseconds: Double =
            switch unit {
            case "DAYS": 86_400_000
            case "HOURS": 3_600_000
            case "MINUTES": 60_000
            case "MILLISECONDS": 1
            case "MICROSECONDS": 0.001
            case "NANOSECONDS": 0.000_001
            default: 1000
            }
        return (count, milliseconds)
    }
}

/// `deploy_setting` of a model.
enum DeploySetting {
    static func document(_ fields: Fields) throws(MLError) -> JSONObject {
        var document = JSONObject()
        if let flag = try fields.bool("is_auto_deploy_enabled") { document["is_auto_deploy_enabled"] = .bool(flag) }
        if let minutes = try fields.integer("model_ttl_minutes") {
            guard (-1...1 << 40).contains(minutes) else {
                throw .illegalArgument("[deploy_setting.model_ttl_minutes] is \(minutes); -1 means that a model stays")
            }
            document["model_ttl_minutes"] = .number(JSONNumber(minutes))
        }
        return document
    }
}
