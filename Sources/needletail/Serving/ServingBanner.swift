import Encoders
import Inference
import ModelFiles
import ModelHub
import Serving
import Settings
import Tensors

/// What a server says of itself when it begins to listen.
struct ServingBanner {
    let settings: ProgramSettings
    /// The listener's settings as they are used.
    let listener: ServerSettings
    let models: ServedModels
    /// What happened while the server started, and is told once.
    let notes: [String]

    /// Lines for standard error.
    ///
    /// - Parameter port: the port that is open, which the settings may have left to the system.
    func text(port: Int) -> String {
        let scheme = listener.certificatePath == nil ? "http" : "https"
        let host = settings.server.host.contains(":") ? "[\(settings.server.host)]" : settings.server.host
        var rows: [(String, String)] = [("listening", "\(scheme)://\(host):\(port)")]
        for (index, model) in models.models.enumerated() {
            let declaration = model.declaration
            let names = ([declaration.name] + declaration.aliases).joined(separator: ", ")
            let what =
                switch model.place {
                case .here: "\(declaration.task.name), \(declaration.precision.rawValue), \(declaration.path)"
                case .remote(let reference): "to be fetched, \(reference.text)"
                }
            rows.append((index == 0 ? "models" : "", "\(names): \(what)"))
        }
        if let path = settings.dataPath { rows.append(("documents", path)) }
        let engine = settings.engine
        rows.append(
            (
                "limits",
                "\(engine.maximumConcurrentRequests) requests, \(engine.maximumTexts) texts and "
                    + "\(engine.maximumRequestTokens) tokens a request, \(engine.maximumWaitingTokens) tokens waiting, "
                    + "\(SettingValue.bytes(settings.server.maximumBodyBytes).fileText) a body, "
                    + "\(SettingValue.duration(engine.queueTimeout).fileText) in the queue"
            ))
        let threads = engine.threads ?? WorkerPool.defaultThreadCount
        rows.append(("threads", "\(threads)"))
        rows.append(("kernels", Kernels.active.detail))
        rows.append(("callers", callers))
        return "needletail \(programVersion)\n"
            + rows.map { "  " + DisplayWidth.padded($0.0, to: 10) + " " + $0.1 + "\n" }.joined()
            + (models.notes + notes + warnings).map { "  note: \($0)\n" }.joined()
    }

    private var callers: String {
        let count = settings.server.apiKeys.count
        let keys = count == 0 ? [] : [Numbers.counted(count, "key") + " of the settings"]
        let users = settings.checksAccess ? ["the users of the data folder"] : []
        let known = (users + keys).joined(separator: ", ")
        return known.isEmpty ? "everybody on this network may call" : known
    }

    /// What travels where others may read it.
    private var warnings: [String] {
        let isLocal = ["localhost", "::1"].contains(settings.server.host) || settings.server.host.hasPrefix("127.")
        guard listener.certificatePath == nil, !isLocal, settings.checksAccess || !settings.server.apiKeys.isEmpty
        else { return [] }
        return ["passwords and keys travel in clear text unless a proxy in front does TLS; api.tls: on encrypts here"]
    }
}
