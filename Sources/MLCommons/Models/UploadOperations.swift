import HTTPTypes
import JSON

extension MLCommons {
    /// Bytes of one part of an upload at most.
    static let largestChunk = 10_000_000

    var uploadOperations: [MLOperation] {
        [
            MLOperation("register_model_meta", [.post], ["/models/_register_meta", "/models/meta"]) {
                [self] request in try registerMeta(request)
            },
            MLOperation(
                "upload_chunk", [.post],
                ["/models/{model_id}/upload_chunk/{chunk_number}", "/models/{model_id}/chunk/{chunk_number}"],
                takesDocument: false
            ) { [self] request in try uploadChunk(request) },
        ]
    }

    private func registerMeta(_ request: MLRequest) throws -> MLReply {
        guard state.settings.flag(MLSetting.allowsLocalFiles) else { throw Self.localFilesAreOff }
        guard !request.body.isEmpty else {
            throw MLError(400, "parse_exception", "Model meta request has empty body")
        }
        let upload = try RegisterRequest(try request.fields(), deploys: false, isUpload: true)
        try checkGroup(of: upload)
        guard upload.function.isServed else {
            throw MLError.illegalArgument(
                "\(upload.function.rawValue) models do not run on this server. It has TEXT_EMBEDDING, TEXT_SIMILARITY, SPARSE_ENCODING and SPARSE_TOKENIZE."
            )
        }
        let model = try state.update { draft in
            try draft.addModel(upload, own: ["content": .string(DocumentID.next()), "upload": true])
        }
        return MLReply(["model_id": .string(model), "status": "CREATED"])
    }

    private func uploadChunk(_ request: MLRequest) throws -> MLReply {
        guard state.settings.flag(MLSetting.allowsLocalFiles) else { throw Self.localFilesAreOff }
        let id = request.path("model_id")
        let text = request.path("chunk_number")
        guard let number = Int(text), number >= 0 else {
            throw MLError(400, "number_format_exception", "For input string: \"\(text.prefix(100))\"")
        }
        guard let model = state[.model, id] else {
            throw MLError(404, "m_l_resource_not_found_exception", "Failed to find model")
        }
        guard model.own["upload"] != nil, let content = model.own["content"]?.string,
            let total = model.source["total_chunks"]?.int
        else {
            throw MLError.illegalArgument("Model \(id) is not uploaded in chunks: it was registered in another way")
        }
        guard !(Self.modelState(of: model)?.isInUse ?? false), model.own["joined"] == nil else {
            throw MLError.illegalArgument("Model \(id) is complete and was deployed; register another one to change it")
        }
        guard number < total else { throw MLError.illegalArgument("Chunk number exceeds total chunks") }
        guard !request.body.isEmpty else { throw MLError.illegalArgument("Chunk size either 0 or null") }
        guard request.body.count <= Self.largestChunk else { throw MLError.illegalArgument("Chunk size exceeds 10MB") }
        try contents.write(request.body, chunk: number, of: content)
        guard state[.model, id]?.own["content"]?.string == content else {
            contents.remove(content)
            throw MLError(404, "m_l_resource_not_found_exception", "Failed to find model")
        }
        if number == total - 1 {
            try state.update { draft in
                guard var model = draft[.model, id], Self.modelState(of: model) == .registering else { return }
                model.source["model_state"] = .string(ModelState.registered.rawValue)
                model.source["last_registered_time"] = .number(JSONNumber(Int(draft.now)))
                model.source["last_updated_time"] = .number(JSONNumber(Int(draft.now)))
                model.own["made_group"] = nil
                draft[.model, id] = model
            }
        }
        return MLReply(["status": "Uploaded"])
    }

    /// Joins the parts of an upload and checks the whole; nothing if that was done before.
    func joinUpload(_ model: StoredDocument, _ id: String) throws {
        guard model.own["upload"] != nil, model.own["joined"] == nil, let content = model.own["content"]?.string else {
            return
        }
        let total = model.source["total_chunks"]?.int ?? 0
        if let missing = contents.missingChunk(of: content, count: total) {
            throw RegistrationError("Chunk \(missing) of \(total) was not uploaded. Upload it, then deploy again.")
        }
        try contents.assemble(content, count: total)
        let (bytes, sha256) = try ModelArchive.digest(contents.archive(content))
        do {
            guard sha256 == model.text("model_content_hash_value") else {
                throw RegistrationError(
                    "model content changed: the SHA-256 of the chunks is \(sha256), and model_content_hash_value is \((model.text("model_content_hash_value") ?? "").prefix(80))"
                )
            }
            let format = model.text("model_format").flatMap { ModelFormat(rawValue: $0) } ?? .torchScript
            try ModelArchive.check(contents.archive(content), format: format, function: Self.function(of: model))
        } catch {
            // Chunks may be uploaded again.
            contents.removeArchive(content)
            throw error
        }
        try state.update { draft in
            guard var model = draft[.model, id] else { return }
            model.source["model_content_size_in_bytes"] = .number(JSONNumber(bytes))
            model.own["joined"] = true
            draft[.model, id] = model
        }
        contents.removeChunks(of: content)
    }
}
