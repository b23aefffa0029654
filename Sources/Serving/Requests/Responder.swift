internal import Access
internal import HTTPTypes
internal import Logging
internal import Routing
import Synchronization

/// Makes answers of requests: decompression, the route's handler, faults in the route's words, compression.
struct Responder: Sendable {
    let settings: ServerSettings
    let keys: APIKeys
    /// Knows users and their keys; nil: there are none.
    let authenticator: (any Authenticating)?
    let logger: Logger
    let isAborting: @Sendable () -> Bool
    let memory: BodyMemory

    /// What is wrong with a request before its body is read.
    func faultOfHead(_ head: RequestHead) -> APIFault? {
        switch head.match {
        case .none: return APIFault(.noRoute, "there is nothing at \(head.path.prefix(200))")
        case .wrongMethod(let allowed, _):
            guard head.method != .options else { return nil }
            let names = allowed.map(\.rawValue)
            return APIFault(
                .wrongMethod(allowed: names),
                "\(head.path.prefix(200)) has no \(head.method.rawValue.prefix(20)); it has \(names.joined(separator: ", "))"
            )
        case .route:
            if case .refused(let fault) = identity(of: head) { return fault }
        }
        if !head.isStreamed, let length = head.contentLength, length > settings.maximumBodyBytes {
            return ServerFaults.bodyTooLarge(settings.maximumBodyBytes)
        }
        do { _ = try ContentCoding.ofBody(head.headers) } catch { return error }
        return nil
    }

    /// Who asks, as far as it can be said at once.
    func identity(of head: RequestHead) -> Identity {
        guard case .route(let route, _) = head.match, route.access != .open else { return .admitted(nil) }
        guard !keys.isEmpty || authenticator != nil else { return .admitted(nil) }
        let refusal = authenticator == nil ? ServerFaults.noKey : ServerFaults.unknownCaller()
        guard let shown = head.headers[.authorization] else { return .refused(refusal) }
        // Who started the server chose its keys, and trusts their holders with everything.
        if keys.accept(shown) { return .admitted(.administrator("key")) }
        guard let authenticator else { return .refused(refusal) }
        switch authenticator.recognise(shown, from: head.client) {
        case .known(let caller): return admit(caller, to: route)
        case .refused(let retryAfter): return .refused(ServerFaults.unknownCaller(retryAfter: retryAfter))
        case .unknown: return .pending
        }
    }

    /// Who asks, after all the work that it takes to know.
    func verifiedIdentity(of head: RequestHead) async -> Identity {
        guard case .route(let route, _) = head.match, let authenticator, let shown = head.headers[.authorization]
        else { return .refused(ServerFaults.unknownCaller()) }
        switch await authenticator.verify(shown, from: head.client) {
        case .known(let caller): return admit(caller, to: route)
        case .refused(let retryAfter): return .refused(ServerFaults.unknownCaller(retryAfter: retryAfter))
        case .unknown: return .refused(ServerFaults.unknownCaller())
        }
    }

    private func admit(_ caller: Caller, to route: Route) -> Identity {
        if case .allowed(let action) = route.access, !caller.allows(action) {
            return .refused(ServerFaults.forbidden(action, caller.name))
        }
        return .admitted(caller)
    }

    /// Runs the route's handler on a complete body, or tells who may not ask.
    func reply(to head: RequestHead, from identity: Identity, body: [UInt8]) async -> Reply {
        await reply(to: head, from: identity) { caller in try await answer(head, caller, body) }
    }

    /// Runs the route's handler on a body that is still arriving, or tells who may not ask.
    func reply(to head: RequestHead, from identity: Identity, stream: BodyStream) async -> Reply {
        await reply(to: head, from: identity) { caller in
            guard case .route(let route, let parameters) = head.match else { throw ServerFaults.internalError }
            var request = APIRequest(
                method: route.method, path: head.path, query: QueryParameters(head.query), headers: head.headers,
                id: head.id, received: head.received)
            request.stream = stream
            request.caller = caller
            request.parameters = parameters
            return try await route.handler(request)
        }
    }

    private func reply(
        to head: RequestHead, from identity: Identity, answer: (Caller?) async throws -> APIResponse
    ) async -> Reply {
        switch identity {
        case .admitted(let caller):
            var reply = await reply(to: head) { try await answer(caller) }
            if let caller { reply.logFields.append(("user", caller.name)) }
            return reply
        case .refused(let fault): return reply(to: head, fault: fault)
        case .pending: return reply(to: head, fault: ServerFaults.unknownCaller())
        }
    }

