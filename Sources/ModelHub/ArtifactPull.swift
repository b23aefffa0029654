import Crypto
import JSON
import PercentEncoding

/// Finds one zip of OpenSearch, in a folder or in the cache, and fetches it from the artifact host or any other address.
///
/// The cache has the layout of the host below `artifacts`, and a folder for each other address below `urls`. The description
/// (`config.json`) lies beside the zip, where `ModelFolder` finds it. A zip is there only once its checksum was right.
struct ArtifactPull: Sendable {
    let settings: HubSettings
    let reference: ModelReference
    let report: @Sendable (HubEvent) -> Void

    /// Where a zip comes from and where it goes.
    private struct Place: Sendable {
        let address: Address?
        let folder: String
        let zipName: String
        let version: String?

        var zip: String { "\(folder)/\(zipName)" }
        var description: String { "\(folder)/config.json" }
    }

    /// What the description says of the contents.
    private struct Content: Sendable {
        var sha256: String?
        var bytes: Int?
    }

    func resolve(_ fetching: ModelHub.Fetching) async throws(HubError) -> ResolvedModel {
        if let local = try localMirror() { return try await resolve(inMirror: local) }
        if let place = try cachedPlace(), fetching != .newest || place.version == wantedVersion, try isWanted(place) {
            return ResolvedModel(path: place.zip, revision: place.version)
        }
        guard fetching != .never else { throw notCached() }
        return try await HubClient.with(settings, report: report) { (client) async throws(HubError) in
            try await pull(try await place(client), client)
        }
    }

    func plan() async throws(HubError) -> HubPlan {
        if let local = try localMirror() {
            let place = try place(in: local)
            return plan(place, bytes: CacheFiles.size(place.zip), isCached: true)
        }
        return try await HubClient.with(settings, report: report) { (client) async throws(HubError) in
            let place = try await place(client)
            let content = try await content(place, client, keeps: false)
            return plan(
                place, bytes: CacheFiles.size(place.zip) ?? content.bytes, isCached: CacheFiles.size(place.zip) != nil)
        }
    }

    private func plan(_ place: Place, bytes: Int?, isCached: Bool) -> HubPlan {
        HubPlan(
            reference: reference.text, revision: place.version, path: place.zip,
            files: [.init(name: place.zipName, bytes: bytes, isCached: isCached)])
    }

    // MARK: Places

    private var wantedVersion: String? {
        if case .artifact(let name) = reference { name.version } else { nil }
    }

    /// The folder that stands in for the host, if the settings name one.
    private func localMirror() throws(HubError) -> String? {
        guard case .artifact = reference else { return nil }
        guard let base = settings.artifacts else {
            throw HubError(
                .offline, reference.text, reason: "the pretrained models of OpenSearch are switched off",
                advice: "Set NEEDLETAIL_ARTIFACTS to a folder or an address with the layout of their host")
        }
        if base.hasPrefix("file://") { return base.dropFirst(7).percentDecodedIfValid() ?? base }
        return base.contains("://") ? nil : base
    }

    private func artifactFolder(_ name: ArtifactName, _ version: String) -> String {
        "\(settings.artifactCacheFolder)/artifacts/\(name.folder(version: version))"
    }

    /// The zip in the cache: of the version that is wanted, else of the newest that is there.
    private func cachedPlace() throws(HubError) -> Place? {
        switch reference {
        case .artifact(let name):
            let root = "\(settings.artifactCacheFolder)/artifacts/\(name.name)"
            let versions = name.version.map { [$0] } ?? Self.newestFirst(CacheFiles.names(root))
            return versions.map { version in
                Place(
                    address: nil, folder: artifactFolder(name, version), zipName: name.zipName(version: version),
                    version: version)
            }.first { CacheFiles.size($0.zip) != nil }
        case .archive(let url, _):
            let place = try place(of: url)
            return CacheFiles.size(place.zip) == nil ? nil : place
        default: return nil
        }
    }