    private func reply(to head: RequestHead, answer: () async throws -> APIResponse) async -> Reply {
        let start = ContinuousClock.now
        var reply: Reply
        do {
            reply = finished(try await answer(), to: head, fault: nil)
        } catch let fault as APIFault {
            reply = self.reply(to: head, fault: isAborting() ? ServerFaults.stopping : fault)
        } catch is CancellationError {
            reply = self.reply(to: head, fault: ServerFaults.stopping)
        } catch {
            logger.error(
                "a handler failed",
                metadata: ["id": "\(head.id)", "route": "\(head.routeName)", "error": "\(error)"])
            reply = self.reply(to: head, fault: ServerFaults.internalError)
        }
        reply.handling = .now - start
        return reply
    }

    /// Tells a fault in the route's words.
    func reply(to head: RequestHead, fault: APIFault) -> Reply {
        var response = head.faults.response(for: fault, in: head.faulted)
        for field in fault.headers where !response.headers.contains(field.name) {
            response.headers[field.name] = field.value
        }
        if fault.kind == .unauthorized, !response.headers.contains(.wwwAuthenticate) {
            response.headers[.wwwAuthenticate] = "Bearer"
        }
        return finished(response, to: head, fault: fault)
    }

    /// Tells which methods a path has; browsers ask so before they send a page's request.
    func reply(toOptions head: RequestHead, allowed: [HTTPRequest.Method]) -> Reply {
        let methods = (allowed.map(\.rawValue) + ["OPTIONS"]).joined(separator: ", ")
        var response = APIResponse(status: .noContent, headers: [.allow: methods])
        if !settings.corsAllowOrigins.isEmpty {
            response.headers[.accessControlAllowMethods] = methods
            response.headers[.accessControlAllowHeaders] =
                "authorization, content-type, content-encoding, x-request-id, traceparent"
            response.headers[.accessControlMaxAge] = "3600"
        }
        return finished(response, to: head, fault: nil)
    }

    private func answer(_ head: RequestHead, _ caller: Caller?, _ body: [UInt8]) async throws -> APIResponse {
        guard case .route(let route, let parameters) = head.match else { throw ServerFaults.internalError }
        try Task.checkCancellation()
        var content = body
        var inflated = 0
        defer { if inflated > 0 { memory.bytes.subtract(inflated, ordering: .relaxed) } }
        if !body.isEmpty, let coding = try ContentCoding.ofBody(head.headers) {
            do {
                content = try Inflater.inflate(body, as: coding, limit: settings.maximumBodyBytes)
            } catch .tooLong {
                throw ServerFaults.bodyTooLarge(settings.maximumBodyBytes)
            } catch {
                throw APIFault(.badContentEncoding, "the body is not what its Content-Encoding says, or it is cut off")
            }
            inflated = content.count
            guard memory.bytes.add(inflated, ordering: .relaxed).newValue <= settings.maximumBufferedBytes else {
                throw ServerFaults.memory
            }
        }
        var request = APIRequest(
            method: route.method, path: head.path, query: QueryParameters(head.query), headers: head.headers,
            body: content, id: head.id, received: head.received)
        request.parameters = parameters
        request.caller = caller
        return try await route.handler(request)
    }

    /// Adds what all answers have.
    private func finished(_ response: APIResponse, to head: RequestHead, fault: APIFault?) -> Reply {
        var reply = Reply(
            status: response.status, headers: response.headers, body: response.body, logFields: response.logFields,
            fault: fault)
        let hasBody = reply.status.kind != .informational && reply.status != .noContent && reply.status != .notModified
        if !hasBody { reply.body = [] }
        if settings.compressesResponses, hasBody, ContentCoding.isCompressible(reply.headers[.contentType]),
            !reply.headers.contains(.contentEncoding)
        {
            reply.headers.append(HTTPField(name: .vary, value: "Accept-Encoding"))
            if reply.body.count >= settings.compressionThreshold, ContentCoding.acceptsGzip(head.headers) {
                reply.body = Deflater.gzip(reply.body)
                reply.headers[.contentEncoding] = "gzip"
            }
        }
        if let origin = allowedOrigin(head.headers[.origin]) {
            reply.headers[.accessControlAllowOrigin] = origin
            if origin != "*" { reply.headers.append(HTTPField(name: .vary, value: "Origin")) }
        }
        reply.headers[RequestID.field] = head.id
        if let trace = head.trace { reply.headers[RequestHead.traceParent] = trace.text }
        if hasBody { reply.headers[.contentLength] = "\(reply.body.count)" }
        if head.method == .head { reply.body = [] }
        return reply
    }

    private func allowedOrigin(_ origin: String?) -> String? {
        if settings.corsAllowOrigins.contains("*") { return "*" }
        guard let origin, settings.corsAllowOrigins.contains(origin) else { return nil }
        return origin
    }
}