    private func place(of url: String) throws(HubError) -> Place {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        guard let address = Address(url), let last = path.split(separator: "/").last,
            let name = last.percentDecodedIfValid(), RepositoryCache.isSafePath(name), !name.contains("/")
        else {
            throw HubError(
                .invalidReference, reference.text, reason: "the address does not end with the name of a file")
        }
        let hash = SHA256.hash(data: [UInt8](url.utf8)).prefix(8).map {
            $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16)
        }
        return Place(
            address: address, folder: "\(settings.artifactCacheFolder)/urls/\(hash.joined())", zipName: name,
            version: nil)
    }

    private func place(in mirror: String) throws(HubError) -> Place {
        guard case .artifact(let name) = reference else { throw notCached() }
        let versions = name.version.map { [$0] } ?? Self.newestFirst(CacheFiles.names("\(mirror)/\(name.name)"))
        let places = versions.map { version in
            Place(
                address: nil, folder: "\(mirror)/\(name.folder(version: version))",
                zipName: name.zipName(version: version),
                version: version)
        }
        if let place = places.first(where: { CacheFiles.size($0.zip) != nil }) { return place }
        let expected = places.first?.zip ?? "\(mirror)/\(name.name)"
        throw HubError(
            .notFound, reference.text, reason: "there is no \(expected)",
            advice: "NEEDLETAIL_ARTIFACTS must name a folder with the layout of OpenSearch's artifact host")
    }

    private func place(_ client: HubClient) async throws(HubError) -> Place {
        guard case .artifact(let name) = reference else {
            if case .archive(let url, _) = reference { return try place(of: url) }
            throw notCached()
        }
        let base = settings.artifacts ?? ""
        var version = name.version
        if version == nil { version = try await newestVersion(of: name, base, client) }
        guard let version,
            let address = Address("\(base)/\(name.folder(version: version))/\(name.zipName(version: version))")
        else {
            throw HubError(
                .invalidReference, "NEEDLETAIL_ARTIFACTS", url: Address.shown(base),
                reason: "this is not the address of a server")
        }
        return Place(
            address: address, folder: artifactFolder(name, version), zipName: name.zipName(version: version),
            version: version)
    }

    private func newestVersion(of name: ArtifactName, _ base: String, _ client: HubClient) async throws(HubError)
        -> String
    {
        guard let address = Address("\(base)/model_listing/pre_trained_models.json") else {
            throw HubError(
                .invalidReference, "NEEDLETAIL_ARTIFACTS", url: Address.shown(base),
                reason: "this is not the address of a server")
        }
        let bytes = try await client.bytes(address, subject: "pre_trained_models.json").bytes
        let entry = try FileSelection.parse(bytes, of: "pre_trained_models.json").array?
            .first { $0["name"]?.string == name.name }
        let versions = entry?["version"]?.array?.compactMap(\.string).filter(RepositoryCache.isSafeName) ?? []
        guard let newest = Self.newestFirst(versions).first else {
            throw HubError(
                .notFound, reference.text, url: address.shown, reason: "the host does not list this model",
                advice: "Check the spelling, or write the version after an @")
        }
        return newest
    }

    private static func newestFirst(_ versions: [String]) -> [String] {
        versions.sorted { left, right in
            let numbers = [left, right].map { $0.split(separator: ".").map { Int($0) ?? -1 } }
            return numbers[1].lexicographicallyPrecedes(numbers[0])
        }
    }

    // MARK: Fetching

    private func resolve(inMirror mirror: String) async throws(HubError) -> ResolvedModel {
        let place = try place(in: mirror)
        let text = try CacheFiles.read(place.description, limit: settings.maximumListingBytes)
        let content = try text.map { (bytes) throws(HubError) in try Self.content(bytes) } ?? Content()
        if let sha256 = content.sha256, try !ContentDigest.sha256(sha256).matches(place.zip) {
            throw HubError(
                .checksum, place.zip, reason: "the file does not have the SHA-256 that config.json beside it says",
                advice: "Copy both again from the host")
        }
        return ResolvedModel(path: place.zip, revision: place.version, notes: notes(content))
    }

    private func pull(_ place: Place, _ client: HubClient) async throws(HubError) -> ResolvedModel {
        if CacheFiles.size(place.zip) != nil, try isWanted(place) {
            return ResolvedModel(path: place.zip, revision: place.version)
        }
        guard let address = place.address else { throw notCached() }
        try CacheFiles.makeFolder(place.folder)
        let lock = try await FileLock.acquire("\(place.folder)/.lock") { report(.waiting(file: place.zipName)) }
        defer { withExtendedLifetime(lock) {} }
        if CacheFiles.size(place.zip) != nil, try isWanted(place) {
            return ResolvedModel(path: place.zip, revision: place.version)
        }
        let content = try await content(place, client, keeps: true)
        report(
            .planned(plan(place, bytes: content.bytes, isCached: false)))
        let download = FileDownload(
            client: client, name: place.zipName, address: address, target: place.zip,
            partial: place.zip + ".incomplete",
            etag: nil, size: content.bytes, digest: content.sha256.map { .sha256($0) })
        try await download.run()
        return ResolvedModel(path: place.zip, revision: place.version, wasCached: false, notes: notes(content))
    }

    /// Whether a zip in the cache is the one that was asked for: an address may have other contents today.
    private func isWanted(_ place: Place) throws(HubError) -> Bool {
        guard case .archive(_, let sha256?) = reference else { return true }
        return try ContentDigest.sha256(sha256.lowercased()).matches(place.zip)
    }

    /// What `config.json` beside the zip says; on OpenSearch's own host it has to be there.
    private func content(_ place: Place, _ client: HubClient, keeps: Bool) async throws(HubError) -> Content {
        var content = Content()
        if let description = place.address?.following("config.json") {
            do throws(HubError) {
                let bytes = try await client.bytes(description, subject: "\(reference.text): config.json").bytes
                content = try Self.content(bytes)
                if keeps { try CacheFiles.write(bytes, to: place.description) }
            } catch {
                if case .artifact = reference { throw error }
                // Another host need not have one, and what it has need not be one.
                guard [.notFound, .forbidden, .malformedResponse].contains(error.kind) else { throw error }
            }
        }
        if case .archive(_, let sha256?) = reference { content.sha256 = sha256.lowercased() }
        return content
    }

    private static func content(_ bytes: [UInt8]) throws(HubError) -> Content {
        let document = try FileSelection.parse(bytes, of: "config.json")
        guard let object = document.object, object["model_config"] != nil || object["model_content_hash_value"] != nil
        else {
            throw HubError(.malformedResponse, "config.json", reason: "this does not describe a model of OpenSearch")
        }
        let hash = object["model_content_hash_value"]?.string?.lowercased()
        if let hash, ContentDigest(etag: hash) != .sha256(hash) {
            throw HubError(
                .malformedResponse, "config.json",
                reason: "model_content_hash_value is not a SHA-256 in hexadecimal digits")
        }
        let size = object["model_content_size_in_bytes"]?.int
        return Content(sha256: hash, bytes: size.flatMap { $0 > 0 ? $0 : nil })
    }

    private func notes(_ content: Content) -> [String] {
        content.sha256 == nil ? ["No checksum is known for \(reference.text): it was not checked"] : []
    }

    private func notCached() -> HubError {
        var place = settings.artifactCacheFolder
        switch reference {
        case .artifact(let name): place += "/artifacts/\(name.name)"
        default: place += "/urls"
        }
        return HubError(
            .offline, reference.text, reason: "the model is not in the cache (looked in \(place))",
            advice: settings.isOffline
                ? "The network is switched off (HF_HUB_OFFLINE or --offline): copy the zip to this machine and give its path"
                : "Fetch it with 'needletail models pull \(reference.text)'")
    }
}
